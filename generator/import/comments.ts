import type { Path } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { groupBy, isMap, isSame, type Json, type JsonObject, valueAt } from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import { secretIn } from '../core/secret-text.ts';
import { placesFor } from '../environments/places.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { BARE_NAMES } from '../spec/tree-files.ts';
import type { ManifestSet } from '../world/object-set.ts';
import type { ObjectSource } from '../world/source.ts';
import { type Comment, commentsOf } from '../yaml/places.ts';
import { documentTexts } from '../yaml/syntax.ts';
import { renderScalar } from '../yaml/write.ts';
import { type Draft, type DraftEntry, entryKey, NO_FORM } from './draft.ts';

/** What somebody wrote beside an object's values, where it is read from. */
export type CommentsOf = (object: PlacedObject) => readonly Comment[];

/** The comments of one text, by the numbers of its documents. */
type Comments = ReturnType<typeof commentsOf>;

/**
 * The comments of the manifests that objects are read from: of what kustomize built, in the file of its
 * resource. Each file is looked through once.
 */
export function commentReader(sets: readonly ManifestSet[], host: Host): CommentsOf {
  const sources = new Map(
    sets.flatMap(set =>
      set.sources.map((source): [number, ObjectSource] => [source.number, source]),
    ),
  );
  const placeOf = placesFor(sets, host);
  const texts = new Map<string, string>();
  const known = new Map<string, Comments>();
  const commentsIn = (file: string, text: () => string): Comments => {
    const comments = known.get(file) ?? commentsOf(texts.get(file) ?? text());
    known.set(file, comments);
    return comments;
  };
  return object => {
    const source = sources.get(object.file);
    if (source === undefined) return [];
    if (!source.isBuilt)
      return ofObject(
        object,
        commentsIn(`${source.number}`, () => source.text ?? ''),
      );
    const at = placeOf(object, ['kind']);
    if (at === undefined || at.file === source.file || host.kindOf(at.file) !== 'file') return [];
    const text = texts.get(at.file) ?? textOf(at.file, host);
    texts.set(at.file, text);
    const number = documentAt(text, at.line);
    return commentsIn(at.file, () => text).get(number) ?? [];
  };
}

/** Of an object in a List only what stands in it. */
function ofObject(
  { path: [number, ...inDocument] }: PlacedObject,
  comments: Comments,
): readonly Comment[] {
  const own = comments.get(Number(number)) ?? [];
  return own
    .filter(({ path }) => inDocument.every((step, index) => path[index] === step))
    .map(comment => ({ ...comment, path: comment.path.slice(inDocument.length) }));
}

/** The number of the document that a line, from 1, is in. */
function documentAt(text: string, line: number): number {
  const offset = text.split('\n').slice(0, line).join('\n').length;
  const documents = documentTexts(text) ?? [];
  return Math.max(
    0,
    documents.findLastIndex(({ start }) => start <= offset),
  );
}

