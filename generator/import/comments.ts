import type { Path } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { groupBy, isMap, isSame, type Json, type JsonObject, valueAt } from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { secretIn } from '../core/secret-text.ts';
import { placesFor } from '../environments/places.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { BARE_NAMES } from '../spec/tree.ts';
import type { ManifestSet } from '../world/object-set.ts';
import { documentTexts } from '../yaml/parse.ts';
import { type Comment, commentsOf } from '../yaml/places.ts';
import { renderScalar } from '../yaml/write.ts';
import { type Draft, type DraftEntry, entryKey, NO_FORM } from './draft.ts';

/** The comments of an object, in the file that it is read from. */
export type CommentsOf = (object: PlacedObject) => readonly Comment[];

/** The comments of one text, by the numbers of its documents. */
type Comments = ReturnType<typeof commentsOf>;

/** Finds the comments of an object in its file; of an object that kustomize built, in the file of the resource. */
export function commentReader(sets: readonly ManifestSet[], host: Host): CommentsOf {
  const sources = new Map(
    sets.flatMap(set => set.sources.map(source => [source.number, source] as const)),
  );
  const placeOf = placesFor(sets, host);
  const textIn = oncePerText(file => textOf(file, host));
  const commentsIn = oncePerText(commentsOf);
  return object => {
    const source = sources.get(object.file);
    if (source === undefined) return [];
    if (!source.isBuilt) return ofObject(object, commentsIn(source.text ?? ''));
    const at = placeOf(object, ['kind']);
    if (at === undefined || at.file === source.file || host.kindOf(at.file) !== 'file') return [];
    const text = textIn(at.file);
    return commentsIn(text).get(documentAt(text, at.line)) ?? [];
  };
}

/** The comments of an object's document; for an object in a List only those inside the object. */
function ofObject({ path: [number, ...inDocument] }: PlacedObject, comments: Comments) {
  return (comments.get(Number(number)) ?? [])
    .filter(({ path }) => inDocument.every((step, index) => path[index] === step))
    .map(comment => ({ ...comment, path: comment.path.slice(inDocument.length) }));
}

function documentAt(text: string, line: number): number {
  const offset = text.split('\n').slice(0, line).join('\n').length;
  const number = (documentTexts(text) ?? []).findLastIndex(({ start }) => start <= offset);
  return Math.max(0, number);
}

interface SpecComments {
  readonly before: ReadonlyMap<string, readonly string[]>;
  readonly behind: ReadonlyMap<string, string>;
}

/** An entry of one environment, with the comments of the objects that it makes. */
interface EntryComments {
  readonly environment: string;
  readonly entry: DraftEntry;
  readonly comments: readonly (Comment & { readonly object: PlacedObject })[];
}

/**
 * Places the comments of manifests at the entries and fields of a spec that they explain, and says at an object that
 * stands under `resources` why it has no short form. A comment of all environments comes once, in the base.
 */
export function specComments(
  document: JsonObject,
  drafts: readonly Draft[],
  commentsOf: CommentsOf,
): SpecComments {
  const all = drafts.flatMap(({ original, entries }) =>
    entries.map((entry): EntryComments => {
      const comments = entry.covers.flatMap(object =>
        commentsOf(object)
          .map(comment => ({ ...comment, object, lines: comment.lines.filter(isWorthKeeping) }))
          .filter(({ lines }) => lines.length > 0),
      );
      return { environment: original.name, entry, comments };
    }),
  );
  const byEntry = groupBy(all, ({ entry }) => entryKey(entry));
  const before = new Map<string, readonly string[]>();
  const behind = new Map<string, string>();
  for (const { path, lines, isBehind } of all.flatMap(commented =>
    commentsOfEntry(document, commented, byEntry.get(entryKey(commented.entry)) ?? []),
  )) {
    const key = JSON.stringify(path);
    const [line = ''] = lines;
    const isLine = isBehind && typeof valueAt(document, path) !== 'object';
    const above = before.get(key) ?? [];
    const isThere = behind.get(key) === line || lines.every(text => above.includes(text));
    if (isLine && !behind.has(key)) behind.set(key, line);
    else if (!isThere) before.set(key, [...above, ...lines]);
  }
  return { before, behind };
}

