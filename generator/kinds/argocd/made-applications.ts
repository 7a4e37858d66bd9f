import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject, MapInValue } from '../../core/json.ts';
import {
  fieldsWhere,
  isMap,
  listAt,
  mapAt,
  mapsAt,
  mapValues,
  mergedMaps,
  mergePatch,
  scalarText,
  textAt,
  valueAt,
} from '../../core/json.ts';
import { matchesGlob } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { ARGOCD_TEMPLATE_FUNCTIONS, parseTemplateWith } from '../../core/template/parse.ts';
import { filledText, normalized, templateValue } from '../../core/template/value.ts';
import { parseStream } from '../../yaml/parse.ts';
import { selectsLabels } from '../core/pod.ts';
import type { RepositoryTree } from '../facets.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { argoApplication, USUAL_FINALIZER } from './application.ts';

export interface MadeApplication {
  readonly object: PlacedObject;
  /** Where a field of it is written in the ApplicationSet. */
  readonly placeOf: (path: Path) => Path;
  /** The generators that would fill in its unknown parts. */
  readonly open: readonly string[];
  /** The cluster that it is for, where a list says so to a generator of clusters. */
  readonly cluster: string | undefined;
  readonly generatorAt: Path;
  /** Its generator finds nothing in this repository, so it stands for Applications that are not known. */
  readonly isOfNothing: boolean;
  /** A patch that is not read may change its sources or its destination. */
  readonly isPatchedUnseen: boolean;
}

const MOST_SETS = 1_000;

/** The Applications that an ApplicationSet makes, as far as it and its repository show (docs/facts/argocd.md#generators). */
export const madeApplications: (set: PlacedObject) => {
  readonly applications: readonly MadeApplication[];
  readonly isCutOff: boolean;
} = oncePer(set => {
  const spec = specOf(set);
  const notation: Notation = spec['goTemplate'] === true ? 'go' : 'old';
  const hasNestedSelectors = spec['applyNestedSelectors'] === true;
  const generating: Generating = { notation, tree: set.tree, hasNestedSelectors };
  const all = mapsAt(spec, ['spec'], 'generators').flatMap(generator =>
    parameterSets(generator.map, generating).map(madeFor(set, generator, notation)),
  );
  return { applications: all.slice(0, MOST_SETS), isCutOff: all.length >= MOST_SETS };
});

/** Makes an Application of parameters, by the template of the set with that of the generator laid over it. */
function madeFor(set: PlacedObject, { map, path }: MapInValue, notation: Notation) {
  const [kind = ''] = Object.keys(map).filter(field => field !== 'selector');
  const ofGenerator = mapAt(map, kind, 'template');
  const generatorAt = [...path, kind];
  const template = mergedMaps(mapAt(specOf(set), 'template'), withoutEmpty(ofGenerator));
  const placeOf = (at: Path): Path =>
    isIn(ofGenerator, at) ? [...generatorAt, 'template', ...at] : ['spec', 'template', ...at];
  return (parameters: Parameters): MadeApplication => {
    const filled = mapAt(filledIn(template, parameters, notation));
    const { value, isUnseen } = patched(withFinalizer(filled, set), set, parameters);
    const { values, open, isOfNothing = false } = parameters;
    const cluster = textAt(values, 'name') ?? textAt(values, 'nameNormalized');
    return {
      object: applicationOf(set, value, placeOf),
      placeOf,
      open,
      cluster: open.length > 0 ? cluster : undefined,
      generatorAt,
      isOfNothing,
      isPatchedUnseen: isUnseen,
    };
  };
}

function applicationOf(set: PlacedObject, value: JsonObject, placeOf: MadeApplication['placeOf']) {
  const { kind } = argoApplication;
  const name = textAt(value, 'metadata', 'name') ?? set.name;
  const metadata = { ...mapAt(value, 'metadata'), name, namespace: set.namespace };
  const object = { ...set.json, kind, metadata, spec: mapAt(value, 'spec') };
  const written = { by: set, placeOf: (path: Path) => ({ object: set, path: placeOf(path) }) };
  return { ...set, json: object, kind, knownKind: argoApplication, name, written };
}

