import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject } from '../ground/json.ts';
import { asJson } from '../ground/kube-object.ts';
import { valueAt } from '../ground/value-path.ts';
import type { Comment } from '../ground/yaml/comments.ts';
import type { Item } from '../kinds/kind.ts';
import type { Draft, DraftEntry } from './draft.ts';
import { NO_FORM } from './draft.ts';
import type { Remarks } from './spec-text.ts';
import { isTold } from './told-comments.ts';

/** What somebody wrote beside an object's values, where it is read from. */
export type CommentsOf = (item: Item) => readonly Comment[];

/** A remark and the value of the spec that it goes to. */
interface Placed {
  readonly path: readonly string[];
  readonly lines: readonly string[];
  readonly isBehind: boolean;
}

/**
 * The comments of manifests, at the entries and fields that they explain, and why an object that has a
 * short form stands as it is. What all environments say comes once, in the base.
 */
export function remarksOf(
  document: JsonObject,
  drafts: readonly Draft[],
  commentsOf: CommentsOf,
): Remarks {
  const before = new Map<string, readonly string[]>();
  const behind = new Map<string, string>();
  for (const { path, lines, isBehind } of drafts.flatMap(draft =>
    draft.entries.flatMap(entry => entryRemarks(document, draft, entry, commentsOf)),
  )) {
    const key = JSON.stringify(path);
    const [line = ''] = lines;
    const isLine = isBehind && typeof valueAt(document, path) !== 'object';
    if (isLine && !behind.has(key)) behind.set(key, line);
    else if (behind.get(key) !== line) before.set(key, withLines(before.get(key) ?? [], lines));
  }
  return { before, behind };
}

function withLines(before: readonly string[], lines: readonly string[]): readonly string[] {
  const isSaid = lines.every(line => before.includes(line));
  return isSaid ? before : [...before, ...lines];
}

function entryRemarks(
  document: JsonObject,
  { wanted }: Draft,
  entry: DraftEntry,
  commentsOf: CommentsOf,
): Placed[] {
  const place = [
    ['spec', entry.section, entry.name],
    ['spec', 'environments', wanted.name, entry.section, entry.name],
  ].find(path => isMap(valueAt(document, path)));
  if (place === undefined) return [];
  const comments = entry.covers.flatMap(item =>
    commentsOf(item)
      .map(comment => ({ ...comment, lines: comment.lines.filter(isTold) }))
      .filter(({ lines }) => lines.length > 0)
      .map(comment => placed(comment, item, entry, place, document)),
  );
  return [...comments, ...reasonRemarks(entry, place)];
}

function reasonRemarks({ reason }: DraftEntry, path: readonly string[]): Placed[] {
  if (reason === undefined || reason.startsWith(NO_FORM)) return [];
  return [{ path, lines: [`As it is: ${reason}.`], isBehind: false }];
}

function placed(
  { path, lines, isBehind }: Comment,
  item: Item,
  entry: DraftEntry,
  place: readonly string[],
  document: JsonObject,
): Placed {
  const own = entry.section === 'resources' ? verbatimPath(path) : shortPath(path, item, entry);
  const at = [...place, ...own];
  const isThere = own.length > 0 && valueAt(document, at) !== undefined;
  const isCut = entry.section === 'resources' && path.some(step => typeof step === 'number');
  return isThere
    ? { path: at, lines, isBehind: isBehind && !isCut }
    : { path: place, lines, isBehind: false };
}

/** The same place in the object as it is; items of lists have no remarks of their own. */
function verbatimPath(path: Path): string[] {
  const item = path.findIndex(step => typeof step === 'number');
  const named = (item < 0 ? path : path.slice(0, item)).map(String);
  return named.length === 0 ? [] : ['object', ...named];
}

/** The field of an entry that has the name of the value, or of the item of a list that it is in. */
function shortPath(path: Path, item: Item, { entry }: DraftEntry): string[] {
  const names = [...path.keys()].reverse().flatMap(index => {
    const step = path[index];
    if (typeof step === 'string') return [step];
    const value = valueAt(asJson(item.object), path.slice(0, index + 1));
    return isMap(value) ? [value['secretKey'], value['name']].filter(isText) : [];
  });
  const found = names.map(name => pathTo(name, entry)).find(one => one !== undefined);
  return found ?? [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Where an entry has a name: among its fields, or in one of them. */
function pathTo(name: string, entry: JsonObject): string[] | undefined {
  if (Object.hasOwn(entry, name) && name !== 'patch') return [name];
  const field = Object.keys(entry).find(one => {
    const value = entry[one];
    return one !== 'patch' && isMap(value) && Object.hasOwn(value, name);
  });
  return field === undefined ? undefined : [field, name];
}
