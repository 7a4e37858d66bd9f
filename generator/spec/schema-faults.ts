import type { ErrorObject } from 'ajv';
import type { Fault, Path } from '../source/finding.ts';
import { knownNames, nearest } from '../source/suggest.ts';
import { Timestamp } from '../source/yaml-text.ts';

/** What a pattern of the spec's schema asks for. A test holds the list against the schema. */
export const PATTERNS: ReadonlyMap<string, string> = new Map([
  [
    '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends',
  ],
  [
    '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
    'lower-case letters, digits, "-" and ".", with a letter or digit at both ends',
  ],
  [
    '^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$',
    'at most 63 lower-case letters, digits and "-", beginning with a letter',
  ],
  [
    '^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$',
    'at most 50 lower-case letters, digits and "-", beginning with a letter (CNPG)',
  ],
  [
    '^(?!\\.\\.?$|\\.\\.)[-._a-zA-Z0-9]+$',
    'letters, digits, "-", "_" and ".", not only or first dots',
  ],
  ['^(?!/)(?!(.*/)?\\.\\.(/|$)).+$', 'a path inside the directory'],
  ['^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$', 'a quantity such as 10Gi or 250m'],
  ['^[0-9]+\\.[0-9]+\\.[0-9]+$', 'a version such as "1.30.0"'],
  ['^[a-z]{2}(-[a-z]+)+-[0-9]+$', 'an AWS region such as us-east-1'],
  ['^https://', 'a URL that begins with https://'],
  ['^[a-z0-9]+://', 'a URL such as s3://bucket/path'],
  [
    '^(@[a-z]+( .+)?|\\S+( \\S+){5})$',
    'a schedule of six fields, seconds first, such as "0 0 3 * * *"',
  ],
  ['^(@[a-z]+|\\S+( \\S+){4})$', 'a schedule of five fields such as "0 4 * * *"'],
  ['^[1-9][0-9]*[dwm]$', 'a number of days, weeks or months such as 30d'],
  [
    '^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$',
    'a Go duration such as 5m or 1h30m (there is no unit for days)',
  ],
  ['^[a-z][a-z0-9+.-]*$', 'a URL scheme such as postgresql'],
  ['^/', 'a path that begins with /'],
  [
    '^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$',
    'a port name: at most 15 lower-case letters, digits and single "-", with a letter',
  ],
  [
    '^[-._a-zA-Z][-._a-zA-Z0-9]*$',
    'a variable name: letters, digits, "_", "-" and ".", not beginning with a digit',
  ],
]);

/** The schema's errors as faults in the spec's words: one for each thing that is wrong. */
export function schemaFaults(errors: readonly ErrorObject[], document: unknown): Fault[] {
  const faults = new Map<string, Fault>();
  const byPath = groupedByPath(errors);
  for (const error of errors) {
    const beside = byPath.get(error.instancePath) ?? [];
    if (isFollowUp(error, beside, errors)) continue;
    const fault = toFault(withAllTypes(error, beside), document);
    const isOneOfMany = fault.id === 'missing-field' || error.keyword === 'uniqueItems';
    const key = JSON.stringify([fault.path, fault.isAboutName, isOneOfMany && fault.message]);
    if (!faults.has(key)) faults.set(key, fault);
  }
  return [...faults.values()];
}

function groupedByPath(errors: readonly ErrorObject[]): Map<string, ErrorObject[]> {
  const groups = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const group = groups.get(error.instancePath);
    if (group === undefined) groups.set(error.instancePath, [error]);
    else group.push(error);
  }
  return groups;
}

/** Keywords that only say that something else did not fit. */
const WRAPPERS = new Set(['propertyNames', 'if', 'not', 'oneOf', 'anyOf', 'allOf']);

/** Whether an error only says again, in other words, what another one says. */
function isFollowUp(
  error: ErrorObject,
  beside: readonly ErrorObject[],
  errors: readonly ErrorObject[],
): boolean {
  const { keyword, propertyName, instancePath } = error;
  if (WRAPPERS.has(keyword))
    return errors.some(other => other !== error && other.instancePath.startsWith(instancePath));
  if (keyword === 'type' || propertyName !== undefined) return false;
  if (beside.some(other => isAboutType(other))) return true;
  return keyword === 'required' && isMisspelt(error, beside);
}

function isAboutType({ keyword, propertyName }: ErrorObject): boolean {
  return keyword === 'type' && propertyName === undefined;
}

/** A number or text (anyOf) gives one error for each: together they say what is allowed. */
function withAllTypes(error: ErrorObject, beside: readonly ErrorObject[]): ErrorObject {
  if (!isAboutType(error)) return error;
  const type = new Set(beside.filter(isAboutType).flatMap(({ params }) => params['type']));
  return { ...error, params: { ...error.params, type: [...type] } };
}

/** Whether a missing field is there under a name that is nearly right. */
function isMisspelt(
  { params, parentSchema }: ErrorObject,
  beside: readonly ErrorObject[],
): boolean {
  const known = Object.keys(parentSchema?.['properties'] ?? {});
  return beside.some(({ keyword, params: { additionalProperty: name } }) => {
    if (keyword !== 'additionalProperties') return false;
    return nearest(String(name), known) === params['missingProperty'];
  });
}