/** An Application with the finalizer that its set gives it, unless it has some or is to delete nothing. */
export function withFinalizer(value: JsonObject, set: PlacedObject): JsonObject {
  const isPreserving = mapAt(specOf(set), 'syncPolicy')['preserveResourcesOnDeletion'] === true;
  if (isPreserving || listAt(value, 'metadata', 'finalizers').length > 0) return value;
  return { ...value, metadata: { ...mapAt(value, 'metadata'), finalizers: [USUAL_FINALIZER] } };
}

/** An empty field of a generator's template does not count (mergo.Merge). */
function withoutEmpty(template: JsonObject): JsonObject {
  const fields = fieldsWhere(template, (_, value) => value !== '' && value !== null);
  return mapValues(fields, value => (isMap(value) ? withoutEmpty(value) : value));
}

function isIn(template: JsonObject, path: Path): boolean {
  const steps = path.findIndex((_, index) => !isMap(valueAt(template, path.slice(0, index + 1))));
  return valueAt(template, steps < 0 ? path : path.slice(0, steps + 1)) !== undefined;
}

/** The Application with this name of an ApplicationSet; any other applier itself. */
export function applierNamed(applier: PlacedObject, name: string | undefined): PlacedObject {
  if (name === undefined) return applier;
  const { applications } = madeApplications(applier);
  return applications.find(({ object }) => object.name === name)?.object ?? applier;
}

interface Generating {
  readonly notation: Notation;
  readonly tree: RepositoryTree | undefined;
  readonly hasNestedSelectors: boolean;
}

/** How deep generators may be nested; Argo CD refuses more. */
const DEEPEST = 2;

/** The parameters that are known, and an unknown map for others (docs/facts/argocd.md#generators). */
function parameterSets(generator: JsonObject, generating: Generating, depth: number = 0) {
  const sets = givenBy(generator, generating, depth);
  const selector = mapAt(generator, 'selector');
  const isIgnored = depth > 0 && !generating.hasNestedSelectors;
  if (isIgnored || Object.keys(selector).length === 0) return sets;
  return sets.filter(
    ({ values, open }) => open.length > 0 || selectsLabels(selector, flat(values)),
  );
}

function givenBy(generator: JsonObject, generating: Generating, depth: number): Parameters[] {
  const [kind = '', ...others] = Object.keys(generator).filter(field => field !== 'selector');
  const settings = mapAt(generator, kind);
  if (others.length > 0 || depth > DEEPEST) return openOf(kind);
  if (kind === 'list') return listed(settings, generating);
  if (kind === 'git') return foundInGit(settings, generating);
  if (kind === 'matrix') return matrix(settings, generating, depth);
  if (kind === 'merge') return merge(settings, generating, depth);
  return openOf(kind, asValues(mapAt(settings, 'values'), generating.notation));
}

function openOf(kind: string, values: JsonObject = {}): Parameters[] {
  return [{ values, open: [kind] }];
}

/** The parameters that a generator adds to all that it finds: `values` (docs/facts/argocd.md#generators). */
function asValues(values: JsonObject, notation: Notation): JsonObject {
  if (Object.keys(values).length === 0) return {};
  return notation === 'go' ? { values } : flat({ values });
}

function closedSets(sets: readonly JsonObject[]): Parameters[] {
  return sets.slice(0, MOST_SETS).map(values => ({ values, open: [] }));
}

function listed(list: JsonObject, { notation }: Generating): Parameters[] {
  const { value: [more] = [] } = parseStream(textAt(list, 'elementsYaml') ?? '[]');
  if (!Array.isArray(more)) return openOf('list');
  const elements = [...listAt(list, 'elements'), ...more].filter(isMap);
  return closedSets(notation === 'go' ? elements : elements.map(flat));
}

