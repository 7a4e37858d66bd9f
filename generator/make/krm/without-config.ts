import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import { readEvents, startOf } from '../../ground/yaml/yaml-text.ts';
import type { ResourceList } from './resource-list.ts';

/** A ResourceList, and the text that it is written in. */
export interface WrittenList {
  readonly text: string;
  readonly list: ResourceList;
}

/**
 * What goes back when the function fails: its functionConfig has a fault, or may hold a secret, and
 * what a failed function prints ends up in the logs of CI. The text is empty where functionConfig
 * cannot be cut out of it: the list is written anew then.
 */
export function withoutConfig({ text, list }: WrittenList): WrittenList {
  const { functionConfig: _, ...rest } = list;
  return { text: cut(text, readEvents(text).value ?? []), list: rest };
}

/** The lines of a block map, without those from the key `functionConfig` to the next one. */
function cut(text: string, events: readonly Event[]): string {
  const [, root] = events;
  const isBlock = root?.type === EVENT_ID.MAPPING && root.style === COLLECTION_STYLE.BLOCK;
  if (!isBlock || events.some(({ type }) => type === EVENT_ID.ALIAS)) return '';
  const keys = keysOf(events);
  const at = keys.findIndex(
    key => key.type === EVENT_ID.SCALAR && getScalarValue(text, key) === 'functionConfig',
  );
  const [key, next] = [keys[at], keys[at + 1]];
  if (key === undefined) return text;
  return (
    text.slice(0, lineOf(text, key)) + (next === undefined ? '' : text.slice(lineOf(text, next)))
  );
}

/** The keys of the document's map. */
function keysOf(events: readonly Event[]): Event[] {
  const nodes: Event[] = [];
  let depth = 0;
  for (const event of events.slice(2)) {
    if (event.type === EVENT_ID.POP) depth -= 1;
    else if (depth === 0) nodes.push(event);
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) depth += 1;
    if (depth < 0) break;
  }
  return nodes.filter((_, index) => index % 2 === 0);
}

function lineOf(text: string, event: Event): number {
  return text.lastIndexOf('\n', startOf(event)) + 1;
}
