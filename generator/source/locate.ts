import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Fault, Finding, Path, Place } from './finding.ts';
import { fieldOf } from './finding.ts';
import { readEvents, startOf } from './yaml-text.ts';

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
 * name the field alone. Findings come in the order of their places, each once.
 */
export function locate(faults: readonly Fault[], source: SourceFile | undefined): Finding[] {
  if (faults.length === 0) return [];
  const places = source === undefined ? undefined : placesOf(source);
  const findings = faults.map(fault => toFinding(fault, places));
  const unique = new Map(findings.map(finding => [JSON.stringify(finding), finding]));
  return [...unique.values()].sort(byPlace);
}

type PlaceOf = (fault: Pick<Fault, 'path' | 'isAboutName' | 'offset'>) => Place;

function placesOf({ file, text, isStream = false }: SourceFile): PlaceOf {
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
    message: fault.message,
    ...(fault.hint !== undefined && { hint: fault.hint }),
    field: fieldOf(fault.path),
    ...(places !== undefined && { at: places(fault) }),
    ...(fault.related !== undefined && {
      related: fault.related.map(({ message, path }) => ({
        message,
        ...(places !== undefined && { at: places({ path }) }),
      })),
    }),
  };
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

const nothing: Node = { start: 0, name: 0, isScalar: false, children: new Map() };

/** Reads the parser's flat events into nodes; an alias is a leaf where it stands. */
class TreeReader {
  private next = 0;
  private readonly text: string;
  private readonly events: readonly Event[];

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
    const start = startOf(event);
    const children = new Map<string | number, Node>();
    if (event.type === EVENT_ID.SEQUENCE) this.items(children);
    if (event.type === EVENT_ID.MAPPING) this.entries(children);
    const isScalar = event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS;
    return { start, name: name ?? start, isScalar, children };
  }

  private items(children: Map<string | number, Node>): void {
    for (let item = this.node(); item !== undefined; item = this.node()) {
      children.set(children.size, item);
    }
  }

  private entries(children: Map<string | number, Node>): void {
    for (;;) {
      const event = this.events[this.next];
      const key = this.node();
      if (key === undefined || event === undefined) return;
      const value = this.node(key.start);
      if (value === undefined) return;
      if (event.type !== EVENT_ID.SCALAR) continue;
      children.set(getScalarValue(this.text, event), value);
    }
  }
}