/** How many combinations of a matrix are read: two short lists make an Application of every pair. */
const MOST_COMBINED = 500;

function matrix(settings: JsonObject, generating: Generating, depth: number): Parameters[] {
  let result = closedSets([{}]);
  for (const child of listAt(settings, 'generators').filter(isMap)) {
    const sets: Parameters[] = [];
    for (const before of result) {
      if (sets.length > MOST_COMBINED) return openOf('matrix');
      const isFirst = Object.keys(before.values).length === 0;
      const filled = isFirst ? child : mapAt(filledIn(child, before, generating.notation));
      const next = parameterSets(filled, generating, depth + 1);
      sets.push(...next.map(set => combined(before, set, generating.notation)));
    }
    result = sets;
  }
  return result.length > MOST_COMBINED ? openOf('matrix') : result;
}

/** Sets of generators with the same keys, merged. What a list adds to unknown clusters makes Applications of its own. */
function merge(settings: JsonObject, generating: Generating, depth: number): Parameters[] {
  const all = listAt(settings, 'generators')
    .filter(isMap)
    .map(child => parameterSets(child, generating, depth + 1));
  const keys = listAt(settings, 'mergeKeys').map(scalarText);
  const { notation } = generating;
  const openIn = (sets: readonly Parameters[]) => new Set(sets.flatMap(({ open }) => open));
  const open = all.flatMap(sets => [...openIn(sets)]);
  const [first = [], ...others] = all;
  const [base, ...more] = first;
  if (base === undefined) return openOf(open.join(', ') || 'merge');
  if (open.length > 0) {
    const isOfLists = others.every(sets => openIn(sets).size === 0);
    if (!isOfLists || more.length > 0) return openOf(open.join(', '));
    const added = (keys.length === 0 ? [] : others)
      .flat()
      .filter(({ values }) => keys.every(key => Object.hasOwn(values, key)));
    const merged = added.map(set => combined(set, base, notation));
    return [base, ...merged.slice(0, MOST_SETS)];
  }
  return others.reduce((before, sets) => mergedOnto(before, sets, keys, notation), first);
}

/** How an ApplicationSet writes its templates: in Go's, or in the old form, `{{path.basename}}`. */
type Notation = 'go' | 'old';

interface Parameters {
  readonly values: JsonObject;
  /** The generators that would add more, by their fields: `clusters`. */
  readonly open: readonly string[];
  /** The repository that was read has nothing that gives parameters. */
  readonly isOfNothing?: true;
}

/** Begins the word for a generator that reads a file which is no object: Argo CD makes nothing new then, or reads it otherwise. */
export const UNREAD_FILE = 'git, which reads ';

/** The parameters of a git generator (docs/facts/argocd.md#git-generators). */
function foundInGit(git: JsonObject, { notation, tree }: Generating): Parameters[] {
  const folders = patternsIn(git, 'directories');
  const files = patternsIn(git, 'files');
  const isPlain = [...folders, ...files].every(({ path }) => /^[^[\]\\{}]+$/.test(path));
  if (tree === undefined || !isPlain) return openOf('git');
  const found: readonly Match[] =
    folders.length > 0
      ? chosen(folders, tree.folders, fitsFolder).map(folder => ({ folder, object: {} }))
      : chosen(files, tree.files, fitsFile).flatMap(file => inFile(file, tree));
  const unread = found.find(({ object }) => !isMap(object));
  if (unread !== undefined) return openOf(`${UNREAD_FILE}${unread.folder}/${unread.file}`);
  // It finds nothing here: its files are in another repository, or are gone.
  if (found.length === 0) return [{ values: {}, open: ['git'], isOfNothing: true }];
  return closedSets(found.map(match => parametersOf(git, notation, match)));
}

