import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { readEvents, startOf } from '../source/yaml-text.ts';

/** A stretch of a text; `end` is the first offset after it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** An item; one with an anchor cannot go, because an alias of another may mean it. */
interface ItemSpan extends Span {
  readonly isAnchored: boolean;
}

/** Where the parts of a ResourceList stand in its text. */
export interface ListPlaces {
  /** The list is one flow map, as in JSON. */
  readonly isFlow: boolean;
  readonly itemsKey: Span;
  /** Where the value of `items` begins: its bracket, or its first dash. */
  readonly items: number;
  readonly isFlowItems: boolean;
  readonly itemSpans: readonly ItemSpan[];
  /** What stands after the colon of `results`. */
  readonly results?: Span;
}

/** The places in a text that is a ResourceList; undefined when nothing can be put into it. */
export function listPlaces(text: string): ListPlaces | undefined {
  const events = readEvents(text).value ?? [];
  const [, root] = events;
  const entries = entriesOf(text, events);
  const items = entries.get('items');
  const [list, ...itemEvents] = items?.value ?? [];
  if (root?.type !== EVENT_ID.MAPPING || list?.type !== EVENT_ID.SEQUENCE) return undefined;
  if (items === undefined) return undefined;
  const results = entries.get('results');
  return {
    isFlow: root.style === COLLECTION_STYLE.FLOW,
    itemsKey: ownSpan(items.key),
    items: list.start,
    isFlowItems: list.style === COLLECTION_STYLE.FLOW,
    itemSpans: nodesOf(itemEvents).map(item => ({
      ...spanOf(text, item),
      isAnchored: item.some(isAnchored),
    })),
    ...(results !== undefined && { results: valueSpan(text, results) }),
  };
}

function isAnchored(event: Event): boolean {
  return event.type !== EVENT_ID.ALIAS && 'anchorStart' in event && event.anchorStart >= 0;
}

interface Entry {
  readonly key: Event;
  readonly value: readonly Event[];
}

/** The entries of the document's map, by their key. */
function entriesOf(text: string, events: readonly Event[]): Map<string, Entry> {
  const nodes = nodesOf(events.slice(2));
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 1 < nodes.length; at += 2) {
    const [[key] = [], value = []] = [nodes[at], nodes[at + 1]];
    if (key?.type === EVENT_ID.SCALAR) entries.set(getScalarValue(text, key), { key, value });
  }
  return entries;
}

/** The events of each node, up to the end of the collection they are in. */
function nodesOf(events: readonly Event[]): (readonly Event[])[] {
  const nodes: (readonly Event[])[] = [];
  let [depth, start] = [0, 0];
  for (const [at, { type }] of events.entries()) {
    if (type === EVENT_ID.SEQUENCE || type === EVENT_ID.MAPPING) depth++;
    if (type === EVENT_ID.POP) depth--;
    if (depth < 0) break;
    if (depth > 0) continue;
    nodes.push(events.slice(start, at + 1));
    start = at + 1;
  }
  return nodes;
}

function valueSpan(text: string, { key, value }: Entry): Span {
  const start = text.indexOf(':', ownSpan(key).end) + 1;
  return { start, end: Math.max(start, spanOf(text, value).end) };
}

/** The text of a node, from its value to its last closing bracket. */
function spanOf(text: string, node: readonly Event[]): Span {
  const [start = 0] = node.map(event => ownSpan(event).start);
  let end = 0;
  const open: boolean[] = [];
  for (const event of node) {
    if (event.type === EVENT_ID.POP) {
      if (open.pop() === true) end = afterCloser(text, end);
      continue;
    }
    end = Math.max(end, ownSpan(event).end);
    if ('style' in event && event.type !== EVENT_ID.SCALAR)
      open.push(event.style === COLLECTION_STYLE.FLOW);
  }
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

/** The next closing bracket, after space, commas and comments. */
const CLOSER = /(?:[\s,]|#.*\n)*[}\]]/y;

function afterCloser(text: string, offset: number): number {
  CLOSER.lastIndex = offset;
  return offset + (CLOSER.exec(text)?.[0].length ?? 0);
}

/** A scalar with its quotes, an alias, or the first character of a collection. */
function ownSpan(event: Event): Span {
  const start = startOf(event);
  if (event.type === EVENT_ID.ALIAS) return { start, end: event.anchorEnd };
  if (event.type !== EVENT_ID.SCALAR) return { start, end: start + 1 };
  const isQuoted =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const quote = isQuoted ? 1 : 0;
  return { start: start - quote, end: event.valueEnd + quote };
}
