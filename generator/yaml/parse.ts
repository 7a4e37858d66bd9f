import {
  binaryTag,
  CORE_SCHEMA,
  constructFromEvents,
  defineScalarTag,
  EVENT_ID,
  type Event,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  type Schema,
} from 'js-yaml';
import { andThen, type Fault, type Outcome, ok } from '../core/finding.ts';
import { Timestamp } from '../core/json.ts';
import { documentFaults } from './faults.ts';
import { blockDocuments } from './lines.ts';
import { documentTexts, goInteger, manifestSchema, offsetOf, syntaxFault } from './syntax.ts';

/** Reads streams of manifests. */
export type ParseStream = (text: string) => Outcome<readonly unknown[]>;

/**
 * Reads streams that have many documents in common, as two revisions of a repository do: the same
 * text gives the very same value. A stream that cannot be taken apart safely is read as a whole, and
 * so is one with a broken document.
 */
export function sharedDocuments(): ParseStream {
  const known = new Map<string, readonly unknown[] | undefined>();
  const read = (part: string): readonly unknown[] | undefined => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const value = onlyValue(part);
    known.set(part, value);
    return value;
  };
  return text => {
    const values = partsOf(text)?.map(read);
    return values?.every(value => value !== undefined) ? ok(values.flat(1)) : parseStream(text);
  };
}

/** The documents' texts. How a stream ends can matter to its last value, so it ends with a line. */
function partsOf(text: string): string[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  const parts = documentTexts(text)?.map(document => document.text);
  return parts?.some(part => INDENTED.test(part)) ? undefined : parts;
}

/** Behind a marker js-yaml wants the rest of what begins indented as far in, and without one it does not. */
const INDENTED = /^(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[ \t]+[^\s#]/;

/** What is between two markers is a document, whatever it holds. */
const EMPTY: readonly unknown[] = [null];

/** The value of a document, in a list; undefined where it turns out to be broken, or several. */
function onlyValue(part: string): readonly unknown[] | undefined {
  const { value } = parseStream(part);
  if (value?.length === 0) return EMPTY;
  return value?.length === 1 ? value : undefined;
}

const timestamp = defineScalarTag('tag:yaml.org,2002:timestamp', {
  implicit: true,
  implicitFirstChars: [...'0123456789'],
  resolve: source =>
    /^\d{4}-\d\d?-\d\d?([Tt \t]|$)/.test(source) ? new Timestamp(source) : NOT_RESOLVED,
  identify: () => false,
});

/** A spec's scalars as kustomize reads them. */
const specSchema = CORE_SCHEMA.withTags(mergeTag, timestamp, goInteger, binaryTag);

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
  if (documents > 1) return { faults: [severalDocuments(events.value, text)] };
  const values = construct(text, events.value, specSchema);
  return values.value === undefined ? { faults: values.faults } : ok(values.value[0]);
}

/** A stream of manifests, empty documents as null. */
export function parseStream(text: string): Outcome<readonly unknown[]> {
  const documents = blockDocuments(text);
  if (documents !== undefined) return ok(documents);
  return andThen(readEvents(text), events => construct(text, events, manifestSchema));
}

/** The documents' values. Aliases are followed only when they are known to have an end. */
function construct(text: string, events: Event[], schema: Schema): Outcome<readonly unknown[]> {
  const hasAlias = text.includes('*') && events.some(event => event.type === EVENT_ID.ALIAS);
  const faults = hasAlias ? documentFaults(text, events) : [];
  if (faults.length > 0) return { faults };
  try {
    return ok(constructFromEvents(events, { source: text, schema }));
  } catch (error) {
    const found = documentFaults(text, events);
    return { faults: found.length > 0 ? found : [syntaxFault(error, text)] };
  }
}

/** The parser's events, or the fault that stops it. */
export function readEvents(text: string): Outcome<Event[]> {
  try {
    return ok(parseEvents(text, { maxDepth: 200 }));
  } catch (error) {
    return { faults: [syntaxFault(error, text)] };
  }
}

const emptyFile: Fault = {
  id: 'empty-file',
  message: 'the file holds no document',
  hint: 'Write one object with apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets.',
  path: [],
  offset: 0,
};

function isEmpty(events: readonly Event[]): boolean {
  return !events.some(
    event =>
      event.type === EVENT_ID.MAPPING ||
      event.type === EVENT_ID.SEQUENCE ||
      (event.type === EVENT_ID.SCALAR && event.valueEnd > event.valueStart) ||
      event.type === EVENT_ID.ALIAS,
  );
}

function severalDocuments(events: readonly Event[], text: string): Fault {
  const [, second = 0] = events.flatMap(({ type }, at) => (type === EVENT_ID.DOCUMENT ? [at] : []));
  const content = events[second + 1];
  const offset = content === undefined ? undefined : offsetOf(content, text);
  return {
    id: 'several-documents',
    message: 'the file holds more than one document',
    hint: 'Keep one RemSecrets object in a file.',
    path: [],
    offset: offset ?? Math.max(0, text.lastIndexOf('\n---') + 1),
  };
}

/** Where an event's content begins in the text. */
export function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return 'start' in event ? event.start : 0;
}
