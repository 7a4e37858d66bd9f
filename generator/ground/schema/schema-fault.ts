import type { Fault, Path } from '../finding.ts';
import { pathOf, Timestamp, valueAt } from '../json.ts';
import { knownNames, nearest } from '../suggest.ts';
import type { SchemaError } from './schema-error.ts';
import { expectation, nounFor, typeName } from './schema-words.ts';

/** One error of a schema as a fault in the spec's words. */
export function schemaFault(error: SchemaError, document: unknown): Fault {
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
    case 'false schema':
      return unknownKind(path, value);
    case 'uniqueItems':
      return repeatedItem(error, path, value);
    default:
      return illegalValue(error, path, value);
  }
}

/** Only the kind of an object is refused as such: by the schema of a version that has it not. */
function unknownKind(path: Path, kind: unknown): Fault {
  return {
    id: 'unserved-kind',
    message: `this version has no ${kind}`,
    hint: 'Remove it, or name a version that has it.',
    path,
  };
}

function unknownField(error: SchemaError, path: Path): Fault {
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

function wrongType(error: SchemaError, path: Path, value: unknown): Fault {
  const allowed = error.keyword === 'type' ? error.params['type'] : error.parentSchema?.['type'];
  const types = [allowed ?? 'object'].flat().filter(type => type !== 'null');
  const expected = types.map(typeName).join(' or ');
  return {
    id: 'wrong-type',
    message: `"${lastName(path)}" must be ${expected}, and this is ${nounFor(value)}`,
    hint: quotesHint(value, types) ?? `Write ${expected}.`,
    path,
  };
}

/** Quotes make text of what YAML would take for something else, and of a number. */
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
  return {
    id: 'not-allowed',
    message: `"${lastName(path)}" does not allow ${typeof value === 'string' ? quoted(value) : nounFor(value)}`,
    hint: `Write one of: ${allowed.join(', ')}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    path,
  };
}

function repeatedItem({ params }: SchemaError, path: Path, list: unknown): Fault {
  const [first, second] = [Number(params['j']), Number(params['i'])].sort((a, b) => a - b);
  const item = valueAt(list, [second ?? 0]);
  return {
    id: 'illegal-value',
    message: `${typeof item === 'string' ? quoted(item) : 'this item'} is in "${lastName(path)}" already`,
    hint: 'Write each item once.',
    path: [...path, second ?? 0],
    related: [{ note: 'the first one', path: [...path, first ?? 0] }],
  };
}

function illegalName(error: SchemaError, path: Path, name: string): Fault {
  return {
    id: 'illegal-name',
    message: `${quoted(name)} is not a legal name here`,
    hint: `Write ${expectation(error)}.`,
    path,
    isAboutName: true,
  };
}

function illegalValue(error: SchemaError, path: Path, value: unknown): Fault {
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

/** The last name on the path: list indexes say little. */
function lastName(path: Path): string {
  return String(path.findLast(step => typeof step === 'string') ?? 'the document');
}
