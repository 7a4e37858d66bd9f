import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Path } from '../finding.ts';
import { oncePer } from '../once-per.ts';
import { blockDocuments, type Spot, type Spots } from './block-documents.ts';
import { type DocumentText, documentTexts } from './document-texts.ts';
import { offsetOf } from './event-offset.ts';
import { readEvents } from './yaml-text.ts';

/** A value of the document and where it stands; `name` is where its map entry's key stands. */
export interface PlaceNode {
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
  const node = ({ value, name, start, lines }: Spot): PlaceNode => ({
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
export type OffsetOf = (path: Path, isAboutName: boolean) => number;

/** Looks for places in a text of one document. */
export function offsetsOf(text: string): OffsetOf {
  const documents = readPlaces(text);
  const root = documents.children.get(0) ?? documents;
  return (path, isAboutName) => offsetIn(root, path, isAboutName);
}

/**
 * Looks for places in a stream of documents, by paths that begin with the document's number. Only
 * documents that are asked for are read: findings are few.
 */
export function streamOffsets(text: string): OffsetOf {
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
