import type { Event, Schema } from 'js-yaml';
import { CHOMPING_MODE, constructFromEvents, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import { andThen, type Fault, type Outcome, ok, outcome, type Path } from '../core/finding.ts';
import { isMap } from '../core/json.ts';
import { isObject, listItems } from '../core/kube-object.ts';
import { oncePerText } from '../core/once.ts';
import { blockDocuments } from './block-reader.ts';
import { documentFaults, textFaults } from './gate.ts';
import { manifestSchema, offsetOf, specSchema } from './scalars.ts';

/** One YAML document as plain values, with scalars as kustomize means them. js-yaml is 5 times as fast as `yaml`. */
export function parseDocument(text: string): Outcome<unknown> {
  return andThen(readDocument(text), ({ document, ambiguous }) =>
    ambiguous.length > 0 ? { faults: ambiguous } : ok(document),
  );
}

/** One document with the faults of values that readers differ about: a caller that uses a part of it picks those that matter. */
export function readDocument(
  text: string,
): Outcome<{ readonly document: unknown; readonly ambiguous: readonly Fault[] }> {
  const [document, ...more] = (MAY_HAVE_DATE.test(text) ? undefined : blockDocuments(text)) ?? [];
  if (isMap(document) && more.length === 0) return ok({ document, ambiguous: [] });
  return andThen(readEvents(text), events => {
    const [first, second] = events.flatMap(({ type }, at) =>
      type === EVENT_ID.DOCUMENT ? [at] : [],
    );
    if (first === undefined || !events.some(hasContent)) return { faults: [EMPTY_FILE] };
    if (second !== undefined) return { faults: [severalDocuments(events[second + 1], text)] };
    return andThen(construct(text, events, specSchema), ({ documents, ambiguous }) =>
      ok({ document: documents[0], ambiguous: ambiguous.flat() }),
    );
  });
}

/** Dates are read as such in a spec alone. */
const MAY_HAVE_DATE = /\d{4}-\d\d?-\d/;

const EMPTY_FILE: Fault = {
  id: 'empty-file',
  message: 'the file holds no document',
  hint: 'Write one object with apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets.',
  path: [],
  offset: 0,
};

function hasContent(event: Event): boolean {
  if (event.type === EVENT_ID.SCALAR) return event.valueEnd > event.valueStart;
  return event.type !== EVENT_ID.DOCUMENT && event.type !== EVENT_ID.POP;
}

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

export type ParseStream = (text: string) => Outcome<readonly unknown[]>;

/** The documents of a stream, empty ones as null. A text that the gate refuses is not read at all. */
export function parseStream(text: string): Outcome<readonly unknown[]> {
  return parseChecked(text, () => true);
}

/** The documents of a stream of objects. One without `apiVersion` and `kind`, which no applier takes, may hold values that readers differ about. */
export function parseManifests(text: string): Outcome<readonly unknown[]> {
  return parseChecked(text, isManifest);
}

function isManifest(document: unknown): boolean {
  return isMap(document) && ('apiVersion' in document || 'kind' in document);
}

/** The documents of a stream whatever readers differ about: for the places in a text that another program has read. */
export function parseAmbiguous(text: string): Outcome<readonly unknown[]> {
  return parseChecked(text, () => false);
}

/** Whether a value that readers differ about is a fault in this document. */
type IsChecked = (document: unknown) => boolean;

function parseChecked(text: string, isChecked: IsChecked): Outcome<readonly unknown[]> {
  return andThen(documentsOf(text), read => checked(read, isChecked));
}

/** Read once: appliers, kustomizations and two revisions have the same texts. */
const documentsOf = oncePerText((text): Outcome<Documents> => {
  const lines = blockDocuments(text);
  if (lines !== undefined) return ok({ documents: lines, ambiguous: [] });
  const parts = safeParts(text) ?? [];
  const documents = parts.length > 1 ? allOf(parts) : undefined;
  return documents !== undefined
    ? ok({ documents, ambiguous: [] })
    : andThen(readEvents(text), events => construct(text, events, manifestSchema));
});

function checked({ documents, ambiguous }: Documents, isChecked: IsChecked) {
  return outcome(
    documents,
    documents.flatMap((document, number) =>
      isChecked(document)
        ? [...(ambiguous[number] ?? []), ...unclearLists(document, [number])]
        : [],
    ),
  );
}

/** `items` alone make a list for kubectl, Flux and Argo CD; for kustomize the kind does (docs/facts/kubernetes.md#lists). */
function unclearLists(value: unknown, path: Path): Fault[] {
  if (!isObject(value) || !('items' in value)) return [];
  const at = [...path, 'items'];
  return (
    listItems(value)?.flatMap((item, index) =>
      isObject(item) ? unclearLists(item, [...at, index]) : [unclearList([...at, index])],
    ) ?? [unclearList(at)]
  );
}

function unclearList(path: Path): Fault {
  return {
    id: 'ambiguous-yaml',
    message: 'not all readers take this for a list of objects',
    hint: 'Write kind: List, and each item with its apiVersion and kind; or the objects one by one, and no field items beside apiVersion and kind.',
    path,
  };
}

/** The parser's events, or the faults of the text. */
export function readEvents(text: string): Outcome<Event[]> {
  const faults = textFaults(text);
  if (faults.length > 0) return { faults };
  try {
    return ok(withEnd(parseEvents(text, { maxDepth: 200 }), text));
  } catch (error) {
    return { faults: [syntaxFault(error, text)] };
  }
}

/** Where the text ends inside a block, its last line has no line break: the parser would add one. */
function withEnd(events: Event[], text: string): Event[] {
  if (/[\r\n]$/.test(text)) return events;
  const at = events.findLastIndex(({ type }) => type === EVENT_ID.SCALAR);
  const last = events[at];
  const isBlock = last !== undefined && 'chomping' in last && last.valueEnd === text.length;
  return isBlock ? events.with(at, { ...last, chomping: CHOMPING_MODE.STRIP }) : events;
}

interface Documents {
  readonly documents: readonly unknown[];
  readonly ambiguous: readonly (readonly Fault[])[];
}

function construct(text: string, events: Event[], schema: Schema): Outcome<Documents> {
  const { faults, ambiguous } = documentFaults(text, events);
  if (faults.length > 0) return { faults };
  const isTagged = ambiguous.some(found => found.length > 0);
  const plain = isTagged ? events.map(event => withoutTag(event, text)) : events;
  try {
    return ok({ documents: constructFromEvents(plain, { source: text, schema }), ambiguous });
  } catch (error) {
    return { faults: [syntaxFault(error, text)] };
  }
}

function withoutTag(event: Event, text: string): Event {
  if (!('tagStart' in event) || text.slice(event.tagStart, event.tagEnd) === '!!str') return event;
  return { ...event, tagStart: -1, tagEnd: -1 };
}

/** `parseManifests` of a stream of which documents recur, as in two revisions: equal texts give the same value. */
export function parseShared(text: string): Outcome<readonly unknown[]> {
  const parts = safeParts(text);
  const documents = parts && allOf(parts);
  return documents === undefined
    ? parseManifests(text)
    : checked({ documents, ambiguous: [] }, isManifest);
}

/** The values of a stream's documents, each read by itself: undefined where one has a fault, whose place is the stream's. */
function allOf(parts: readonly string[]): readonly unknown[] | undefined {
  const documents = parts.map(onlyDocument);
  return documents.every(value => value !== undefined) ? documents.flat(1) : undefined;
}

/** The documents' texts, if each means alone what it means in the stream. How a stream ends can matter to its last value. */
function safeParts(text: string): string[] | undefined {
  if (!text.endsWith('\n') || ANCHOR.test(text)) return undefined;
  const parts = documentTexts(text)?.map(document => document.text);
  return parts?.some(part => INDENTED.test(part)) ? undefined : parts;
}

/** An anchor: how many values aliases make is counted for the whole stream. */
const ANCHOR = /(?:^|[\s[{,:-])&[^\s&]/;

/** A document that begins indented. js-yaml wants its other lines as far in, but only behind a marker. */
const INDENTED = /^(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[ \t]+[^\s#]/;

function onlyDocument(part: string): readonly unknown[] | undefined {
  const { value } = documentsOf(part);
  if (value?.ambiguous.some(found => found.length > 0) !== false) return undefined;
  // Between two markers there is a document, even where there is nothing.
  if (value.documents.length === 0) return [null];
  return value.documents.length === 1 ? value.documents : undefined;
}

export interface DocumentText {
  readonly text: string;
  readonly start: number;
}

/** The texts of documents, parted by lines that begin with `---` (YAML 1.2, section 9.1.2), if that is sure. */
export const documentTexts: (text: string) => readonly DocumentText[] | undefined =
  oncePerText(splitDocuments);

/** Nothing but comments, without a character that the gate refuses: nobody else looks at it. */
const NO_CONTENT =
  /^(?: *(?:#[\t\x20-\x7e\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]*)?(?:\r?\n|$))*$/;

function splitDocuments(text: string): DocumentText[] | undefined {
  const isUnsupported = ['%', '...'].some(start => text.includes(start) && hasLine(text, start));
  if (isUnsupported || text.includes('\uFEFF')) return undefined;
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

function markerEnd(text: string, at: number): number | undefined {
  if (text[at - 1] === '\n' && text[at + 3] === '\n') return at + '---\n'.length; // As most are.
  let line = at;
  while (text[line - 1] === ' ' || text[line - 1] === '\t') line -= 1;
  const isFirst = line === 0 || text[line - 1] === '\n' || text[line - 1] === '\r';
  if (!isFirst) return at;
  const [marker] = /^---(?:\r?\n|$)/.exec(text.slice(at, at + 5)) ?? [];
  return marker === undefined || line < at ? undefined : at + marker.length;
}

/** Why the parser stopped, in words for people. The text is never quoted: it may be a secret. */
function syntaxFault(error: unknown, text: string): Fault {
  if (!(error instanceof YAMLException)) throw error;
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const above = lineWithoutColon(text, line);
  if (above !== undefined && COLON_IN_TEXT.test(error.reason + text.slice(offset, offset + 1))) {
    const message = 'not valid YAML: a colon is missing in this line';
    const hint = 'Write "name: value" with a colon and a space.';
    return { id: 'yaml-syntax', message, hint, path: [], offset: above };
  }
  const found = EXPLANATIONS.find(
    ([reason, , , { before, after } = {}]) =>
      reason.test(error.reason) &&
      (before?.test(text.slice(line, offset)) ?? true) &&
      (after?.test(text.slice(offset, offset + 9)) ?? true),
  );
  const its = error.reason.replaceAll(/"[^"]{0,1000}"|<[^>]{0,1000}>/g, '…');
  const [, message = its, hint = 'Fix the YAML here or just before.', where] = found ?? [];
  const firstWord = line + Math.max(0, text.slice(line, offset + 1).search(/\S/));
  const at = where?.isAboutLine === true ? firstWord : offset;
  return { id: 'yaml-syntax', message: `not valid YAML: ${message}`, hint, path: [], offset: at };
}

const COLON_IN_TEXT = /^bad indentation of a mapping entry.*:$/s;

/** The place of the line above, if it has no colon and begins in the same column: both are read as one text. */
function lineWithoutColon(text: string, line: number): number | undefined {
  const start = text.lastIndexOf('\n', line - 2) + 1;
  const [, indent = '', words] =
    /^( {0,200})([\w./-]{1,200} [^:#\n]{1,1000})$/.exec(text.slice(start, line - 1)) ?? [];
  const isBeside = text.startsWith(indent, line) && /^\S/.test(text.slice(line + indent.length));
  return line > 0 && words !== undefined && isBeside ? start + indent.length : undefined;
}

type Explanation = readonly [reason: RegExp, message: string, hint: string, where?: Where];

interface Where {
  /** Match the text before the place in its line, and the text after it. */
  readonly before?: RegExp;
  readonly after?: RegExp;
  /** The parser stops behind the fault: point at the first word of the line. */
  readonly isAboutLine?: boolean;
}

const EXPLANATIONS: readonly Explanation[] = [
  [/^tab characters/, 'a tab indents this line', 'Indent with spaces.'],
  [
    /^bad indentation of a mapping entry/,
    'text without quotes holds a colon',
    'Put the text in quotes, or fix the indentation of the line.',
    { after: /^\s*:/ },
  ],
  [
    /^bad indentation of a mapping entry/,
    'text cannot begin with this character',
    'Put the text in quotes.',
    { after: /^[@`%]/ },
  ],
  [
    /^bad indentation of a mapping entry/,
    'this cannot follow what is before it',
    'Put the whole text in quotes, begin a new line, or remove what is not needed.',
    { before: /\S/ },
  ],
  [
    /^bad indentation/,
    'this line is indented differently from its neighbours',
    'Entries of one map, and items of one list, begin in the same column.',
  ],
  [
    /^deficient indentation/,
    'a quote or bracket above is still open, or this line is indented too little',
    'Close the quote, { or [ that is open, or indent this line further.',
  ],
  [
    /^expected ':' after a mapping key|^can not read a block mapping entry/,
    'this line is no entry of the map around it',
    'Write "name: value" with a space after the colon, or "- value" with a space after the dash.',
    { isAboutLine: true },
  ],
  [
    /^a whitespace character is expected after the key-value/,
    'a space is missing after the colon',
    'Write "name: value".',
  ],
  [
    /^unknown escape sequence|^expected hexadecimal/,
    'there is no such escape in double quotes',
    'Use single quotes, in which a backslash is a character like others, or write \\\\.',
  ],
  [
    /^unexpected end of the (stream|document) within a (single|double) quoted/,
    'the file ends inside quotes',
    'Close the quote.',
  ],
  [
    /^unexpected end of the stream within a flow/,
    'the file ends inside { or [',
    'Close the bracket.',
  ],
  [
    /^missed comma/,
    'a comma is missing before this',
    'Separate entries by commas; text with , : { } [ or ] in it needs quotes.',
  ],
  [
    /^expected the node content/,
    'a value is missing before this comma',
    'Write the value, or remove the comma.',
  ],
  [
    /tag/,
    'a word that begins with ! is a tag, and this one is not known',
    'Put text that begins with ! in quotes.',
  ],
  [/^nesting exceeded/, 'values are nested more than 200 deep', 'Nest them less deeply.'],
  [
    /^end of the stream or a document separator/,
    'this belongs to no value above it',
    'Check its indentation, and the brackets and quotes before it.',
  ],
  [
    /^the stream contains non-printable|^null byte|^expected valid JSON character/,
    'there is a control character, which no text may hold',
    'Remove it, or write it as an escape in double quotes.',
  ],
  [/^can not read a document/, 'text cannot begin with this character', 'Put the text in quotes.'],
];
