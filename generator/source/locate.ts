import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import { offsetOf } from './event-offset.ts';
import type { Fault, Finding, Path, Place } from './finding.ts';
import { fieldOf } from './finding.ts';
import { hideSecrets } from './secret-text.ts';
import { readEvents } from './yaml-text.ts';

/** A value of the document and where it stands; `name` is where its map entry's key stands. */
interface Node {
  readonly start: number;
  readonly name: number;
  readonly isScalar: boolean;
  readonly children: ReadonlyMap<string | number, Node>;
}

/** A file's text, as findings need it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** The file is a stream of documents: a path begins with the document's number, from 0. */
  readonly isStream?: boolean;
}

/**
 * Gives faults their places. `source` is absent when the spec came without a file; then findings
 * name the field alone. Findings come in the order of their places; what several environments say
 * of one place comes once.
 */
export function locate(faults: readonly Fault[], source: SourceFile | undefined): Finding[] {
  if (faults.length === 0) return [];
  const places = source === undefined ? undefined : placesIn(source);
  const unique = new Map<string, Finding>();
  for (const fault of faults) {
    const finding = toFinding(fault, places);
    const { id, message, field, at } = finding;
    const key = JSON.stringify([id, message, at ?? field]);
    if (!unique.has(key)) unique.set(key, finding);
  }
  return [...unique.values()].sort(byPlace);
}

/** The place of a path in one file. */
export type PlaceOf = (fault: Pick<Fault, 'path' | 'isAboutName' | 'offset'>) => Place;

/** Reads a file for places, once for all of them. */
export function placesIn({ file, text, isStream = false }: SourceFile): PlaceOf {
  const documents = new TreeReader(text, readEvents(text).value ?? []).read();
  const root = isStream ? documents : (documents.children.get(0) ?? documents);
  const lines = lineStarts(text);
  return ({ path, isAboutName = false, offset }) => {
    const at = offset ?? offsetIn(root, path, isAboutName);
    const line = lastNotAbove(lines, at);
    return { file, line: line + 1, column: at - (lines[line] ?? 0) + 1 };
  };
}

function toFinding(fault: Fault, places: PlaceOf | undefined): Finding {
  return {
    id: fault.id,
    severity: 'error',
    message: hideSecrets(fault.message),
    ...(fault.hint !== undefined && { hint: hideSecrets(fault.hint) }),
    field: fieldOf(fault.path.map(shownStep)),
    ...(places !== undefined && { at: places(fault) }),
    ...(fault.related !== undefined && {
      related: fault.related.map(({ note, ...place }) => ({
        note: hideSecrets(note),
        ...(places !== undefined && { at: places(place) }),
      })),
    }),
  };
}

/** A step of the path; a name that may be a secret does not show. */
function shownStep(step: string | number): string | number {
  return typeof step === 'number' ? step : hideSecrets(step);
}

/** The deepest value on the path that exists: its key, or a scalar itself. */
function offsetIn(root: Node, path: Path, isAboutName: boolean): number {
  let node = root;
  for (const step of path) {
    const child = node.children.get(step);
    if (child === undefined) return node.name;
    node = child;
  }
  return node.isScalar && !isAboutName ? node.start : node.name;
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

const noChildren: Node['children'] = new Map();
const nothing: Node = { start: 0, name: 0, isScalar: false, children: noChildren };

/** Reads the parser's flat events into nodes. Behind an alias stands what its anchor holds. */
class TreeReader {
  private next = 0;
  private readonly text: string;
  private readonly events: readonly Event[];
  private readonly anchors = new Map<string, Node>();

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  /** The documents, as the items of a list; an empty one is an item too. */
  read(): Node {
    const children = new Map<number, Node>();
    while (this.next < this.events.length) {
      const isDocument = this.events[this.next++]?.type === EVENT_ID.DOCUMENT;
      if (isDocument) children.set(children.size, this.node() ?? nothing);
    }
    return { ...nothing, children };
  }

  private node(name?: number): Node | undefined {
    const event = this.events[this.next++];
    if (event === undefined || event.type === EVENT_ID.POP) return undefined;
    const start = offsetOf(event, this.text) ?? name ?? 0;
    const isScalar = event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS;
    const node = { start, name: name ?? start, isScalar, children: this.children(event) };
    if (event.type !== EVENT_ID.ALIAS) this.anchors.set(this.anchorOf(event), node);
    return node;
  }

  private anchorOf(event: Event): string {
    const isNamed = 'anchorStart' in event && event.anchorStart >= 0;
    return isNamed ? this.text.slice(event.anchorStart, event.anchorEnd) : '';
  }

  private children(event: Event): Node['children'] {
    if (event.type === EVENT_ID.SEQUENCE) return this.items();
    if (event.type === EVENT_ID.MAPPING) return this.entries();
    if (event.type !== EVENT_ID.ALIAS) return noChildren;
    return this.anchors.get(this.anchorOf(event))?.children ?? noChildren;
  }

  private items(): Node['children'] {
    const children = new Map<string | number, Node>();
    for (let item = this.node(); item !== undefined; item = this.node()) {
      children.set(children.size, item);
    }
    return children;
  }

  private entries(): Node['children'] {
    const children = new Map<string | number, Node>();
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
function merge(children: Map<string | number, Node>, merged: Node): void {
  for (const [name, node] of merged.children) {
    if (typeof name === 'number') merge(children, node);
    else if (!children.has(name)) children.set(name, node);
  }
}
