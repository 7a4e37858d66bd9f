import type { BuiltObject } from '../objects/kube-object.ts';
import { type ListPlaces, listPlaces, type Span } from './list-places.ts';
import { type Merge, mergeItems } from './merge-items.ts';
import { isGeneratorCall, type ResourceList } from './resource-list.ts';
import type { Result } from './results.ts';

/**
 * The ResourceList with our objects and results. For kustomize's generator it is JSON: cut short,
 * it cannot be read as less. kustomize throws its copy of functionConfig away again, which costs
 * it more than the rest of a small build, so that is left out. Anyone else's items are the input's own text, because reading and
 * writing would change its comments, numbers and order; ours come before them.
 */
export function renderList(
  text: string,
  list: ResourceList,
  built: readonly BuiltObject[],
  results: readonly Result[],
): string {
  const merge = mergeItems(list.items, built);
  if (isGeneratorCall(list)) return renderJson({ ...list, items: [] }, merge, results);
  const places = listPlaces(text);
  const edits = places === undefined ? undefined : editsOf(text, places, merge, results);
  return edits === undefined ? renderJson(list, merge, results) : edited(text, edits);
}

function renderJson(list: ResourceList, merge: Merge, results: readonly Result[]): string {
  const items = list.items.map((item, index) => merge.replaced.get(index) ?? item);
  return JSON.stringify({
    ...list,
    items: [...merge.added, ...items],
    ...(results.length > 0 && { results }),
  });
}

/** New text in the place of a span. */
interface Edit extends Span {
  readonly text: string;
}

/** What changes in the text; undefined when it is not laid out so that lines fit in. */
function editsOf(
  text: string,
  places: ListPlaces,
  { added, replaced }: Merge,
  results: readonly Result[],
): Edit[] | undefined {
  const first = places.isFlowItems ? inFlow(places, added) : inBlock(text, places, added);
  const result = resultsEdit(text, places, results);
  const others = replaceItems(places, replaced);
  if (first === undefined || result === undefined || others === undefined) return undefined;
  return [...first, ...result, ...others];
}

function replaceItems({ itemSpans }: ListPlaces, replaced: Merge['replaced']): Edit[] | undefined {
  const edits = itemSpans.flatMap((span, index) => {
    const object = replaced.get(index);
    return object === undefined ? [] : [{ ...span, text: JSON.stringify(object) }];
  });
  return edits.some(({ isAnchored }) => isAnchored) ? undefined : edits;
}

function inFlow({ items, itemSpans }: ListPlaces, added: Merge['added']): Edit[] {
  const comma = itemSpans.length > 0 && added.length > 0 ? ',' : '';
  const text = added.map(object => JSON.stringify(object)).join() + comma;
  return [{ start: items + 1, end: items + 1, text }];
}

/** Each object on a line of its own, above the comments of the first item. */
function inBlock(
  text: string,
  { itemsKey, items }: ListPlaces,
  added: Merge['added'],
): Edit[] | undefined {
  const start = text.indexOf('\n', itemsKey.end) + 1;
  const between = /^(?:[ \t]*(?:#.*)?\r?\n)*( *)$/.exec(text.slice(start, items));
  if (between === null || start === 0 || start > items) return undefined;
  const lines = added.map(object => `${between[1]}- ${JSON.stringify(object)}\n`);
  return [{ start, end: start, text: lines.join('') }];
}

/** Results replace those of an earlier run, or stand before the items. */
function resultsEdit(
  text: string,
  { isFlow, itemsKey: { start }, results: before }: ListPlaces,
  results: readonly Result[],
): Edit[] | undefined {
  const json = JSON.stringify(results);
  if (before !== undefined) return [{ ...before, text: ` ${json}` }];
  if (results.length === 0) return [];
  if (isFlow) return [{ start, end: start, text: `"results":${json},` }];
  const indent = text.slice(text.lastIndexOf('\n', start) + 1, start);
  return indent.trim() === ''
    ? [{ start, end: start, text: `results: ${json}\n${indent}` }]
    : undefined;
}

function edited(text: string, edits: readonly Edit[]): string {
  let [result, at] = ['', 0];
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