type PathPattern = ReturnType<typeof patternsIn>[number];

function patternsIn(git: JsonObject, field: string) {
  return listAt(git, field).map(entry => ({
    path: textAt(entry, 'path') ?? '',
    isExcluded: mapAt(entry)['exclude'] === true,
  }));
}

/** For a folder a `*` matches within one name (Go, path.Match). */
function fitsFolder(pattern: string, folder: string): boolean {
  const [steps, names] = [pattern.split('/'), folder.split('/')];
  const isFit = (step: string, index: number) => matchesGlob(step, names[index] ?? '');
  return steps.length === names.length && steps.every(isFit);
}

/** For a file, as for `git ls-files`: a `*` matches `/` too, and a folder stands for all below it. */
function fitsFile(pattern: string, file: string): boolean {
  return matchesGlob(pattern, file) || file.startsWith(`${pattern.replace(/\/$/, '')}/`);
}

function chosen(patterns: readonly PathPattern[], paths: readonly string[], fits: typeof fitsFile) {
  const isIn = (path: string, isExcluded: boolean): boolean =>
    patterns.some(pattern => pattern.isExcluded === isExcluded && fits(pattern.path, path));
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
  const filled = filledIn(mapAt(git, 'values'), { values: parameters, open: [] }, notation);
  return { ...parameters, ...asValues(mapAt(filled), notation) };
}

function goParameters({ folder, file, object }: Match, prefix: string): JsonObject {
  const path = { path: folder, ...namesOf(folder, file), segments: folder.split('/') };
  return { ...mapAt(object), ...(prefix === '' ? { path } : { [prefix]: { path } }) };
}

function oldParameters({ folder, file, object }: Match, prefix: string): JsonObject {
  const name = prefix === '' ? 'path' : `${prefix}.path`;
  const named = Object.entries(namesOf(folder, file));
  const names = named.map(([field, text]) => [`${name}.${field}`, text]);
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

/** An Application with its set's `templatePatch` (docs/facts/argocd.md#templates); one that cannot be read is unseen if it may change the sources or the destination. */
function patched(value: JsonObject, set: PlacedObject, parameters: Parameters) {
  const text = textAt(specOf(set), 'templatePatch');
  if (text === undefined || specOf(set)['goTemplate'] !== true) return { value, isUnseen: false };
  const filled = textWith(text, parameters, 'go');
  const isWhole = !filled.includes('{{');
  const { value: [patch = null] = [filled] } = parseStream(isWhole ? filled : outline(filled));
  if (patch === null) return { value, isUnseen: false };
  if (!isMap(patch) || isMisread(patch, isWhole)) return { value, isUnseen: true };
  return { value: isWhole ? mergePatch(value, patch) : value, isUnseen: false };
}

const FILLED_IN = '\uE000';

/** A template with a sign for each action, and nothing for those that have a line for themselves. */
function outline(text: string): string {
  const withoutLines = text.replaceAll(/^[ \t]*\{\{[^{}]*\}\}[ \t]*$/gm, '');
  return withoutLines.replaceAll(/\{\{[^{}]*\}\}/g, FILLED_IN);
}

/**
 * Whether a patch has a directive, or a field of Applications in other letters: Go's JSON finds a field in any case. One that is
 * not whole may have no field that decides what is applied, or whose name is made.
 */
function isMisread(patch: Json, isWhole: boolean): boolean {
  if (Array.isArray(patch)) return patch.some(item => isMisread(item, isWhole));
  return (
    isMap(patch) &&
    Object.entries(patch).some(
      ([name, child]) =>
        name.startsWith('$') ||
        (FIELDS.get(name.toLowerCase().toUpperCase()) ?? name) !== name ||
        (!isWhole && (DECIDING.includes(name) || name.includes(FILLED_IN))) ||
        (name !== 'metadata' && name !== 'valuesObject' && isMisread(child, isWhole)),
    )
  );
}

const DECIDING = ['source', 'sources', 'destination', 'sourceHydrator'];

const FIELDS = new Map(
  'spec source sources destination server name namespace repoURL path targetRevision chart ref directory recurse include exclude jsonnet kustomize patches images components helm valueFiles values valuesObject parameters fileParameters releaseName plugin sourceHydrator'
    .split(' ')
    .map(name => [name.toUpperCase(), name]),
);

/** The longest text that is filled in, and the longest result. */
const LONGEST = 100_000;

/** A value with its templates filled in. Texts with unknown parts stay, and what has none is the same object. */
function filledIn(value: Json, parameters: Parameters, notation: Notation): Json {
  if (typeof value === 'string') return textWith(value, parameters, notation);
  if (typeof value !== 'object' || value === null || !hasTemplates(value)) return value;
  const filled = (part: Json): Json => filledIn(part, parameters, notation);
  if (Array.isArray(value)) return value.map(filled);
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [filled(name), filled(child)]),
  );
}