/** What is said beside the values of a spec, by their paths as JSON. */
interface Remarks {
  /** Lines above a value's name. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** Behind it, on its line. */
  readonly behind: ReadonlyMap<string, string>;
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

/** What is said of a file that a program made: a spec is for people to edit. */
const DO_NOT_EDIT = /\bdo not edit\b/i;

/** What is said to programs, and not to readers of a spec. */
const FOR_PROGRAMS = /^(yaml-language-server:|yamllint |vim?:|kics-scan |checkov:|noinspection )/;

/** Whether a line of a comment goes along: it says something, to people, and holds no secret. */
function isTold(line: string): boolean {
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

/** A remark and the value of the spec that it goes to. */
interface Placed {
  readonly path: readonly string[];
  readonly lines: readonly string[];
  readonly isBehind: boolean;
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

/** A path as far as it leads through maps. */
function namedPath(path: Path): string[] {
  const item = path.findIndex(step => typeof step === 'number');
  return (item < 0 ? path : path.slice(0, item)).map(String);
}

/** The same place in the object as it is; items of lists have no remarks of their own. */
function verbatimPath(path: Path): string[] {
  const named = namedPath(path);
  return named.length === 0 ? [] : ['object', ...named];
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

function reasonRemarks({ reason }: DraftEntry, path: readonly string[]): Placed[] {
  if (reason === undefined || reason.startsWith(NO_FORM)) return [];
  return [{ path, lines: [`As it is: ${reason}.`], isBehind: false }];
}

function withLines(before: readonly string[], lines: readonly string[]): readonly string[] {
  const isSaid = lines.every(line => before.includes(line));
  return isSaid ? before : [...before, ...lines];
}

/** A spec as people write it: small values on one line, with remarks. */
export function specText(document: JsonObject, remarks: Remarks): string {
  return `${new Writer(remarks).map(document, [], '').slice(1)}\n`;
}

/** In characters: what fits on a line stands on one. */
const WIDTH = 100;

/** The collections of a spec have an entry a line at least. */
const BLOCKS = /^(spec|stores|databases|secrets|workloads|resources|environments)$/;

/** Writes values line by line. */
class Writer {
  private readonly remarks: Remarks;

  constructor(remarks: Remarks) {
    this.remarks = remarks;
  }

  map(value: JsonObject, path: readonly string[], indent: string): string {
    return Object.entries(value)
      .map(([name, child]) => this.entry(name, child, [...path, name], indent))
      .join('');
  }

  private entry(name: string, value: Json, path: readonly string[], indent: string): string {
    const key = JSON.stringify(path);
    const above = (this.remarks.before.get(key) ?? []).map(line => `\n${indent}# ${line}`);
    const behind = this.remarks.behind.get(key);
    const remark = behind === undefined ? '' : ` # ${behind}`;
    const start = `${indent}${flow(name) ?? ''}:`;
    return `${above.join('')}\n${start}${this.value(value, path, indent, start.length, remark)}`;
  }

  private value(
    value: Json,
    path: readonly string[],
    indent: string,
    used: number,
    remark: string,
  ): string {
    const line = this.isBlock(value, path) ? undefined : flow(value);
    if (line !== undefined && (used + line.length < WIDTH || !isCollection(value)))
      return ` ${line}${remark}`;
    if (isMap(value)) return `${remark}${this.map(value, path, `${indent}  `)}`;
    if (Array.isArray(value)) return `${remark}${this.list(value, path, indent)}`;
    return ` ${renderScalar(value, `${indent}  `)}`;
  }

  /** Items of a list have no names, and no remarks. */
  private list(items: readonly Json[], path: readonly string[], indent: string): string {
    return items
      .map(item => {
        const line = flow(item);
        if (line !== undefined && (indent.length + line.length + 4 < WIDTH || !isCollection(item)))
          return `\n${indent}  - ${line}`;
        if (isMap(item)) {
          const text = this.map(item, [...path, ''], `${indent}    `);
          return `\n${indent}  - ${text.slice(`\n${indent}    `.length)}`;
        }
        if (Array.isArray(item)) return `\n${indent}  -${this.list(item, path, `${indent}  `)}`;
        return `\n${indent}  - ${renderScalar(item, `${indent}    `)}`;
      })
      .join('');
  }

  /** Whether a value has lines of its own: as a collection of the spec, or as remarks stand in it. */
  private isBlock(value: Json, path: readonly string[]): boolean {
    const [first, second, third, fourth] = path;
    const isEnvironment = second === 'environments' && third !== undefined;
    const collection = isEnvironment ? fourth : second;
    const isCollection = path.length === (isEnvironment ? 4 : 2) && BLOCKS.test(collection ?? '');
    const isWhole = first === 'spec' && path.length === 1;
    const isChange = isEnvironment && path.length === 3 && isMap(value) && hasEntries(value);
    return isWhole || isCollection || isChange || this.hasRemarks(path);
  }

  private hasRemarks(path: readonly string[]): boolean {
    const start = JSON.stringify(path).slice(0, -1);
    const isBelow = (key: string): boolean => key.startsWith(`${start},`);
    return [...this.remarks.before.keys(), ...this.remarks.behind.keys()].some(isBelow);
  }
}

/** A value on one line; undefined: it has texts of several. */
function flow(value: Json): string | undefined {
  if (Array.isArray(value)) return joined(value.map(flow), '[', ']');
  if (!isMap(value)) return flowScalar(value);
  const entries = Object.entries(value).map(([name, child]) => [flow(name), flow(child)]);
  const pairs = entries.map(pair => joined(pair, '', '', ': '));
  return pairs.length === 0 ? '{}' : joined(pairs, '{ ', ' }');
}

function joined(
  parts: readonly (string | undefined)[],
  start: string,
  end: string,
  between = ', ',
): string | undefined {
  return parts.includes(undefined) ? undefined : `${start}${parts.join(between)}${end}`;
}

/** Plain text may hold what ends a value on one line. */
function flowScalar(value: Json): string | undefined {
  if (typeof value === 'string' && value.includes('\n')) return undefined;
  const text = renderScalar(value, '');
  const isPlain = typeof value === 'string' && text === value;
  return isPlain && /[,[\]{}]/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}

function isCollection(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function hasEntries(value: JsonObject): boolean {
  return Object.keys(value).length > 0;
}