function toFault(error: ErrorObject, document: unknown): Fault {
  const path = pathOf(error.instancePath, document);
  const name = error.propertyName;
  if (name !== undefined) return illegalName(error, [...path, name], name);
  const value = valueAt(document, path);
  if (value instanceof Timestamp) return wrongType(error, path, value);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(error, path);
    case 'required':
      return {
        id: 'missing-field',
        message: `"${error.params['missingProperty']}" is missing`,
        hint: `Add ${error.params['missingProperty']}.`,
        path,
      };
    case 'type':
      return wrongType(error, path, value);
    case 'enum':
    case 'const':
      return notAllowed(error, path, value);
    case 'uniqueItems':
      return repeatedItem(error, path, value);
    default:
      return illegalValue(error, path, value);
  }
}

function unknownField(error: ErrorObject, path: Path): Fault {
  const name = String(error.params['additionalProperty']);
  const known = Object.keys(error.parentSchema?.['properties'] ?? {});
  return {
    id: 'unknown-field',
    message: `there is no field ${quoted(name)} here`,
    hint: knownNames('fields', name, known),
    path: [...path, name],
    isAboutName: true,
  };
}

function wrongType(error: ErrorObject, path: Path, value: unknown): Fault {
  const allowed = error.keyword === 'type' ? error.params['type'] : error.parentSchema?.['type'];
  const types = [allowed ?? 'object'].flat().filter(type => type !== 'null');
  const expected = types.map(typeName).join(' or ');
  return {
    id: 'wrong-type',
    message: `"${lastName(path)}" must be ${expected}, and this is ${kindOf(value)}`,
    hint: quotesHint(value, types) ?? `Write ${expected}.`,
    path,
  };
}

/** Quotes make text of what YAML would take for something else, and of a number. */
function quotesHint(value: unknown, types: readonly unknown[]): string | undefined {
  if (!types.includes('string')) {
    const isNumber = types.includes('integer') && /^-?\d+$/.test(String(value));
    return isNumber ? 'Write it without quotes.' : undefined;
  }
  if (value instanceof Timestamp)
    return 'Put it in quotes: without them YAML reads a date, and kustomize rewrites it.';
  if (typeof value === 'boolean') return `Put it in quotes: "${value}".`;
  if (typeof value !== 'number') return undefined;
  return 'Put it in quotes: without them YAML reads a number, and 16.10 becomes 16.1.';
}

function notAllowed(error: ErrorObject, path: Path, value: unknown): Fault {
  const allowed = [error.params['allowedValues'] ?? error.params['allowedValue']]
    .flat()
    .filter(entry => entry !== null)
    .map(String);
  const meant = typeof value === 'string' ? nearest(value, allowed) : undefined;
  return {
    id: 'not-allowed',
    message: `"${lastName(path)}" does not allow ${typeof value === 'string' ? quoted(value) : kindOf(value)}`,
    hint: `Write one of: ${allowed.join(', ')}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    path,
  };
}

function repeatedItem({ params }: ErrorObject, path: Path, list: unknown): Fault {
  const [first, second] = [Number(params['j']), Number(params['i'])].sort((a, b) => a - b);
  const item = valueAt(list, [second ?? 0]);
  return {
    id: 'illegal-value',
    message: `${typeof item === 'string' ? quoted(item) : 'this item'} is in "${lastName(path)}" already`,
    hint: 'Write each item once.',
    path: [...path, second ?? 0],
    related: [{ message: 'the first one', path: [...path, first ?? 0] }],
  };
}

function illegalName(error: ErrorObject, path: Path, name: string): Fault {
  return {
    id: 'illegal-name',
    message: `${quoted(name)} is not a legal name here`,
    hint: `Write ${expectation(error)}.`,
    path,
    isAboutName: true,
  };
}

function illegalValue(error: ErrorObject, path: Path, value: unknown): Fault {
  const shown =
    typeof value === 'string' ? ` ${quoted(value)}` : typeof value === 'number' ? ` ${value}` : '';
  return {
    id: 'illegal-value',
    message: `the value${shown} is not legal for "${lastName(path)}"`,
    hint: `Write ${expectation(error)}.`,
    path,
  };
}

/** The user's own words, as far as they fit on a line. */
function quoted(text: string): string {
  return text.length > 100 ? `"${text.slice(0, 100)}…"` : `"${text}"`;
}

/** What a schema's keyword asks for. */
function expectation({ keyword, params, message }: ErrorObject): string {
  const limit = params['limit'];
  switch (keyword) {
    case 'pattern':
      return PATTERNS.get(String(params['pattern'])) ?? `text that matches ${params['pattern']}`;
    case 'minimum':
      return `a number that is at least ${limit}`;
    case 'maximum':
      return `a number that is at most ${limit}`;
    case 'minLength':
      return limit === 1 ? 'some text' : `at least ${limit} characters`;
    case 'maxLength':
      return `at most ${limit} characters`;
    case 'minItems':
      return limit === 1 ? 'at least one item' : `at least ${limit} items`;
    default:
      return `a value that ${message ?? 'fits the schema'}`;
  }
}

function typeName(type: unknown): string {
  return type === 'object'
    ? 'a map'
    : type === 'array'
      ? 'a list'
      : type === 'integer'
        ? 'a whole number'
        : type === 'boolean'
          ? 'true or false'
          : 'text';
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Timestamp) return 'a date';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string'
    ? 'text'
    : typeof value === 'number'
      ? 'a number'
      : 'true or false';
}

/** The last name on the path: list indexes say little. */
function lastName(path: Path): string {
  return String(path.findLast(step => typeof step === 'string') ?? 'the document');
}

/** A JSON pointer as a path; a step into a list is a number. */
export function pathOf(pointer: string, document: unknown): Path {
  const path: (string | number)[] = [];
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(name) : name;
    path.push(step);
    value = valueAt(value, [step]);
  }
  return path;
}

/** What stands at the path, or undefined. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
