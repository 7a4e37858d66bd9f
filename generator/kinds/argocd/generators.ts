import {
  isMap,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  mergedMaps,
  mergePatch,
  scalarText,
  textAt,
} from '../../core/json.ts';
import { matchesGlob } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { ARGOCD_TEMPLATE_FUNCTIONS, parseTemplate } from '../../core/template/parse.ts';
import { filledText, normalized, templateValue } from '../../core/template/value.ts';
import { parseStream } from '../../yaml/parse.ts';
import type { RepositoryTree } from '../facets.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** How an ApplicationSet writes its templates: in Go's, or in the old form, `{{path.basename}}`. */
export type Notation = 'go' | 'old';

export interface Parameters {
  readonly values: JsonObject;
  readonly isOpen: boolean;
  /** The repository that was read has nothing that gives parameters. */
  readonly isOfNothing?: true;
}

/** The parameters of a git generator (docs/facts/argocd.md#git-generators). Empty: nothing fits. Undefined: unknown. */
export function gitParameters(
  git: JsonObject,
  notation: Notation,
  tree: RepositoryTree | undefined,
): JsonObject[] | undefined {
  const folders = patternsIn(git, 'directories');
  const files = patternsIn(git, 'files');
  const isPlain = [...folders, ...files].every(
    ({ path }) => path !== '' && !/[[\]\\{}]/.test(path),
  );
  if (tree === undefined || !isPlain) return undefined;
  const found =
    folders.length > 0
      ? matchedFolders(folders, tree.folders).map(folder => ({ folder, object: {} }))
      : matchedFiles(files, tree.files).flatMap(file => inFile(file, tree));
  const isKnown = found.every(({ object }) => isMap(object));
  return isKnown ? found.map(match => parametersOf(git, notation, match)) : undefined;
}

function patternsIn(git: JsonObject, field: string): PathPattern[] {
  return listAt(git, field).map(entry => ({
    path: textAt(entry, 'path') ?? '',
    isExcluded: mapAt(entry)['exclude'] === true,
  }));
}

interface PathPattern {
  readonly path: string;
  readonly isExcluded: boolean;
}

/** The folders that patterns choose; a `*` matches within one name (Go, path.Match). */
function matchedFolders(patterns: readonly PathPattern[], folders: readonly string[]): string[] {
  return chosen(patterns, folders, (pattern, folder) => {
    const [steps, names] = [pattern.split('/'), folder.split('/')];
    return (
      steps.length === names.length &&
      steps.every((step, index) => matchesGlob(step, names[index] ?? ''))
    );
  });
}

/** The files that patterns choose, as for `git ls-files`: a `*` matches `/` too, and a folder stands for all below it. */
function matchedFiles(patterns: readonly PathPattern[], files: readonly string[]): string[] {
  return chosen(
    patterns,
    files,
    (pattern, file) =>
      matchesGlob(pattern, file) || file.startsWith(`${pattern.replace(/\/$/, '')}/`),
  );
}

function chosen(
  patterns: readonly PathPattern[],
  paths: readonly string[],
  matches: (pattern: string, path: string) => boolean,
): string[] {
  const isIn = (path: string, isExcluded: boolean): boolean =>
    patterns.some(pattern => pattern.isExcluded === isExcluded && matches(pattern.path, path));
  return paths.filter(path => isIn(path, false) && !isIn(path, true));
}

interface Match {
  readonly folder: string;
  readonly file?: string;
  /** Not known, if it is no map. */
  readonly object: Json | undefined;
}

function inFile(path: string, { documentIn }: RepositoryTree): Match[] {
  const value = documentIn(path);
  const at = path.lastIndexOf('/');
  const place = { folder: at < 0 ? '.' : path.slice(0, at), file: path.slice(at + 1) };
  const objects: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  return objects.map(object => ({ ...place, object }));
}

function parametersOf(git: JsonObject, notation: Notation, match: Match): JsonObject {
  const prefix = textAt(git, 'pathParamPrefix') ?? '';
  const parameters = notation === 'go' ? goParameters(match, prefix) : oldParameters(match, prefix);
  const values = mapAt(git, 'values');
  if (Object.keys(values).length === 0) return parameters;
  const filled = filledIn(values, { values: parameters, isOpen: false }, notation);
  return notation === 'go'
    ? { ...parameters, values: filled }
    : { ...parameters, ...flat({ values: filled }) };
}

function goParameters({ folder, file, object }: Match, prefix: string): JsonObject {
  const path = { path: folder, ...namesOf(folder, file), segments: folder.split('/') };
  return { ...mapAt(object), ...(prefix === '' ? { path } : { [prefix]: { path } }) };
}

function oldParameters({ folder, file, object }: Match, prefix: string): JsonObject {
  const name = prefix === '' ? 'path' : `${prefix}.path`;
  const names = Object.entries(namesOf(folder, file)).map(([field, text]) => [
    `${name}.${field}`,
    text,
  ]);
  const steps = folder.split('/').map((step, index) => [`${name}[${index}]`, step]);
  return { ...flat(mapAt(object)), [name]: folder, ...Object.fromEntries([...names, ...steps]) };
}

