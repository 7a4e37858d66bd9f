import {
  type FieldPlace,
  type ListPlace,
  type ListPlaces,
  listPlaces,
  type Span,
  valueSpan,
} from './list-places.ts';
import type { Merge } from './merge-items.ts';
import { emptyList } from './resource-list.ts';
import type { MergedResults } from './results.ts';

/** New text in the place of a span. */
interface Edit extends Span {
  readonly text: string;
}

/** The text that is changed, and where its parts stand. */
interface Text extends ListPlaces {
  readonly text: string;
}

/**
 * The text of a ResourceList with objects and results put in; undefined when it is not laid out so
 * that they fit in. What is not ours stays as it is written.
 */
export function editedList(text: string, merge: Merge, results: MergedResults): string | undefined {
  const places = listPlaces(text);
  const edits = places && editsOf({ ...places, text }, merge, results);
  return edits && edited(text, edits);
}

function editsOf(source: Text, merge: Merge, results: MergedResults): Edit[] | undefined {
  const edits = [
    versionEdit(source),
    resultsEdit(source, results),
    itemsEdit(source, merge.added),
    replacedItems(source, merge.replaced),
  ];
  const possible = edits.filter(edit => edit !== undefined);
  return possible.length === edits.length ? possible.flat() : undefined;
}

/** The specification wants a version, and callers leave it out. */
function versionEdit(source: Text): Edit[] | undefined {
  if (source.fields.has('apiVersion')) return [];
  return fieldEdit(source, source.start, 'apiVersion', emptyList.apiVersion);
}

/** Results of ours replace those of an earlier run, or stand before those of others. */
function resultsEdit(source: Text, { all, added, isReplaced }: MergedResults): Edit[] | undefined {
  const field = source.fields.get('results');
  if (!isReplaced && added.length === 0) return [];
  const { start } = source.fields.get('items')?.key ?? source;
  if (field === undefined) return fieldEdit(source, start, 'results', all);
  return field.list === undefined || isReplaced
    ? valueEdit(source, field, all)
    : inFront(source, field.key, field.list, added);
}

/** Objects that no item is yet; a list that is left out or null is written. */
function itemsEdit(source: Text, added: Merge['added']): Edit[] | undefined {
  const field = source.fields.get('items');
  if (field === undefined) return fieldEdit(source, source.start, 'items', added);
  return field.list === undefined
    ? valueEdit(source, field, added)
    : inFront(source, field.key, field.list, added);
}

function replacedItems({ fields }: Text, replaced: Merge['replaced']): Edit[] | undefined {
  const members = fields.get('items')?.list?.members ?? [];
  const edits = members.flatMap((span, index) => {
    const object = replaced.get(index);
    return object === undefined ? [] : [{ ...span, text: JSON.stringify(object) }];
  });
  return edits.some(({ isAnchored }) => isAnchored) ? undefined : edits;
}

function valueEdit({ text }: Text, field: FieldPlace, value: unknown): Edit[] | undefined {
  const span = valueSpan(text, field);
  return span && [{ ...span, text: ` ${JSON.stringify(value)}` }];
}

/** A new field, on a line of its own before another one, or first in braces. */
function fieldEdit(
  { isFlow, start, text }: Text,
  before: number,
  name: string,
  value: unknown,
): Edit[] | undefined {
  const json = JSON.stringify(value);
  if (isFlow) return [{ start: start + 1, end: start + 1, text: `"${name}":${json},` }];
  const indent = text.slice(text.lastIndexOf('\n', before - 1) + 1, before);
  if (!/^ *$/.test(indent)) return undefined;
  return [{ start: before, end: before, text: `${name}: ${json}\n${indent}` }];
}

/** New members before those of a list: how the last one ends need not be known. */
function inFront(
  { text }: Text,
  key: Span,
  list: ListPlace,
  added: readonly unknown[],
): Edit[] | undefined {
  const lines = added.map(member => JSON.stringify(member));
  const { start, isFlow, members } = list;
  if (!isFlow) return inBlock(text, key, start, lines);
  const comma = members.length > 0 && lines.length > 0 ? ',' : '';
  return [{ start: start + 1, end: start + 1, text: lines.join() + comma }];
}

/** Each on a line of its own, above the comments of the first one. */
function inBlock(
  text: string,
  key: Span,
  first: number,
  lines: readonly string[],
): Edit[] | undefined {
  const start = text.indexOf('\n', key.end) + 1;
  const between = /^(?:[ \t]*(?:#.*)?\r?\n)*( *)$/.exec(text.slice(start, first));
  if (between === null || start === 0 || start > first) return undefined;
  return [{ start, end: start, text: lines.map(line => `${between[1]}- ${line}\n`).join('') }];
}

function edited(text: string, edits: readonly Edit[]): string {
  let [result, at] = ['', 0];
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
