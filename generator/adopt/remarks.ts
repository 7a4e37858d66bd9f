import type { Path } from '../ground/finding.ts';
import { groupBy } from '../ground/group-by.ts';
import { isMap, isSame, type JsonObject, valueAt } from '../ground/json.ts';
import { asJson } from '../ground/kube-object.ts';
import type { Comment } from '../ground/yaml/comments.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { entryKey } from './choices.ts';
import { type Draft, type DraftEntry, NO_FORM } from './draft.ts';
import type { Remarks } from './spec-text.ts';
import { isTold } from './told-comments.ts';

/** What somebody wrote beside an object's values, where it is read from. */
export type CommentsOf = (object: PlacedObject) => readonly Comment[];

/** A remark and the value of the spec that it goes to. */
interface Placed {
  readonly path: readonly string[];
  readonly lines: readonly string[];
  readonly isBehind: boolean;
}

/** An entry of an environment, with the comments on what it stands for. */
interface Told {
  readonly environment: string;
  readonly entry: DraftEntry;
  readonly comments: readonly (Comment & { readonly object: PlacedObject })[];
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
  const all = drafts.flatMap(({ wanted, entries }) =>
    entries.map((entry): Told => {
      const comments = entry.covers.flatMap(object => toldOf(object, commentsOf));
      return { environment: wanted.name, entry, comments };
    }),
  );
  const byEntry = groupBy(all, ({ entry }) => entryKey(entry));
  const before = new Map<string, readonly string[]>();
  const behind = new Map<string, string>();
  for (const { path, lines, isBehind } of all.flatMap(one =>
    entryRemarks(document, one, byEntry.get(entryKey(one.entry)) ?? []),
  )) {
    const key = JSON.stringify(path);
    const [line = ''] = lines;
    const isLine = isBehind && typeof valueAt(document, path) !== 'object';
    if (isLine && !behind.has(key)) behind.set(key, line);
    else if (behind.get(key) !== line) before.set(key, withLines(before.get(key) ?? [], lines));
  }
  return { before, behind };
}

function toldOf(object: PlacedObject, commentsOf: CommentsOf): Told['comments'] {
  return commentsOf(object)
    .map(comment => ({ ...comment, object, lines: comment.lines.filter(isTold) }))
    .filter(({ lines }) => lines.length > 0);
}

function withLines(before: readonly string[], lines: readonly string[]): readonly string[] {
  const isSaid = lines.every(line => before.includes(line));
  return isSaid ? before : [...before, ...lines];
}

/** At the entry of the base; what one environment alone says, at its own, where it has one. */
function entryRemarks(
  document: JsonObject,
  { environment, entry, comments }: Told,
  same: readonly Told[],
): Placed[] {
  const { section, name } = entry;
  const places = [
    ['spec', section, name],
    ['spec', 'environments', environment, section, name],
  ].filter(path => isMap(valueAt(document, path)));
  const [base, own = base] = places;
  if (base === undefined || own === undefined) return [];
  const isCommon = ({ lines }: Comment): boolean =>
    same.every(other => other.comments.some(one => isSame(one.lines, lines)));
  return [
    ...comments.map(comment => placed(comment, entry, isCommon(comment) ? base : own, document)),
    ...reasonRemarks(entry, base),
  ];
}

function reasonRemarks({ reason }: DraftEntry, path: readonly string[]): Placed[] {
  if (reason === undefined || reason.startsWith(NO_FORM)) return [];
  return [{ path, lines: [`As it is: ${reason}.`], isBehind: false }];
}

function placed(
  { path, lines, isBehind, object }: Told['comments'][number],
  entry: DraftEntry,
  place: readonly string[],
  document: JsonObject,
): Placed {
  const isVerbatim = entry.section === 'resources';
  const named = namedPath(path);
  const inPatch = named.length === 0 ? [] : ['patch', object.kind, ...named];
  const own = isVerbatim ? [verbatimPath(path)] : [shortPath(path, object, entry), inPatch];
  const at = own
    .filter(one => one.length > 0)
    .map(one => [...place, ...one])
    .find(one => valueAt(document, one) !== undefined);
  const isCut = (isVerbatim || at?.[place.length] === 'patch') && named.length < path.length;
  return at === undefined
    ? { path: place, lines, isBehind: false }
    : { path: at, lines, isBehind: isBehind && !isCut };
}

/** The same place in the object as it is; items of lists have no remarks of their own. */
function verbatimPath(path: Path): string[] {
  const named = namedPath(path);
  return named.length === 0 ? [] : ['object', ...named];
}

/** A path as far as it leads through maps. */
function namedPath(path: Path): string[] {
  const item = path.findIndex(step => typeof step === 'number');
  return (item < 0 ? path : path.slice(0, item)).map(String);
}

/** The field of an entry that has the name of the value, or of the item of a list that it is in. */
function shortPath(path: Path, object: PlacedObject, { entry }: DraftEntry): string[] {
  const names = [...path.keys()].reverse().flatMap(index => {
    const step = path[index];
    if (typeof step === 'string') return [step];
    const value = valueAt(asJson(object.json), path.slice(0, index + 1));
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