const hasTemplates = oncePer((value: object): boolean => JSON.stringify(value).includes('{{'));

/** A text with its templates filled in, or as it is written (docs/facts/argocd.md#templates). */
function textWith(text: string, parameters: Parameters, notation: Notation): string {
  if (!text.includes('{{') || text.length > LONGEST) return text;
  return notation === 'go' ? goText(text, parameters) : oldText(text, parameters.values);
}

/** With `dig` a template gets a default for a parameter that may be among the unknown ones. */
function goText(text: string, { values, open }: Parameters): string {
  if (ELSEWHERE.test(text) || (open.length > 0 && /\bdig\b/.test(text))) return text;
  const filled = (part: string): string | undefined =>
    templateValue(parseTemplateWith(part, ARGOCD_TEMPLATE_FUNCTIONS), values);
  const whole = filled(text);
  if (whole !== undefined || JOINED.test(text)) return whole ?? text;
  const action = /\{\{[^{}]{1,300}\}\}/g;
  return filledText(text, action, ([part]) => filled(part) ?? part, LONGEST) ?? text;
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

const DEEPEST_VALUE = 20;

/** Values as one map of texts, `a.b` for a field in a field and `a.0` for an entry of a list. */
function flat(values: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesOf(values, '', 0));
}

function entriesOf(value: Json, name: string, depth: number): [string, string][] {
  if (!isMap(value) && !Array.isArray(value)) return [[name, scalarText(value)]];
  if (depth > DEEPEST_VALUE) return [];
  return Object.entries<Json>(value).flatMap(([field, child]) =>
    entriesOf(child, name === '' ? field : `${name}.${field}`, depth + 1),
  );
}

/** Two sets of a matrix as one. In Go's notation maps are merged, and the first set wins. */
function combined(first: Parameters, second: Parameters, notation: Notation): Parameters {
  const values = laidOver(second.values, first.values, notation);
  const isOfNothing = first.isOfNothing || second.isOfNothing;
  const open = [...new Set([...first.open, ...second.open])];
  return { values, open, ...(isOfNothing && { isOfNothing }) };
}

function laidOver(before: JsonObject, after: JsonObject, notation: Notation): JsonObject {
  return notation === 'go' ? mergedMaps(before, after) : { ...before, ...after };
}

/** The sets of a merge generator: each is merged with the set of the next generator that has the same keys. */
function mergedOnto(
  base: readonly Parameters[],
  others: readonly Parameters[],
  keys: readonly string[],
  notation: Notation,
): Parameters[] {
  const keyOf = ({ values }: Parameters): string =>
    JSON.stringify(keys.map(key => (Object.hasOwn(values, key) ? values[key] : null)));
  const byKey = new Map(others.map(set => [keyOf(set), set.values]));
  return base.map(set => {
    const match = byKey.get(keyOf(set));
    return match ? { ...set, values: laidOver(set.values, match, notation) } : set;
  });
}