function namesOf(folder: string, file: string | undefined): Readonly<Record<string, string>> {
  const basename = folder.slice(folder.lastIndexOf('/') + 1);
  return {
    basename,
    basenameNormalized: normalized(basename),
    ...(file !== undefined && { filename: file, filenameNormalized: normalized(file) }),
  };
}

interface Patched {
  readonly value: JsonObject;
  /** The patch is not read, and may change the sources or the destination. */
  readonly isUnseen: boolean;
}

/** An Application with its set's `templatePatch` (docs/facts/argocd.md#templates), where it can be filled in. */
export function patched(value: JsonObject, set: PlacedObject, parameters: Parameters): Patched {
  const text = textAt(specOf(set), 'templatePatch');
  if (text === undefined || specOf(set)['goTemplate'] !== true) return { value, isUnseen: false };
  const filled = textWith(text, parameters, 'go');
  const { value: [patch] = [] } = parseStream(filled);
  if (filled.includes('{{') || !isMap(patch))
    return { value, isUnseen: /\b(sources?|destination)\b/.test(text) };
  return { value: mergePatch(value, patch), isUnseen: false };
}

/** The longest text that is filled in, and that comes of it. */
const LONGEST = 100_000;

/** A value with its templates filled in. Texts with unknown parts stay, and what has none is the same object. */
export function filledIn(value: Json, parameters: Parameters, notation: Notation): Json {
  if (typeof value === 'string') return textWith(value, parameters, notation);
  if (typeof value !== 'object' || value === null || !hasTemplates(value)) return value;
  if (Array.isArray(value)) return value.map(child => filledIn(child, parameters, notation));
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      textWith(name, parameters, notation),
      filledIn(child, parameters, notation),
    ]),
  );
}

const hasTemplates = oncePer((value: object): boolean => JSON.stringify(value).includes('{{'));

/** A text with its templates filled in, or as it is written (docs/facts/argocd.md#templates). */
function textWith(text: string, parameters: Parameters, notation: Notation): string {
  if (!text.includes('{{') || text.length > LONGEST) return text;
  return notation === 'go' ? goText(text, parameters) : oldText(text, parameters.values);
}

/** With `dig` a template gets a default for a parameter that may be among the unknown ones. */
function goText(text: string, { values, isOpen }: Parameters): string {
  if (ELSEWHERE.test(text) || (isOpen && /\bdig\b/.test(text))) return text;
  const filled = (part: string): string | undefined =>
    templateValue(parseTemplate(part, ARGOCD_TEMPLATE_FUNCTIONS), values);
  return filled(text) ?? (JOINED.test(text) ? text : eachAction(text, filled));
}

function eachAction(text: string, filled: (action: string) => string | undefined): string {
  const action = /\{\{[^{}]{1,300}\}\}/g;
  return filledText(text, action, ([whole]) => filled(whole) ?? whole, LONGEST) ?? text;
}

/** Words of actions that refer to other parts of a template. */
const ELSEWHERE = /\{\{-?\s{0,9}(template|define|block|break|continue)\b/;

/** Actions that change the text around them. */
const JOINED = /\{\{-|-\}\}|:=|\{\{\s{0,9}(if|with|range|else|end)\b/;

function oldText(text: string, values: JsonObject): string {
  const fill = ([whole, tag = '']: RegExpExecArray): string => {
    const name = tag.trim();
    return Object.hasOwn(values, name) ? scalarText(values[name]) : whole;
  };
  return filledText(text, /\{\{([^{}]{1,300})\}\}/g, fill, LONGEST) ?? text;
}

const DEEPEST = 20;

/** Values as one map of texts, `a.b` for a field in a field and `a.0` for an entry of a list. */
export function flat(values: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesOf(values, '', 0));
}

function entriesOf(value: Json, name: string, depth: number): [string, string][] {
  if (!isMap(value) && !Array.isArray(value)) return [[name, scalarText(value)]];
  if (depth > DEEPEST) return [];
  return Object.entries<Json>(value).flatMap(([field, child]) =>
    entriesOf(child, name === '' ? field : `${name}.${field}`, depth + 1),
  );
}

/** Two sets of a matrix as one. In Go's notation maps are merged, and the first set wins. */
export function combined(first: Parameters, second: Parameters, notation: Notation): Parameters {
  const values = laidOver(second.values, first.values, notation);
  return { values, isOpen: first.isOpen || second.isOpen };
}

function laidOver(before: JsonObject, after: JsonObject, notation: Notation): JsonObject {
  return notation === 'go' ? mergedMaps(before, after) : { ...before, ...after };
}

/** The sets of a merge generator: each is merged with the set of the next generator that has the same keys. */
export function mergedOnto(
  base: readonly Parameters[],
  others: readonly Parameters[],
  keys: readonly string[],
  notation: Notation,
): Parameters[] {
  const keyOf = ({ values }: Parameters): string =>
    JSON.stringify(keys.map(key => (Object.hasOwn(values, key) ? values[key] : null)));
  const byKey = new Map(others.map(set => [keyOf(set), set]));
  return base.map(set => {
    const other = byKey.get(keyOf(set));
    return other === undefined
      ? set
      : { ...set, values: laidOver(set.values, other.values, notation) };
  });
}