/** Stands in files that programs write; a spec is for people to edit. */
const DO_NOT_EDIT = /\bdo not edit\b/i;

/** Comments that tell programs what to do. */
const FOR_PROGRAMS = /^(yaml-language-server:|yamllint |vim?:|kics-scan |checkov:|noinspection )/;

function isWorthKeeping(line: string): boolean {
  const text = line.trim();
  const isOurs = DO_NOT_EDIT.test(text) || BARE_NAMES.includes(text);
  if (!/[\p{L}\p{N}]/u.test(text) || FOR_PROGRAMS.test(text) || isOurs) return false;
  const [, name = '', value = text] =
    /^[-\s]{0,100}["']?([\w.-]{1,253})["']?\s{0,100}[:=]\s{0,100}(.+)$/.exec(text) ?? [];
  const words = text.split(/\s+/);
  return (
    secretIn(value, { name, isReference: false }) === undefined &&
    words.every(word => secretIn(word, { name: '', isReference: true }) === undefined)
  );
}

/** Common comments go to the entry of the base, others to the environment's own entry if it has one. */
function commentsOfEntry(
  document: JsonObject,
  { environment, entry, comments }: EntryComments,
  same: readonly EntryComments[],
) {
  const { section, name, reason = NO_FORM } = entry;
  const places = [
    ['spec', section, name],
    ['spec', 'environments', environment, section, name],
  ].filter(path => isMap(valueAt(document, path)));
  const [base, overlay = base] = places;
  if (base === undefined || overlay === undefined) return [];
  const isCommon = ({ lines }: Comment): boolean =>
    same.every(sibling => sibling.comments.some(comment => isSame(comment.lines, lines)));
  return [
    ...comments.map(comment =>
      placed(comment, entry, isCommon(comment) ? base : overlay, document),
    ),
    ...(reason.startsWith(NO_FORM)
      ? []
      : [{ path: base, lines: [`As it is: ${reason}.`], isBehind: false }]),
  ];
}

function placed(
  { path, lines, isBehind, object }: EntryComments['comments'][number],
  entry: DraftEntry,
  place: readonly string[],
  document: JsonObject,
) {
  const isVerbatim = entry.section === 'resources';
  const item = path.findIndex(step => typeof step === 'number');
  // Items of lists have no comments in a spec.
  const named = (item < 0 ? path : path.slice(0, item)).map(String);
  const inObject = [...(isVerbatim ? ['object'] : ['patch', object.kind]), ...named];
  const at = [isVerbatim ? [] : shortPath(path, object, entry), named.length === 0 ? [] : inObject]
    .filter(steps => steps.length > 0)
    .map(steps => [...place, ...steps])
    .find(candidate => valueAt(document, candidate) !== undefined);
  if (at === undefined) return { path: place, lines, isBehind: false };
  const isCut = (isVerbatim || at[place.length] === 'patch') && named.length < path.length;
  return { path: at, lines, isBehind: isBehind && !isCut };
}

/** The field of an entry that has the name of the commented field, or of the list item around it. */
function shortPath(path: Path, object: PlacedObject, { entry }: DraftEntry): string[] {
  const names = [...path.keys()].reverse().flatMap(index => {
    const step = path[index];
    if (typeof step === 'string') return [step];
    const value = valueAt(asJson(object.json), path.slice(0, index + 1));
    return isMap(value)
      ? [value['secretKey'], value['name']].filter(name => typeof name === 'string')
      : [];
  });
  return names.map(name => pathTo(name, entry)).find(found => found !== undefined) ?? [];
}

function pathTo(name: string, entry: JsonObject): string[] | undefined {
  if (Object.hasOwn(entry, name) && name !== 'patch') return [name];
  const field = Object.keys(entry).find(key => {
    const value = entry[key];
    return key !== 'patch' && isMap(value) && Object.hasOwn(value, name);
  });
  return field === undefined ? undefined : [field, name];
}

/** The text of a spec as people write it: small values on one line, with comments. */
export function specText(document: JsonObject, comments: SpecComments): string {
  return `${mapText(document, { path: [], indent: '' }, comments).slice(1)}\n`;
}

/** A map or list that fits into so many characters stands on one line. */
const WIDTH = 100;

/** Fields whose value is written as a block: each entry begins on a line of its own. */
const BLOCKS = /^(spec|stores|databases|secrets|workloads|resources|environments)$/;

interface WrittenPlace {
  readonly path: readonly string[];
  readonly indent: string;
}

function mapText(map: JsonObject, { path, indent }: WrittenPlace, comments: SpecComments): string {
  const entries = Object.entries(map).map(([name, value]) => {
    const place = { path: [...path, name], indent };
    const key = JSON.stringify(place.path);
    const above = (comments.before.get(key) ?? []).map(line => `\n${indent}# ${line}`);
    const start = `${indent}${flow(name) ?? ''}:`;
    const text = valueText(value, place, start.length, comments);
    return `${above.join('')}\n${start}${text}`;
  });
  return entries.join('');
}

function valueText(value: Json, place: WrittenPlace, used: number, comments: SpecComments): string {
  const { path, indent } = place;
  const behind = comments.behind.get(JSON.stringify(path));
  const remark = behind === undefined ? '' : ` # ${behind}`;
  const line = isBlock(value, path, comments) ? undefined : flow(value);
  if (line !== undefined && (used + line.length < WIDTH || !isCollection(value)))
    return ` ${line}${remark}`;
  const inner = { path, indent: `${indent}  ` };
  if (isMap(value)) return remark + mapText(value, inner, comments);
  if (Array.isArray(value)) return remark + listText(value, inner, comments);
  return ` ${renderScalar(value, inner.indent)}`;
}

function listText(list: readonly Json[], { path, indent }: WrittenPlace, comments: SpecComments) {
  const start = `\n${indent}  `;
  const items = list.map(item => {
    const text = valueText(item, { path: [...path, ''], indent }, start.length - 1, comments);
    // The first field of a map stands behind the sign of the item.
    const isFields = isMap(item) && text.startsWith(start);
    return `\n${indent}-${isFields ? ` ${text.slice(start.length)}` : text}`;
  });
  return items.join('');
}

/** Whether a value is written as a block: it is a collection of the spec, or has comments in it. */
function isBlock(value: Json, path: readonly string[], comments: SpecComments): boolean {
  const isEnvironment = path[1] === 'environments' && path.length > 2;
  const inSpec = path.slice(isEnvironment ? 3 : 1);
  const isSection = inSpec.length === 1 && BLOCKS.test(inSpec[0] ?? '');
  const isChange = isEnvironment && inSpec.length === 0 && isMap(value) && isCollection(value);
  const hasComments = commentedIn(comments).has(JSON.stringify(path));
  return path.join() === 'spec' || isSection || isChange || hasComments;
}

const commentedIn = oncePer(({ before, behind }: SpecComments): ReadonlySet<string> => {
  const paths = [...before.keys(), ...behind.keys()].map((key): string[] => JSON.parse(key));
  return new Set(paths.flatMap(path => path.map((_, end) => JSON.stringify(path.slice(0, end)))));
});

function flow(value: Json): string | undefined {
  if (Array.isArray(value)) return joined(value.map(flow), '[', ']');
  if (!isMap(value)) return flowScalar(value);
  const entries = Object.entries(value).map(([name, child]) => [flow(name), flow(child)]);
  const pairs = entries.map(pair => joined(pair, '', '', ': '));
  return pairs.length === 0 ? '{}' : joined(pairs, '{ ', ' }');
}

function joined(parts: readonly (string | undefined)[], start: string, end: string, sign = ', ') {
  return parts.includes(undefined) ? undefined : `${start}${parts.join(sign)}${end}`;
}

/** Quotes plain text that has the punctuation of a flow collection in it. */
function flowScalar(value: Json): string | undefined {
  if (typeof value === 'string' && value.includes('\n')) return undefined;
  const text = renderScalar(value, '');
  const isPlain = typeof value === 'string' && text === value;
  return isPlain && /[,[\]{}]/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

function isCollection(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
