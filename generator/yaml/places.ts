import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { type Fault, type Finding, fieldOf, type Path, type Place } from '../core/finding.ts';
import { maskMessage } from '../core/mask.ts';
import { oncePer } from '../core/once.ts';
import { blockDocuments, type Spot as SpotFromBlockDocuments, type Spots } from './block-reader.ts';
import { offsetOf } from './faults.ts';
import { type DocumentText, documentTexts, readEvents } from './parse.ts';

/** A file's text, as findings need it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** The file is a stream of documents: a path begins with the document's number, from 0. */
  readonly isStream?: boolean;
  /** What stands in files of its own, and is put into the document by what reads it. */
  readonly parts?: readonly SourcePart[];
}

/** A value of a document that a file holds, as one document. */
export interface SourcePart {
  readonly file: string;
  readonly text: string;
  /** Where the value is in the document. */
  readonly path: Path;
}

/** The part that a path leads into. */
export function partAt(path: Path, parts: SourceFile['parts'] = []): SourcePart | undefined {
  return parts.find(part => part.path.every((step, index) => path[index] === step));
}

/**
 * Gives faults their places. `source` is absent when the spec came without a file; then findings
 * name the field alone. Findings come in the order of their files and places; what several
 * environments say of one place comes once.
 */
export function locate(faults: readonly Fault[], source: SourceFile | undefined): Finding[] {
  if (faults.length === 0) return [];
  const places = source === undefined ? undefined : placesIn(source);
  const unique = new Map<string, Finding>();
  for (const fault of faults) {
    const finding = toFinding(fault, places);
    const { rule, message, field, at } = finding;
    const key = JSON.stringify([rule, message, at ?? field]);
    if (!unique.has(key)) unique.set(key, finding);
  }
  const files = [source, ...(source?.parts ?? [])].map(one => one?.file ?? '');
  const fileOf = ({ at }: Finding): number => files.indexOf(at?.file ?? '');
  return [...unique.values()].sort((a, b) => fileOf(a) - fileOf(b) || byPlace(a, b));
}

/** The place of a path in one file. */
export type PlaceOf = (fault: Pick<Fault, 'path' | 'isAboutName' | 'offset'>) => Place;

/** Reads a file, and those of its parts, for places: each once for all of them. */
export function placesIn({ parts, ...source }: SourceFile): PlaceOf {
  const own = placesInFile(source);
  if (parts === undefined || parts.length === 0) return own;
  const placesOf = oncePer((part: SourcePart) => placesInFile(part));
  return fault => {
    const path = source.isStream === true ? fault.path.slice(1) : fault.path;
    const part = partAt(path, parts);
    if (part === undefined) return own(fault);
    const below = path.slice(part.path.length);
    return placesOf(part)({
      ...fault,
      path: below,
      isAboutName: fault.isAboutName === true && below.length > 0,
    });
  };
}

function placesInFile({ file, text, isStream = false }: Omit<SourceFile, 'parts'>): PlaceOf {
  const offsets = isStream ? streamOffsets(text) : offsetsOf(text);
  const lines = lineStarts(text);
  return ({ path, isAboutName = false, offset }) => {
    const at = offset ?? offsets(path, isAboutName);
    const line = lastNotAbove(lines, at);
    return { file, line: line + 1, column: at - (lines[line] ?? 0) + 1 };
  };
}

function toFinding(fault: Fault, places: PlaceOf | undefined): Finding {
  return {
    rule: fault.id,
    severity: 'error',
    message: maskMessage(fault.message),
    ...(fault.hint !== undefined && { hint: maskMessage(fault.hint) }),
    field: fieldOf(fault.path.map(shownStep)),
    ...(places !== undefined && { at: places(fault) }),
    ...(fault.related !== undefined && {
      related: fault.related.map(({ note, ...place }) => ({
        note: maskMessage(note),
        ...(places !== undefined && { at: places(place) }),
      })),
    }),
  };
}

