import type { ErrorObject } from 'ajv';
import type { Fault, Path } from './finding.ts';
import { groupBy, isMap, type JsonObject, mergePatch, pathOf, Timestamp, valueAt } from './json.ts';
import type { KubeObject } from './kube-object.ts';
import { knownNames, nearest } from './names.ts';
import patterns from './patterns.json' with { type: 'json' };
import { shownPhrase } from './shown.ts';

export interface Validator {
  (object: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** The validator of a kind; undefined without a schema for it. `version` is that of a file in `schemas/versions/`. */
export type Validators = (api: string, kind: string, version?: string) => Validator | undefined;

/** An error of a compiled schema: what the build leaves of one of ajv (`tools/build/short-errors.ts`). */
export interface SchemaError
  extends Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'propertyName'> {
  /** Of a field that is missing or unknown, or a value that is not one of a few. */
  readonly parentSchema?: ErrorObject['parentSchema'];
  readonly data?: unknown;
  /** Of an error that no message of ours is for. */
  readonly message?: string;
}

/** Where an object does not fit its schema; the paths start at the object. */
export function checkSchema(object: KubeObject, validators: Validators): Fault[] {
  const validator = validators(object.apiVersion, object.kind);
  if (validator === undefined || validator(object)) return [];
  return schemaFaults(validator.errors ?? [], object);
}

/** The schema's errors as faults in the spec's words: one for each mistake. */
export function schemaFaults(errors: readonly SchemaError[], document: unknown): Fault[] {
  const faults = new Map<string, Fault>();
  const byPath = groupBy(errors, ({ instancePath }) => instancePath);
  for (const error of errors) {
    const siblings = byPath.get(error.instancePath) ?? [];
    if (isFollowUp(error, siblings, errors)) continue;
    const fault = schemaFault(withAllTypes(error, siblings), document);
    const isOneOfMany = fault.id === 'missing-field' || error.keyword === 'uniqueItems';
    const key = JSON.stringify([fault.path, fault.isAboutName, isOneOfMany && fault.message]);
    if (!faults.has(key)) faults.set(key, fault);
  }
  return [...faults.values()];
}

/** Keywords that only say that something else did not fit. */
const WRAPPERS = new Set(['propertyNames', 'if', 'not', 'oneOf', 'anyOf', 'allOf']);

type Errors = readonly SchemaError[];

function isFollowUp(error: SchemaError, siblings: Errors, errors: Errors): boolean {
  const { keyword, propertyName, instancePath } = error;
  if (WRAPPERS.has(keyword))
    return errors.some(cause => cause !== error && cause.instancePath.startsWith(instancePath));
  if (keyword === 'type' || propertyName !== undefined) return false;
  return siblings.some(isAboutType) || (keyword === 'required' && isMisspelt(error, siblings));
}

function isAboutType({ keyword, propertyName }: SchemaError): boolean {
  return keyword === 'type' && propertyName === undefined;
}

/** A number or text (anyOf) gives one error for each: together they say what is allowed. */
function withAllTypes(error: SchemaError, siblings: Errors): SchemaError {
  if (!isAboutType(error)) return error;
  const type = new Set(siblings.filter(isAboutType).flatMap(({ params }) => params['type']));
  return { ...error, params: { ...error.params, type: [...type] } };
}

function isMisspelt({ params, parentSchema }: SchemaError, siblings: Errors) {
  const fields = Object.keys(parentSchema?.['properties'] ?? {});
  return siblings.some(({ keyword, params: { additionalProperty: name } }) => {
    if (keyword !== 'additionalProperties') return false;
    return nearest(String(name), fields) === params['missingProperty'];
  });
}

function schemaFault(error: SchemaError, document: unknown): Fault {
  const path = pathOf(error.instancePath, document);
  const name = error.propertyName;
  if (name !== undefined) {
    const message = `${quoted(name)} is not a legal name here`;
    const hint = `Write ${expectation(error)}.`;
    return { id: 'illegal-name', message, hint, path: [...path, name], isAboutName: true };
  }
  const value = valueAt(document, path);
  const { keyword, params } = error;
  if (keyword === 'type' || value instanceof Timestamp) return wrongType(error, path, value);
  if (keyword === 'additionalProperties') return unknownField(error, path);
  if (keyword === 'enum' || keyword === 'const') return notAllowed(error, path, value);
  if (keyword === 'uniqueItems') return repeatedItem(error, path, value);
  if (keyword === 'required') {
    const field = params['missingProperty'];
    return { id: 'missing-field', message: `"${field}" is missing`, hint: `Add ${field}.`, path };
  }
  if (keyword !== 'false schema') return illegalValue(error, path, value);
  const message = `this version has no ${value}`;
  const hint = 'Remove it, or name a version that has it.';
  return { id: 'unserved-kind', message, hint, path };
}

function unknownField(error: SchemaError, path: Path): Fault {
  const name = String(error.params['additionalProperty']);
  const message = `there is no field ${quoted(name)} here`;
  const hint = knownNames('fields', name, Object.keys(error.parentSchema?.['properties'] ?? {}));
  return { id: 'unknown-field', message, hint, path: [...path, name], isAboutName: true };
}

function wrongType(error: SchemaError, path: Path, value: unknown): Fault {
  const allowed = error.keyword === 'type' ? error.params['type'] : error.parentSchema?.['type'];
  const types = [allowed ?? 'object'].flat().filter(type => type !== 'null');
  const expected = types.map(type => TYPES.get(type) ?? 'text').join(' or ');
  const message = `"${lastName(path)}" must be ${expected}, and this is ${nounFor(value)}`;
  const hint = sizeHint(path, value) ?? quotesHint(value, types) ?? namesHint(value);
  const usual = `Write ${expected}${FORMS.get(expected) ?? ''}.`;
  return { id: 'wrong-type', message, hint: hint ?? usual, path };
}

/** A size without a unit is so many bytes, which nobody means. */
function sizeHint(path: Path, value: unknown): string | undefined {
  const isSize = /^(storage|walStorage|size|sizeLimit)$/.test(lastName(path));
  return isSize && typeof value === 'number' ? `Write it with its unit: ${value}Gi.` : undefined;
}

function namesHint(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const isNamed = value.length > 0 && value.every(item => isMap(item) && 'name' in item);
  return isNamed ? 'Write a map by name, without dashes: `LOG_LEVEL: info`.' : undefined;
}

function quotesHint(value: unknown, types: readonly unknown[]): string | undefined {
  if (!types.includes('string')) {
    const isNumber = typeof value === 'string' && /^-?\d+$/.test(value);
    return isNumber && types.includes('integer') ? 'Write it without quotes.' : undefined;
  }
  if (value instanceof Timestamp)
    return 'Put it in quotes: without them YAML reads a date, and kustomize rewrites it.';
  if (typeof value === 'boolean') return `Put it in quotes: "${value}".`;
  if (typeof value !== 'number') return undefined;
  return 'Put it in quotes: without them YAML reads a number, and 16.10 becomes 16.1.';
}

function notAllowed(error: SchemaError, path: Path, value: unknown): Fault {
  const allowed = [error.params['allowedValues'] ?? error.params['allowedValue']]
    .flat()
    .filter(entry => entry !== null)
    .map(String);
  const meant = typeof value === 'string' ? nearest(value, allowed) : undefined;
  const shown = typeof value === 'string' ? (shownValue(value) ?? 'this text') : nounFor(value);
  const message = `"${lastName(path)}" does not allow ${shown}`;
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  const hint = `Write one of: ${allowed.join(', ')}.${question}`;
  return { id: 'not-allowed', message, hint, path };
}

function repeatedItem({ params }: SchemaError, path: Path, list: unknown): Fault {
  const [first, second] = [Number(params['j']), Number(params['i'])].sort((a, b) => a - b);
  const item = valueAt(list, [second ?? 0]);
  const shown = typeof item === 'string' ? (shownValue(item) ?? 'this text') : 'this item';
  const message = `${shown} is in "${lastName(path)}" already`;
  const related = [{ note: 'the first one', path: [...path, first ?? 0] }];
  const hint = 'Write each item once.';
  return { id: 'illegal-value', message, hint, path: [...path, second ?? 0], related };
}

function illegalValue(error: SchemaError, path: Path, value: unknown): Fault {
  const text = shownValue(value);
  const shown = text === undefined ? '' : ` ${text}`;
  const message = `the value${shown} is not legal for "${lastName(path)}"`;
  return { id: 'illegal-value', message, hint: `Write ${expectation(error)}.`, path };
}

/** A number or a text as messages quote it; undefined: the value may not be shown. */
function shownValue(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && shownPhrase(value) === value ? quoted(value) : undefined;
}

function quoted(text: string): string {
  return text.length > 100 ? `"${text.slice(0, 100)}…"` : `"${text}"`;
}

function lastName(path: Path): string {
  return String(path.findLast(step => typeof step === 'string') ?? 'the document');
}

/** What the patterns of our schemas ask for. A test holds the list against them. */
const wordsOf: ReadonlyMap<string, string> = new Map(Object.entries(patterns));

function expectation({ keyword, params, message = 'fits the schema' }: SchemaError): string {
  const limit = Number(params['limit']);
  const expected: Readonly<Record<string, string>> = {
    pattern: wordsOf.get(String(params['pattern'])) ?? `text that matches ${params['pattern']}`,
    minimum: `a number that is at least ${limit}`,
    maximum: `a number that is at most ${limit}`,
    minLength: limit === 1 ? 'some text' : `at least ${limit} characters`,
    maxLength: `at most ${limit} characters`,
    minItems: limit === 1 ? 'at least one item' : `at least ${limit} items`,
  };
  return expected[keyword] ?? `a value that ${message}`;
}

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ['object', 'a map'],
  ['array', 'a list'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
]);

const FORMS: ReadonlyMap<string, string> = new Map([
  ['a map', ', as in `name: value`'],
  ['a list', ', as in `[one, two]`'],
]);

function nounFor(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Timestamp) return 'a date';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}

