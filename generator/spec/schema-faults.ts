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
  ['^[-._a-zA-Z0-9]+$', 'letters, digits, "-", "_" and "."'],
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
    '^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$',
    'a port name: at most 15 lower-case letters, digits and "-"',
  ],
  [
    '^[-._a-zA-Z][-._a-zA-Z0-9]*$',
    'a variable name: letters, digits, "_", "-" and ".", not beginning with a digit',
  ],
]);

/** The schema's errors as faults in the spec's words: one for each thing that is wrong. */
export function schemaFaults(errors: readonly ErrorObject[], document: unknown): Fault[] {
  return errors
    .filter(error => error.keyword !== 'propertyNames')
    .map(error => toFault(error, document));
}

function toFault(error: ErrorObject, document: unknown): Fault {
  const path = pathOf(error.instancePath, document);
  const name = error.propertyName;
  if (name !== undefined) return illegalName(error, [...path, name], name);
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
      return wrongType(error, path, valueAt(document, path));
    case 'enum':
    case 'const':
      return notAllowed(error, path, valueAt(document, path));
    default:
      return illegalValue(error, path, valueAt(document, path));
  }
}

function unknownField(error: ErrorObject, path: Path): Fault {
  const name = String(error.params['additionalProperty']);
  const known = Object.keys(error.parentSchema?.['properties'] ?? {});
  return {
    id: 'unknown-field',
    message: `there is no field "${name}" here`,
    hint: knownNames('fields', name, known),
    path: [...path, name],
    isAboutName: true,
  };
}

function wrongType(error: ErrorObject, path: Path, value: unknown): Fault {
  const types = [error.params['type']].flat().filter(type => type !== 'null');
  const isScalar =
    typeof value === 'number' || typeof value === 'boolean' || value instanceof Timestamp;
  const isText = types.includes('string') && isScalar;
  return {
    id: 'wrong-type',
    message: `"${lastName(path)}" must be ${types.map(typeName).join(' or ')}, and this is ${kindOf(value)}`,
    hint: isText
      ? 'Put it in quotes: YAML reads it as another type, and 16.10 would become 16.1.'
      : `Write ${types.map(typeName).join(' or ')}.`,
    path,
  };
}

function notAllowed(error: ErrorObject, path: Path, value: unknown): Fault {
  const allowed = [error.params['allowedValues'] ?? error.params['allowedValue']]
    .flat()
    .filter(entry => entry !== null)
    .map(String);
  const meant = typeof value === 'string' ? nearest(value, allowed) : undefined;
  return {
    id: 'not-allowed',
    message: `"${lastName(path)}" does not allow ${typeof value === 'string' ? `"${value}"` : kindOf(value)}`,
    hint: `Write one of: ${allowed.join(', ')}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    path,
  };
}

function illegalName(error: ErrorObject, path: Path, name: string): Fault {
  return {
    id: 'illegal-name',
    message: `"${name}" is not a legal name here`,
    hint: `Write ${expectation(error)}.`,
    path,
    isAboutName: true,
  };
}

function illegalValue(error: ErrorObject, path: Path, value: unknown): Fault {
  const shown = typeof value === 'string' || typeof value === 'number' ? ` of "${value}"` : '';
  return {
    id: 'illegal-value',
    message: `the value${shown} is not legal for "${lastName(path)}"`,
    hint: `Write ${expectation(error)}.`,
    path,
  };
}

function expectation(error: ErrorObject): string {
  if (error.keyword !== 'pattern') return `a value that ${error.message ?? 'fits the schema'}`;
  return PATTERNS.get(String(error.params['pattern'])) ?? `a value like ${error.params['pattern']}`;
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
