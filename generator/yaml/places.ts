import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import type { Fault, Finding, Path, Place, TextField } from '../core/finding.ts';
import { fieldOf } from '../core/finding.ts';
import { lastNotAbove } from '../core/json.ts';
import { onceFor, oncePer } from '../core/once.ts';
import { maskMessage } from '../core/shown.ts';
import { blockOffset } from './block-reader.ts';
import { type DocumentText, documentTexts, readEvents } from './parse.ts';
import { type EventNode, entriesOf, eventTrees, nameIn, offsetOf } from './scalars.ts';

export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** The file is a stream of documents: a path begins with the document's number, from 0. */
  readonly isStream?: boolean;
  /** Values of the document that files of their own hold. */
  readonly parts?: readonly SourcePart[];
}

/** A value of a document that a file holds, as one document. */
export interface SourcePart {
  readonly file: string;
  readonly text: string;
  readonly path: Path;
}

/** Faults of a text as findings, sorted by place, each once. Without `source`, findings name the field alone. */
export function locate(faults: readonly Fault[], source: SourceFile | undefined): Finding[] {
  if (faults.length === 0) return [];
  const placeOf = source && placesIn(source);
  const show = (field: TextField): Pick<Finding, 'field' | 'at'> => ({
    // A name that may be a secret is not shown.
    field: fieldOf(field.path.map(step => (typeof step === 'number' ? step : maskMessage(step)))),
    ...(placeOf !== undefined && { at: placeOf(field) }),
  });
  const unique = new Map<string, Finding>();
  for (const fault of faults) {
    const finding = findingOf(fault, show);
    const { rule, message, field, at } = finding;
    const key = JSON.stringify([rule, message, at ?? field]);
    if (!unique.has(key)) unique.set(key, finding);
  }
  const files = [source, ...(source?.parts ?? [])].map(text => text?.file ?? '');
  const fileOf = ({ at }: Finding): number => files.indexOf(at?.file ?? '');
  return [...unique.values()].sort((a, b) => fileOf(a) - fileOf(b) || byPlace(a, b));
}

function byPlace(a: Finding, b: Finding): number {
  const line = (a.at?.line ?? 0) - (b.at?.line ?? 0);
  const column = (a.at?.column ?? 0) - (b.at?.column ?? 0);
  return line || column || (a.field < b.field ? -1 : a.field > b.field ? 1 : 0);
}

type Shown = Pick<Finding, 'field' | 'at' | 'object'>;

/** A fault as a finding, which nothing else makes of faults; `show` gives what the finding is about. */
export function findingOf<Field, T extends Shown>(
  fault: Fault<Field>,
  show: (field: Field) => T,
): ShownFault<T> {
  const { id, severity = 'error', message, hint, related = [] } = fault;
  return {
    rule: id,
    severity,
    message: maskMessage(message),
    ...(hint !== undefined && { hint: maskMessage(hint) }),
    ...show(fault),
    related: related.map(second => {
      const { field: _, ...place } = show(second);
      return { note: maskMessage(second.note), ...place };
    }),
  };
}

type ShownFault<T extends Shown> = Omit<Finding, keyof Shown | 'related'> &
  T & { readonly related: readonly (Omit<T, 'field'> & { readonly note: string })[] };

export type PlaceOf = (field: TextField) => Place;

/** Reads a file, and those of its parts, for places: each when it is first asked for one, and once. */
export function placesIn({ parts, ...source }: SourceFile): PlaceOf {
  const inFile = placesInFile(source);
  if (parts === undefined || parts.length === 0) return inFile;
  const placesOf = oncePer((part: SourcePart) => placesInFile(part));
  return field => {
    const path = source.isStream === true ? field.path.slice(1) : field.path;
    const part = partAt(path, parts);
    if (part === undefined) return inFile(field);
    const below = path.slice(part.path.length);
    const isAboutName = field.isAboutName === true && below.length > 0;
    return placesOf(part)({ ...field, path: below, isAboutName });
  };
}

/** The part that a path leads into. */
export function partAt(path: Path, parts: SourceFile['parts'] = []): SourcePart | undefined {
  return parts.find(part => part.path.every((step, index) => path[index] === step));
}