/** A file of `schemas/versions/`: by path, a JSON merge patch (RFC 7396) of a schema; null: no such kind there. */
export interface SchemaChanges {
  readonly $comment: string;
  readonly schemas: Readonly<Record<string, JsonObject | null>>;
}

/** The schema of a kind that a version does not have: it refuses all objects, for their kind. */
const GONE: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { kind: false },
};

/** The schemas of a version that differ from those of `schemas/`, by their paths. */
export function changedSchemas(
  schemas: ReadonlyMap<string, JsonObject>,
  { schemas: changes }: SchemaChanges,
): Map<string, JsonObject> {
  const changed = new Map<string, JsonObject>();
  for (const [path, schema] of schemas) {
    const change = changes[path];
    if (change === null) changed.set(path, GONE);
    else if (change !== undefined) changed.set(path, mergePatch(schema, change));
  }
  return changed;
}

/** A schema without limits: it accepts fields and values that it does not know. */
export function withoutLimits(schema: JsonObject): JsonObject {
  const open = Object.entries(schema).filter(
    ([name, value]) =>
      !(name === 'additionalProperties' && value === false) &&
      !(name === 'enum' && Array.isArray(value)),
  );
  return Object.fromEntries(
    open.map(([name, value]) => [name, isMap(value) ? withoutLimits(value) : value]),
  );
}