/** A step of the path; a name that may be a secret does not show. */
function shownStep(step: string | number): string | number {
  return typeof step === 'number' ? step : maskMessage(step);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The index of the last number that is not above `at`, in an ascending list. */
function lastNotAbove(ascending: readonly number[], at: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function byPlace(a: Finding, b: Finding): number {
  const line = (a.at?.line ?? 0) - (b.at?.line ?? 0);
  const column = (a.at?.column ?? 0) - (b.at?.column ?? 0);
  return line || column || (a.field < b.field ? -1 : a.field > b.field ? 1 : 0);
}

/** A value of the document and where it stands; `name` is where its map entry's key stands. */
interface PlaceNode {
  readonly start: number;
  readonly name: number;
  readonly isScalar: boolean;
  readonly children: ReadonlyMap<string | number, PlaceNode>;
  /** Its lines, of a text that is written line by line. */
  readonly block?: { readonly start: number; readonly text: string };
}

/** The documents of a text, as the items of a list; of a text with broken YAML there are none. */
function readPlaces(text: string): PlaceNode {
  return blockPlaces(text) ?? parsedPlaces(text);
}

/** The same from the parser's events, whatever the style. */
export function parsedPlaces(text: string): PlaceNode {
  return new TreeReader(text, readEvents(text).value ?? []).read();
}

/** The same of a text in blocks, without events. */
export function blockPlaces(text: string): PlaceNode | undefined {
  const spots: Spots = new Map();
  const documents = blockDocuments(text, spots);
  return documents && { ...nothing, children: spotsBelow(documents, spots, text) };
}

function spotsBelow(parent: unknown, spots: Spots, text: string): PlaceNode['children'] {
  const own = spots.get(parent);
  if (own === undefined) return noChildren;
  const node = ({ value, name, start, lines }: SpotFromBlockDocuments): PlaceNode => ({
    start,
    name,
    isScalar: typeof value !== 'object' || value === null,
    get children() {
      return spotsBelow(value, spots, text);
    },
    ...(lines && { block: { start: lines.start, text: text.slice(lines.start, lines.end) } }),
  });
  return new Map([...own].map(([step, spot]) => [step, node(spot)]));
}

/** Where the deepest value of a path stands in a text. */
type OffsetOf = (path: Path, isAboutName: boolean) => number;

/** Looks for places in a text of one document. */
function offsetsOf(text: string): OffsetOf {
  const documents = readPlaces(text);
  const root = documents.children.get(0) ?? documents;
  return (path, isAboutName) => offsetIn(root, path, isAboutName);
}

/**
 * Looks for places in a stream of documents, by paths that begin with the document's number. Only
 * documents that are asked for are read: findings are few.
 */
function streamOffsets(text: string): OffsetOf {
  const documents = documentTexts(text);
  if (documents === undefined) {
    const root = readPlaces(text);
    return (path, isAboutName) => offsetIn(root, path, isAboutName);
  }
  const known = new Map<DocumentText, OffsetOf>();
  return ([number, ...path], isAboutName) => {
    const document = documents[Number(number)];
    if (document === undefined) return 0;
    const offsets = known.get(document) ?? offsetsOf(document.text);
    known.set(document, offsets);
    return document.start + offsets(path, isAboutName);
  };
}

/** The deepest value on the path that exists: its key, or a scalar itself. */
function offsetIn(root: PlaceNode, path: Path, isAboutName: boolean): number {
  let node = root;
  for (const [depth, step] of path.entries()) {
    const child = node.children.get(step);
    if (child === undefined) return inBlock(node, path.slice(depth), isAboutName) ?? node.name;
    node = child;
  }
  return node.isScalar && !isAboutName ? node.start : node.name;
}

/** The same in a text that is YAML itself, as values for a chart are. */
function inBlock(node: PlaceNode, path: Path, isAboutName: boolean): number | undefined {
  const inner = innerOf(node);
  const [step = ''] = path;
  if (node.block === undefined || !inner?.children.has(step)) return undefined;
  return node.block.start + offsetIn(inner, path, isAboutName);
}

const innerOf = oncePer(({ block }: PlaceNode) =>
  block === undefined ? undefined : readPlaces(block.text).children.get(0),
);

const noChildren: PlaceNode['children'] = new Map();
const nothing: PlaceNode = { start: 0, name: 0, isScalar: false, children: noChildren };

/** Reads the parser's flat events into nodes. Behind an alias stands what its anchor holds. */
class TreeReader {
  private next = 0;
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly anchors = new Map<string, PlaceNode>();

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  /** The documents, as the items of a list; an empty one is an item too. */
  read(): PlaceNode {
    const children = new Map<number, PlaceNode>();
    while (this.next < this.events.length) {
      const isDocument = this.events[this.next++]?.type === EVENT_ID.DOCUMENT;
      if (isDocument) children.set(children.size, this.node() ?? nothing);
    }
    return { ...nothing, children };
  }

  private node(name?: number): PlaceNode | undefined {
    const event = this.events[this.next++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    const start = offsetOf(event, this.text) ?? name ?? 0;
    const isScalar = event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS;
    const node = {
      start,
      name: name ?? start,
      isScalar,
      children: this.children(event),
      ...this.block(event),
    };
    if (event.type !== EVENT_ID.ALIAS) this.anchors.set(this.anchorOf(event), node);
    return node;
  }

  /** Lines that all begin with the same spaces mean the same with them. */
  private block(event: Event): Pick<PlaceNode, 'block'> {
    const isBlock = event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.LITERAL_BLOCK;
    if (!isBlock) return {};
    const { valueStart: start, valueEnd } = event;
    return { block: { start, text: this.text.slice(start, valueEnd) } };
  }

  private anchorOf(event: Event): string {
    const isNamed = 'anchorStart' in event && event.anchorStart >= 0;
    return isNamed ? this.text.slice(event.anchorStart, event.anchorEnd) : '';
  }

  private children(event: Event): PlaceNode['children'] {
    if (event.type === EVENT_ID.SEQUENCE) return this.items();
    if (event.type === EVENT_ID.MAPPING) return this.entries();
    if (event.type !== EVENT_ID.ALIAS) return noChildren;
    return this.anchors.get(this.anchorOf(event))?.children ?? noChildren;
  }

  private items(): PlaceNode['children'] {
    const children = new Map<string | number, PlaceNode>();
    for (let item = this.node(); item !== undefined; item = this.node()) {
      children.set(children.size, item);
    }
    return children;
  }

  private entries(): PlaceNode['children'] {
    const children = new Map<string | number, PlaceNode>();
    for (;;) {
      const event = this.events[this.next];
      const key = this.node();
      if (key === undefined || event === undefined) return children;
      const value = this.node(key.start);
      if (value === undefined) return children;
      if (event.type !== EVENT_ID.SCALAR) continue;
      const name = getScalarValue(this.text, event);
      children.set(name, value);
      if (name === '<<') merge(children, value);
    }
  }
}

/** Adds what `<<` merges into a map: a map's entries, or those of each map of a list. */
function merge(children: Map<string | number, PlaceNode>, merged: PlaceNode): void {
  for (const [name, node] of merged.children) {
    if (typeof name === 'number') merge(children, node);
    else if (!children.has(name)) children.set(name, node);
  }
}

/** What somebody wrote beside the values of a document. */
export interface Comment {
  /** The value it stands above, or behind; empty: the document. */
  readonly path: Path;
  /** Its lines, without their signs. */
  readonly lines: readonly string[];
  readonly isBehind: boolean;
}

/** A name of a map, or an item of a list, and where it begins. */
interface Spot {
  readonly path: Path;
  readonly offset: number;
}

/** The comments of a stream's documents, by their numbers; none of a text that is not YAML. */
export function commentsOf(text: string): ReadonlyMap<number, readonly Comment[]> {
  const events = text.includes('#') ? (readEvents(text).value ?? []) : [];
  if (events.length === 0) return new Map();
  const documents = new SpotReader(text, events).read();
  const starts = documents.map(([first], number) => (number === 0 ? 0 : headStart(text, first)));
  const lines = commentLines(text, events);
  return new Map(
    documents.map((spots, number) => {
      const [start = 0, end = text.length] = starts.slice(number);
      const own = lines.filter(({ offset }) => offset >= start && offset < end);
      return [number, attached(own, spots)];
    }),
  );
}

/** Where what stands above a document begins: at the marker before it. */
function headStart(text: string, first: Spot | undefined): number {
  return Math.max(0, text.lastIndexOf('\n---', first?.offset ?? text.length) + 1);
}

interface CommentLine {
  readonly text: string;
  readonly offset: number;
  readonly isBehind: boolean;
}

/** Signs of comments: at the start of a line or behind a space, and in no scalar. */
function commentLines(text: string, events: readonly Event[]): CommentLine[] {
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
  const found: CommentLine[] = [];
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

/** Each comment at its value: behind the last of its line, or above the next. */
function attached(lines: readonly CommentLine[], spots: readonly Spot[]): Comment[] {
  const comments: Comment[] = [];
  let above: string[] = [];
  let at: Spot | undefined;
  const close = (): void => {
    if (at !== undefined && above.length > 0)
      comments.push({ path: at === spots[0] ? [] : at.path, lines: above, isBehind: false });
    above = [];
  };
  for (const { text, offset, isBehind } of lines) {
    if (isBehind) {
      const own = spots.findLast(spot => spot.offset < offset);
      if (own !== undefined) comments.push({ path: own.path, lines: [text], isBehind });
      continue;
    }
    const next = spots.find(spot => spot.offset > offset) ?? spots[0];
    if (next !== at) close();
    at = next;
    above.push(text);
  }
  close();
  return comments;
}

/** Walks the parser's flat events, and takes down where names and items begin. */
class SpotReader {
  private next = 0;
  private spots: Spot[] = [];
  private readonly text: string;
  private readonly events: readonly Event[];

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  read(): Spot[][] {
    const documents: Spot[][] = [];
    while (this.next < this.events.length) {
      if (this.events[this.next++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.spots = [];
      this.value([]);
      documents.push(this.spots);
    }
    return documents;
  }

  /** Reads one value; false at the end of a collection. */
  private value(path: Path): boolean {
    const event = this.events[this.next++];
    if (event === undefined || event.type === EVENT_ID.POP) return false;
    if (event.type === EVENT_ID.MAPPING) while (this.entry(path));
    if (event.type === EVENT_ID.SEQUENCE) for (let at = 0; this.item([...path, at]); ) at += 1;
    return true;
  }

  private entry(path: Path): boolean {
    const name = this.events[this.next];
    if (name === undefined || name.type === EVENT_ID.POP) return this.value(path);
    const step = name.type === EVENT_ID.SCALAR ? getScalarValue(this.text, name) : '';
    const below = [...path, step];
    this.spot(name, below);
    this.value(below);
    return this.value(below);
  }

  private item(path: Path): boolean {
    const event = this.events[this.next];
    if (event !== undefined && event.type !== EVENT_ID.POP) this.spot(event, path);
    return this.value(path);
  }

  private spot(event: Event, path: Path): void {
    const offset = offsetOf(event, this.text);
    if (offset !== undefined) this.spots.push({ path, offset });
  }
}