function placesInFile({ file, text, isStream = false }: Omit<SourceFile, 'parts'>): PlaceOf {
  const offsetOfPath = onceFor(() => (isStream ? streamOffsets(text) : offsetsOf(text)));
  const startsOf = onceFor(() => lineStarts(text));
  return ({ path, isAboutName = false, offset = offsetOfPath()(path, isAboutName) }) => {
    const starts = startsOf();
    const line = lastNotAbove(starts, offset, start => start);
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** Where each line of a text begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

type OffsetOf = (path: Path, isAboutName: boolean) => number;

/** The first fields that are asked for are looked up without the parser. */
const FEW = 3;

function offsetsOf(text: string): OffsetOf {
  let asked = 0;
  const documentsOf = onceFor(() => readPlaces(text));
  return (path, isAboutName) => {
    asked += 1;
    const offset = asked > FEW ? undefined : blockOffset(text, path, isAboutName);
    if (offset !== undefined) return offset;
    return offsetIn(documentsOf().children.get(0) ?? documentsOf(), path, isAboutName);
  };
}

function streamOffsets(text: string): OffsetOf {
  const documents = documentTexts(text);
  if (documents === undefined) {
    const root = readPlaces(text);
    return (path, isAboutName) => offsetIn(root, path, isAboutName);
  }
  const offsetsIn = oncePer((document: DocumentText) => offsetsOf(document.text));
  return ([number, ...path], isAboutName) => {
    const document = documents[Number(number)];
    return document === undefined ? 0 : document.start + offsetsIn(document)(path, isAboutName);
  };
}

function offsetIn(root: PlaceNode, path: Path, isAboutName: boolean): number {
  let node = root;
  for (const [depth, step] of path.entries()) {
    const child = node.children.get(step);
    if (child === undefined) return inBlock(node, path.slice(depth), isAboutName) ?? node.name;
    node = child;
  }
  return node.isScalar && !isAboutName ? node.start : node.name;
}

function inBlock(node: PlaceNode, path: Path, isAboutName: boolean): number | undefined {
  const inner = innerOf(node);
  const [step = ''] = path;
  if (node.block === undefined || !inner?.children.has(step)) return undefined;
  return node.block.start + offsetIn(inner, path, isAboutName);
}

const innerOf = oncePer(({ block }: PlaceNode) =>
  block === undefined ? undefined : readPlaces(block.text).children.get(0),
);

/** A value of the document and where it stands; `name` is where its map entry's key stands. */
export interface PlaceNode {
  readonly start: number;
  readonly name: number;
  readonly isScalar: boolean;
  readonly children: ReadonlyMap<string | number, PlaceNode>;
  /** Its lines, of a text that is written line by line. */
  readonly block?: { readonly start: number; readonly text: string };
}

const noChildren: PlaceNode['children'] = new Map();
const nothing: PlaceNode = { start: 0, name: 0, isScalar: false, children: noChildren };

/** The documents of a text, as the items of a list; of a text with broken YAML there are none. */
export function readPlaces(text: string): PlaceNode {
  const documents = eventTrees(readEvents(text).value ?? []);
  const read = placeReader(text);
  const children = documents.map(({ below: [root] }, number) => {
    return [number, root === undefined ? nothing : read(root)] as const;
  });
  return { ...nothing, children: new Map(children) };
}

/** The gate refuses a text with more merged entries than this, and its places are read all the same. */
const MOST_MERGED = 2_000_000;

/** Reads the parser's events into nodes. Behind an alias stands what its anchor holds. */
function placeReader(text: string): (tree: EventNode, name?: number) => PlaceNode {
  const anchors = new Map<string, PlaceNode>();
  let merged = 0;
  const merge = (children: Map<string | number, PlaceNode>, from: PlaceNode): void => {
    merged += from.children.size;
    if (merged > MOST_MERGED) return;
    for (const [name, node] of from.children) {
      if (typeof name === 'number') merge(children, node);
      else if (!children.has(name)) children.set(name, node);
    }
  };
  const childrenOf = ({ event, below }: EventNode): PlaceNode['children'] => {
    if (event.type !== EVENT_ID.MAPPING)
      return new Map(below.map((item, index) => [index, nodeOf(item)]));
    const children = new Map<string | number, PlaceNode>();
    for (const { key, name, value } of entriesOf(below, text)) {
      const node = nodeOf(value, nodeOf(key).start);
      if (name !== undefined) children.set(name, node);
      if (name === '<<') merge(children, node);
    }
    return children;
  };
  const nodeOf = (tree: EventNode, name?: number): PlaceNode => {
    const { event } = tree;
    const start = offsetOf(event, text) ?? name ?? 0;
    const isAlias = event.type === EVENT_ID.ALIAS;
    const isNamed = 'anchorStart' in event && event.anchorStart >= 0;
    const anchor = isNamed ? text.slice(event.anchorStart, event.anchorEnd) : '';
    const node = {
      start,
      name: name ?? start,
      isScalar: event.type === EVENT_ID.SCALAR || isAlias,
      children: isAlias ? (anchors.get(anchor)?.children ?? noChildren) : childrenOf(tree),
      ...blockOf(event, text),
    };
    if (!isAlias) anchors.set(anchor, node);
    return node;
  };
  return nodeOf;
}

/** Lines that all begin with the same spaces mean the same with them. */
function blockOf(event: Event, text: string): Pick<PlaceNode, 'block'> {
  const isBlock = event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.LITERAL_BLOCK;
  if (!isBlock) return {};
  const { valueStart: start, valueEnd } = event;
  return { block: { start, text: text.slice(start, valueEnd) } };
}

export interface Comment {
  /** The value it stands above, or behind; empty: the document. */
  readonly path: Path;
  readonly lines: readonly string[];
  readonly isBehind: boolean;
}

/** The comments of a stream's documents, by their numbers; none of a text that is not YAML. */
export function commentsOf(text: string): ReadonlyMap<number, readonly Comment[]> {
  const events = text.includes('#') ? (readEvents(text).value ?? []) : [];
  if (events.length === 0) return new Map();
  const documents = eventTrees(events).map(({ below: [root] }) =>
    root === undefined ? [] : fieldsIn(root, [], text),
  );
  const starts = documents.map(([first], number) =>
    number === 0 ? 0 : Math.max(0, text.lastIndexOf('\n---', first?.offset ?? text.length) + 1),
  );
  const lines = commentLines(text, events);
  return new Map(
    documents.map((fields, number) => {
      const [start = 0, end = text.length] = starts.slice(number);
      const inDocument = lines.filter(({ offset }) => offset >= start && offset < end);
      return [number, attached(inDocument, fields)];
    }),
  );
}

interface FieldStart {
  readonly path: Path;
  readonly offset: number;
}

/** Where the entries and items of a value begin, in the order of the text. */
function fieldsIn({ event, below }: EventNode, path: Path, text: string): FieldStart[] {
  let place = path;
  return below.flatMap((inner, index) => {
    const isMap = event.type === EVENT_ID.MAPPING;
    if (isMap && index % 2 === 1) return fieldsIn(inner, place, text);
    place = [...path, isMap ? (nameIn(inner, text) ?? '') : index];
    const offset = offsetOf(inner.event, text);
    const start = offset === undefined ? [] : [{ path: place, offset }];
    return [...start, ...fieldsIn(inner, place, text)];
  });
}

function commentLines(text: string, events: readonly Event[]) {
  const scalars = events.flatMap(event =>
    event.type === EVENT_ID.SCALAR && event.valueStart >= 0
      ? [[event.valueStart, event.valueEnd] as const]
      : [],
  );
  let next = 0;
  const isInScalar = (at: number): boolean => {
    while (next < scalars.length && (scalars[next]?.[1] ?? 0) <= at) next += 1;
    return (scalars[next]?.[0] ?? Number.POSITIVE_INFINITY) <= at;
  };
  const found: { text: string; offset: number; isBehind: boolean }[] = [];
  let end = 0;
  for (const { index } of text.matchAll(/(?<=^|[ \t])#/gm)) {
    if (index < end || isInScalar(index)) continue;
    const next = text.indexOf('\n', index);
    end = next < 0 ? text.length : next;
    const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
    const content = text.slice(index, end).replace(/^#+ ?/, '').trimEnd();
    found.push({ text: content, offset: index, isBehind: before.trim() !== '' });
  }
  return found;
}

function attached(lines: ReturnType<typeof commentLines>, fields: readonly FieldStart[]) {
  const comments: Comment[] = [];
  let above: string[] = [];
  let at: FieldStart | undefined;
  const close = (): void => {
    if (at !== undefined && above.length > 0)
      comments.push({ path: at === fields[0] ? [] : at.path, lines: above, isBehind: false });
    above = [];
  };
  for (const { text, offset, isBehind } of lines) {
    if (isBehind) {
      const field = fields.findLast(start => start.offset < offset);
      if (field !== undefined) comments.push({ path: field.path, lines: [text], isBehind });
      continue;
    }
    const next = fields.find(start => start.offset > offset) ?? fields[0];
    if (next !== at) close();
    at = next;
    above.push(text);
  }
  close();
  return comments;
}
