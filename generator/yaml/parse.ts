import { constructFromEvents, EVENT_ID, type Event, parseEvents, type Schema } from 'js-yaml';
import { andThen, type Fault, type Outcome, ok } from '../core/finding.ts';
import { oncePerText } from '../core/once.ts';
import { blockDocuments } from './block-reader.ts';
import { documentFaults, offsetOf, syntaxFault } from './faults.ts';
import { manifestSchema, specSchema } from './scalars.ts';

/**
 * One YAML document as plain values. Scalars mean what they mean to kustomize. The parser is js-yaml: 5 times as fast
 * as `yaml`, and its events carry offsets for `locate`. That the text is not UTF-8 is no fault here.
 */
export function parseDocument(text: string): Outcome<unknown> {
  const events = readEvents(text);
  if (events.value === undefined) return { faults: events.faults };
  const [first, second] = events.value.flatMap(({ type }, at) =>
    type === EVENT_ID.DOCUMENT ? [at] : [],
  );
  if (first === undefined || !events.value.some(hasContent)) return { faults: [emptyFile] };
  if (second !== undefined) return { faults: [severalDocuments(events.value[second + 1], text)] };
  return andThen(construct(text, events.value, specSchema), ([document]) => ok(document));
}

const emptyFile: Fault = {
  id: 'empty-file',
  message: 'the file holds no document',
  hint: 'Write one object with apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets.',
  path: [],
  offset: 0,
};

function hasContent(event: Event): boolean {
  return (
    event.type === EVENT_ID.MAPPING ||
    event.type === EVENT_ID.SEQUENCE ||
    event.type === EVENT_ID.ALIAS ||
    (event.type === EVENT_ID.SCALAR && event.valueEnd > event.valueStart)
  );
}

/** `content` is the event behind the marker of the second document. */
function severalDocuments(content: Event | undefined, text: string): Fault {
  const offset = content === undefined ? undefined : offsetOf(content, text);
  return {
    id: 'several-documents',
    message: 'the file holds more than one document',
    hint: 'Keep one RemSecrets object in a file.',
    path: [],
    offset: offset ?? Math.max(0, text.lastIndexOf('\n---') + 1),
  };
}

/** Reads streams of manifests. */
export type ParseStream = (text: string) => Outcome<readonly unknown[]>;

/** A stream of manifests, empty documents as null. */
export function parseStream(text: string): Outcome<readonly unknown[]> {
  const documents = blockDocuments(text);
  if (documents !== undefined) return ok(documents);
  return andThen(readEvents(text), events => construct(text, events, manifestSchema));
}

/** The parser's events, or the fault that stops it. */
export function readEvents(text: string): Outcome<Event[]> {
  try {
    return ok(parseEvents(text, { maxDepth: 200 }));
  } catch (error) {
    return { faults: [syntaxFault(error, text)] };
  }
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

/**
 * Reads streams that share documents, as two revisions of a repository do: the same text gives the very same value. A
 * stream is read as a whole where it cannot be split safely, or a document is broken.
 */
export function sharedDocuments(): ParseStream {
  const values = new Map<string, readonly unknown[] | undefined>();
  const read = (part: string): readonly unknown[] | undefined => {
    const before = values.get(part);
    if (before !== undefined) return before;
    const value = onlyValue(part);
    values.set(part, value);
    return value;
  };
  return text => {
    const documents = safeParts(text)?.map(read);
    return documents?.every(value => value !== undefined)
      ? ok(documents.flat(1))
      : parseStream(text);
  };
}

/** The documents' texts. How a stream ends can matter to its last value, so it has to end with a line. */
function safeParts(text: string): string[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  const parts = documentTexts(text)?.map(document => document.text);
  return parts?.some(part => INDENTED.test(part)) ? undefined : parts;
}

/** A document that begins indented. js-yaml wants its other lines as far in, but only behind a marker. */
const INDENTED = /^(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[ \t]+[^\s#]/;

/** The value of a document, in a list; undefined where it turns out to be broken, or several. */
function onlyValue(part: string): readonly unknown[] | undefined {
  const { value } = parseStream(part);
  if (value?.length === 0) return EMPTY;
  return value?.length === 1 ? value : undefined;
}

/** Between two markers there is a document, even where there is nothing. */
const EMPTY: readonly unknown[] = [null];

/** A document of a stream of YAML, and where it begins in the stream. */
export interface DocumentText {
  readonly text: string;
  readonly start: number;
}

/**
 * The texts of a stream's documents, which lines that begin with `---` part (YAML 1.2, section 9.1.2). Undefined
 * where content follows one, where an indented one could be taken for it, or where the stream has directives or ends
 * of documents: those are rare, and read whole.
 */
export const documentTexts: (text: string) => readonly DocumentText[] | undefined =
  oncePerText(splitDocuments);

/** Lines that are comments, or empty. */
const NO_CONTENT = /^(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*$/;

function splitDocuments(text: string): DocumentText[] | undefined {
  const isUnsupported = ['%', '...'].some(start => text.includes(start) && hasLine(text, start));
  if (isUnsupported || text.startsWith('\uFEFF')) return undefined;
  const parts: DocumentText[] = [];
  let start = 0;
  for (let at = text.indexOf('---'); at !== -1; at = text.indexOf('---', at + 3)) {
    const end = markerEnd(text, at);
    if (end === undefined) return undefined;
    if (end === at) continue;
    parts.push({ text: text.slice(start, at), start });
    start = end;
  }
  parts.push({ text: text.slice(start), start });
  return NO_CONTENT.test(parts[0]?.text ?? '') ? parts.slice(1) : parts;
}

function hasLine(text: string, start: string): boolean {
  return text.startsWith(start) || text.includes(`\n${start}`) || text.includes(`\r${start}`);
}

/** Where a marker's line ends; `at` where there is no marker; undefined where that is not sure. */
function markerEnd(text: string, at: number): number | undefined {
  if (text[at - 1] === '\n' && text[at + 3] === '\n') return at + '---\n'.length; // As most are.
  let line = at;
  while (text[line - 1] === ' ' || text[line - 1] === '\t') line -= 1;
  const isFirst = line === 0 || text[line - 1] === '\n' || text[line - 1] === '\r';
  if (!isFirst) return at;
  const [marker] = /^---(?:\r?\n|$)/.exec(text.slice(at, at + 5)) ?? [];
  return marker === undefined || line < at ? undefined : at + marker.length;
}

/** Where an event's content begins in the text. */
export function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return 'start' in event ? event.start : 0;
}
