import {
  CORE_SCHEMA,
  constructFromEvents,
  defineScalarTag,
  EVENT_ID,
  type Event,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import { type Fault, type Outcome, ok } from './finding.ts';

/**
 * Integers as go-yaml reads them, and so kubectl and kustomize: `0644` is octal, `1_000` a
 * thousand (go-yaml v3, resolve.go; kustomize-facts.md section 1).
 */
const goInteger = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: source => {
    const match = /^([-+]?)(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/.exec(source);
    if (match?.[2] === undefined) return NOT_RESOLVED;
    const digits = match[2].replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
    return match[1] === '-' ? -Number(digits) : Number(digits);
  },
  identify: () => false,
});

/**
 * A plain scalar that YAML 1.1 takes for a date. kustomize writes it as a timestamp, so where text
 * is meant it is a fault; passed on it stays the text it was.
 */
export class Timestamp {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): string {
    return this.text;
  }
}

const timestamp = defineScalarTag('tag:yaml.org,2002:timestamp', {
  implicit: true,
  implicitFirstChars: [...'0123456789'],
  resolve: source =>
    /^\d{4}-\d\d?-\d\d?([Tt \t]|$)/.test(source) ? new Timestamp(source) : NOT_RESOLVED,
  identify: () => false,
});

const schema = CORE_SCHEMA.withTags(mergeTag, timestamp, goInteger);

/** Values that a document may grow to when its aliases are written out. */
const MOST_VALUES = 2_000_000;

/**
 * One YAML document as plain values. Scalars mean what they mean to kustomize. The parser is
 * js-yaml: 5 times as fast as `yaml`, and its events carry offsets for `locate`.
 * Faults: not UTF-8 apart, everything that keeps the text from being one document.
 */
export function parseDocument(text: string): Outcome<unknown> {
  const events = readEvents(text);
  if (events.value === undefined) return { faults: events.faults };
  const documents = events.value.filter(event => event.type === EVENT_ID.DOCUMENT).length;
  if (documents === 0 || isEmpty(events.value)) return { faults: [emptyFile] };
  if (documents > 1) return { faults: [severalDocuments(events.value)] };
  try {
    const [value] = constructFromEvents(events.value, { source: text, schema });
    return text.includes('*') && isTooLarge(value) ? { faults: [aliasBomb] } : ok(value);
  } catch (error) {
    return { faults: [syntaxFault(error)] };
  }
}

/** A stream of YAML documents, empty ones as null, by the same rules. */
export function parseStream(text: string): Outcome<readonly unknown[]> {
  const events = readEvents(text);
  if (events.value === undefined) return { faults: events.faults };
  try {
    return ok(constructFromEvents(events.value, { source: text, schema }));
  } catch (error) {
    return { faults: [syntaxFault(error)] };
  }
}

/** The parser's events, or the fault that stops it. */
export function readEvents(text: string): Outcome<Event[]> {
  try {
    return ok(parseEvents(text, { maxDepth: 200 }));
  } catch (error) {
    return { faults: [syntaxFault(error)] };
  }
}

const emptyFile: Fault = {
  id: 'empty-file',
  message: 'the file holds no document',
  hint: 'Write one object with apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets.',
  path: [],
  offset: 0,
};

const aliasBomb: Fault = {
  id: 'alias-bomb',
  message: `the aliases of the document expand to more than ${MOST_VALUES} values, or to themselves`,
  hint: 'Write the repeated part once, without an alias inside an alias.',
  path: [],
  offset: 0,
};

function isEmpty(events: readonly Event[]): boolean {
  return !events.some(
    event =>
      event.type === EVENT_ID.MAPPING ||
      event.type === EVENT_ID.SEQUENCE ||
      (event.type === EVENT_ID.SCALAR && event.valueEnd > event.valueStart),
  );
}

function severalDocuments(events: readonly Event[]): Fault {
  const second = events.findLastIndex(event => event.type === EVENT_ID.DOCUMENT);
  const content = events.slice(second + 1).find(event => 'start' in event || 'valueStart' in event);
  return {
    id: 'several-documents',
    message: 'the file holds more than one document',
    hint: 'Keep one RemSecrets object in a file.',
    path: [],
    offset: content === undefined ? 0 : startOf(content),
  };
}

/** Where an event's content begins in the text. */
export function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return 'start' in event ? event.start : 0;
}

function syntaxFault(error: unknown): Fault {
  if (!(error instanceof YAMLException)) throw error;
  const isDuplicate = /duplicate/i.test(error.reason);
  return {
    id: isDuplicate ? 'duplicate-key' : 'yaml-syntax',
    message: isDuplicate ? 'the key is in this map already' : `not valid YAML: ${error.reason}`,
    hint: isDuplicate ? 'Keep one of the two entries.' : 'Mend the YAML here or just before.',
    path: [],
    offset: error.mark?.position ?? 0,
  };
}

/** Whether a value counts too many values once every alias is written out; 0 for a cycle. */
function isTooLarge(root: unknown): boolean {
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    sizes.set(value, Number.POSITIVE_INFINITY);
    const size = Object.values(value).reduce((sum: number, child) => sum + sizeOf(child), 1);
    sizes.set(value, size);
    return size;
  };
  return sizeOf(root) > MOST_VALUES;
}
