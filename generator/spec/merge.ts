import type { Fault, Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import {
  fieldsWhere,
  firstOfEach,
  isMap,
  mapAt,
  mapValues,
  sum,
  textAt,
  valueAt,
  withFields,
  withItems,
  withSortedNames,
  words,
} from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { oncePerText } from '../core/once.ts';
import { clusterNameOf, layerPaths, layersOf } from './shared-clusters.ts';
import type { Spec, SpecObject } from './spec.ts';
import { filledIn, OF_THE_BASE } from './variables.ts';

/*
 * How a spec becomes that of an environment: the base, its cluster and itself are merged map by map. All other values,
 * lists too, are replaced, and null removes (JSON Merge Patch, RFC 7396). Names stand as they are written: those of the
 * base, then the new ones. Three words say more, and are in no merged spec:
 *
 * - `$patch: replace` in a map: it replaces the map of the base whole.
 * - `only: [names]` in a collection: what the base has besides is left out.
 * - `extends: ENTRY` in an entry: it is merged over that one, as both are in the environment.
 */

/** The spec of one environment, or without a name the base. */
export function mergeEnvironment(document: SpecObject, environment?: string): Spec {
  const merged = finished(layered(document, layerPaths(document, environment)));
  const spec = filledIn(merged, document, environment);
  return (document.spec.order === 'sorted' ? withSortedNames(spec) : spec) as Spec;
}

/** The spec over which an environment is merged: the base, with that of the environment's cluster. */
export function beforeEnvironment(document: SpecObject, environment?: string): JsonObject {
  return finished(layered(document, layerPaths(document, environment).slice(1)));
}

/** The most values that all environments may have together, unless the document itself is larger than any: MOST_TIMES that. */
const MOST_VALUES = 1_000_000;
const MOST_TIMES = 20;

/** Reports a document that stands for too much: each environment repeats the base, and each entry what it extends. It may have any shape. */
export function sizeFaults(document: unknown): Fault[] {
  const { clusters, environments, ...base } = mapAt(document, 'spec');
  const ofBase = wholeWeight(base, base);
  const ofCluster = oncePerText(name => wholeWeight(mapAt(clusters, name), base));
  const ofEach = Object.entries(mapAt(environments)).map(([name, layer]) => {
    const cluster = textAt(layer, 'cluster') ?? textAt(base, 'cluster') ?? name;
    return ofBase + ofCluster(cluster) + wholeWeight(layer, base);
  });
  const all = ofBase + sum(ofEach);
  if (all <= MOST_VALUES || all <= MOST_TIMES * weightOf(mapAt(document, 'spec'), 0)) return [];
  const message = `the environments of the spec would have more than ${MOST_VALUES} values together`;
  const hint = 'Split the spec: each environment repeats the base, and each entry what it extends.';
  return [{ id: 'too-large', message, hint, path: ['spec'] }];
}

/** How many values there are, with long texts as several. */
function weightOf(value: unknown, ofLetter = 1 / 64): number {
  if (typeof value === 'string') return 1 + value.length * ofLetter;
  if (typeof value !== 'object' || value === null) return 1;
  let weight = 1;
  for (const child of Object.values(value)) weight += weightOf(child, ofLetter);
  return weight;
}

/** The same of a layer, with what its entries extend. */
function wholeWeight(layer: Json | undefined, base: JsonObject): number {
  const inherited = EXTENDED.flatMap(section => {
    const [inBase, inLayer] = [mapAt(base, section), mapAt(layer, section)];
    const entry = (name: string): JsonObject => {
      return { ...mapAt(inBase, name), ...mapAt(inLayer, name) };
    };
    const extendedBy = (name: string): unknown =>
      [inLayer, inBase].map(all => mapAt(all, name)).find(each => 'extends' in each)?.['extends'];
    const weights = oncePerText(name => weightOf(entry(name)));
    return Object.keys(inLayer).flatMap(name => {
      const [, ...above] = ancestry(section, name, extendedBy);
      return above.length + 1 < MOST_ABOVE ? above.map(weights) : [Number.POSITIVE_INFINITY];
    });
  });
  return weightOf(layer) + sum(inherited);
}

/** The merged parts, with nulls and the words of the merge, which say what entries extend others. */
function layered(document: SpecObject, paths: readonly Path[]): JsonObject {
  const base = fieldsWhere(mapAt(document, 'spec'), name => !OF_THE_BASE.has(name));
  const over = paths.slice(0, -1).map(path => valueAt(document, path));
  return over.filter(isMap).reduceRight<JsonObject>((all, layer) => merge(all, layer, []), base);
}

function merge(base: JsonObject, change: JsonObject, path: readonly string[]): JsonObject {
  if (change['$patch'] === 'replace' && isMerged(path)) return change;
  const merged: Record<string, Json> = { ...withoutOtherChoice(base, change, path) };
  const isInObject = path[0] === 'resources' && path[2] === 'object';
  for (const [name, value] of Object.entries(change)) {
    if (value === null && isInObject) delete merged[name];
    else merged[name] = mergeValue(merged[name], value, [...path, name]);
  }
  return merged;
}

function mergeValue(before: Json | undefined, value: Json, path: readonly string[]): Json {
  if (!isMap(value) || !isMap(before) || isOneChoice(path.slice(0, -1))) return value;
  return isCollection(path) ? mergeEntries(before, value, path) : merge(before, value, path);
}

/** The entries of both. `only` lists those that are kept: others may still extend a dropped entry. */
function mergeEntries(base: JsonObject, change: JsonObject, path: readonly string[]): JsonObject {
  const before = keptEntries(base);
  const { only, ...entries } = change;
  const merged = merge(before, entries, path);
  if (merged['$patch'] === 'replace') return merged;
  const isKept = (name: string): boolean =>
    !Array.isArray(only) || only.includes(name) || !Object.hasOwn(before, name);
  const kept = Object.keys(merged).filter(name => merged[name] !== null && isKept(name));
  // A removed entry is not kept, but another entry may still extend it.
  const removed = fieldsWhere(before, name => merged[name] === null);
  return { ...base, ...merged, ...removed, only: kept };
}

function keptEntries(all: JsonObject): JsonObject {
  if (!Object.hasOwn(all, 'only')) return all;
  const { only, ...entries } = all;
  return Array.isArray(only) ? fieldsWhere(entries, name => only.includes(name)) : entries;
}

const EXTENDED: readonly string[] = words('stores databases secrets push workloads configMaps');

const COLLECTIONS: readonly string[] = [...EXTENDED, 'resources', 'inject', 'shapes'];

function isCollection([section = '', ...below]: readonly string[]): boolean {
  return below.length === 0 && COLLECTIONS.includes(section);
}

/** Whether a field is an instruction to the merge (`$patch`, `only`, `extends`) and not part of the spec. */
export function isMergeWord(name: string, path: readonly string[]): boolean {
  if (name === 'only') return isCollection(path);
  if (name === 'extends') return path.length === 2 && EXTENDED.includes(path[0] ?? '');
  return name === '$patch' && isMerged(path);
}

/** A document without the words of the merge, as its schema knows it. It may have any shape. */
export function withoutMergeWords(document: unknown): unknown {
  const spec = isMap(document) ? document['spec'] : undefined;
  if (!isMap(document) || !isMap(spec)) return document;
  const bare = withFields(mapAt(withoutWords(spec, [])), LAYERS, (_, layers) =>
    isMap(layers) ? mapValues(layers, layer => withoutWords(layer, [])) : layers,
  );
  return { ...document, spec: bare };
}

/** The fields of a spec with what is merged over its base. */
const LAYERS = ['clusters', 'environments'];

function withoutWords(value: Json, path: readonly string[]): Json {
  if (!isMap(value) || OF_THE_BASE.has(path[0] ?? '')) return value;
  return withFields(value, Object.keys(value), (name, inner = null) =>
    isMergeWord(name, path) ? undefined : withoutWords(inner, [...path, name]),
  );
}

/** The words of the merge in the base, or in an environment. */
function wordsIn(layer: JsonObject, inSpec: readonly string[] = []): MergeWord[] {
  return Object.entries(layer).flatMap(([name, value]): MergeWord[] => {
    if (isMergeWord(name, inSpec)) return [{ word: name, value, inSpec }];
    const isMerged = isMap(value) && !(inSpec.length === 0 && OF_THE_BASE.has(name));
    return isMerged ? wordsIn(value, [...inSpec, name]) : [];
  });
}

interface MergeWord {
  readonly word: string;
  readonly value: Json;
  readonly inSpec: readonly string[];
}

/** Whether the map at a path is merged. A choice of several, or a part of a Kubernetes object, is replaced whole. */
function isMerged(path: readonly string[]): boolean {
  const isBelowChoice = path.some((_, index) => isOneChoice(path.slice(0, index)));
  const isOfSpec = path.length > 0 && path[0] !== 'variables';
  return isOfSpec && !isBelowChoice && !OWN_TERMS.has(path[2] ?? '');
}

/** Whether the entries of a collection are replaced whole, such as a variable in `workloads.api.env`. */
export function isOneChoice([, , field = '', ...below]: readonly string[]): boolean {
  if (below.length === 0) return ['env', 'mounts', 'keys', 'template'].includes(field);
  return ['init', 'sidecars'].includes(field) && below.length === 2 && below[1] === 'env';
}

/** Where the values of a secret come from: an entry has one of these fields. */
export const SECRET_SOURCES = ['store', 'generator', 'manual', 'external'] as const;

/** The fields that say what a store is: an entry has one of them. */
export const STORE_SOURCES = ['aws', 'kubernetes', 'provider', 'external'] as const;

/** `of`: an entry has one of these; `belonging`: options that go with it; `alone`: those that replace the entry. */
type Choice = Readonly<Record<'of' | 'belonging' | 'alone', readonly string[]>>;

const CHOICES: ReadonlyMap<string, Choice> = new Map(
  Object.entries({
    secrets: {
      of: SECRET_SOURCES,
      belonging: words('keys key extract from dataFrom'),
      alone: ['manual', 'external'],
    },
    stores: { of: STORE_SOURCES, belonging: [], alone: [] },
  }),
);

/** The entry of the base, without the source of a secret (or another choice) if the change chooses a different one. */
export function withoutOtherChoice(
  base: JsonObject,
  change: JsonObject,
  [section = '', ...below]: readonly string[],
): JsonObject {
  const choice = below.length === 1 ? CHOICES.get(section) : undefined;
  const chosenOf = (entry: JsonObject): string | undefined =>
    choice?.of.find(name => (entry[name] ?? false) !== false);
  const [before, chosen] = [chosenOf(base), chosenOf(change)];
  if (choice === undefined || before === undefined || chosen === undefined || before === chosen)
    return base;
  if (choice.alone.includes(chosen)) return {};
  const gone = [...choice.of, ...choice.belonging];
  return fieldsWhere(base, name => !gone.includes(name));
}

function finished(spec: JsonObject): JsonObject {
  const sections = mapValues(spec, (entries, section) => {
    if (!isMap(entries) || !isCollection([section])) return entries;
    return mapValues(keptEntries(entries), (entry, name) =>
      isMap(entry) ? inherited(section, name, entries) : entry,
    );
  });
  return withoutNulls(sections, []) as JsonObject;
}

/** An entry, over the one that it extends. Circles are faults. */
function inherited(section: string, name: string, entries: JsonObject): JsonObject {
  const names = ancestry(section, name, ancestor => mapAt(entries, ancestor)['extends']);
  return names.reduceRight<JsonObject>((base, ancestor) => {
    const { extends: _, $patch: __, ...entry } = mapAt(entries, ancestor);
    return merge(base, entry, [section, ancestor]);
  }, {});
}

/** How many entries may extend each other in a row. */
const MOST_ABOVE = 1_000;

/** The name of an entry, then of the entry that it extends, and so on. In a circle each name comes once. */
function ancestry(section: string, name: string, extendedBy: (name: string) => unknown): string[] {
  const names = new Set([name]);
  let above: unknown = EXTENDED.includes(section) ? extendedBy(name) : undefined;
  while (typeof above === 'string' && !names.has(above) && names.size < MOST_ABOVE) {
    names.add(above);
    above = extendedBy(above);
  }
  return [...names];
}

/** The paths in a spec of an entry of an environment, and of those that it extends, the nearest first. */
export function entryPaths(spec: SpecObject, unit: string | undefined, inSpec: Path): Path[] {
  const [section = '', name, ...below] = inSpec;
  if (typeof section !== 'string' || typeof name !== 'string') return [inSpec];
  const layers = layerPaths(spec, unit);
  const extendedBy = (ancestor: string): unknown => {
    const entries = layers.map(layer => valueAt(spec, [...layer, section, ancestor])).filter(isMap);
    return entries.find(entry => 'extends' in entry || entry['$patch'] === 'replace')?.['extends'];
  };
  return ancestry(section, name, extendedBy).map(ancestor => [section, ancestor, ...below]);
}

/** Removes null entries and `$patch`. Patches and objects of Kubernetes keep both; labels and annotations keep null. */
function withoutNulls(value: Json, path: readonly string[]): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return withItems(value, item => withoutNulls(item, [...path, '']));
  const [, , field = '', inner = ''] = path;
  if (!isMap(value) || (OWN_TERMS.has(field) && (field !== 'patch' || inner !== ''))) return value;
  const isOfMarks = MARKS.has(field) || (OTHER_OBJECTS.has(field) && MARKS.has(inner));
  const isLeft = (name: string, child: Json): boolean =>
    name === '$patch' || (child === null && !isOfMarks);
  return withFields(value, Object.keys(value), (name, child = null) =>
    isLeft(name, child) ? undefined : withoutNulls(child, [...path, name]),
  );
}

/** Fields of an entry with objects in their own terms; `patch` has them by kind. */
const OWN_TERMS: ReadonlySet<string> = new Set(['patch', 'object', 'objects']);

/** Fields of an entry about an object beside its own, which has labels and annotations too. */
const OTHER_OBJECTS = new Set(words('service serviceAccount externalSecret'));

const MARKS = new Set(words('labels annotations podLabels podAnnotations'));

/** Reports what changes nothing in the merge. A section of an environment may be empty, to be filled later. */
export function mergeFaults(document: SpecObject): Fault[] {
  const [, ...layers] = layersOf(document);
  const beforeOf = oncePerText((cluster: string) =>
    finished(layered(document, [['spec', 'clusters', cluster], ['spec']])),
  );
  return [
    ...emptyParts(document.spec),
    ...idleWords(document.spec, {}, ['spec']),
    ...layers.flatMap(({ path, layer }) => {
      const [, field, name] = path.map(String);
      const cluster = field === 'environments' ? clusterNameOf(document, name ?? '') : '';
      const before = beforeOf(Object.hasOwn(document.spec.clusters ?? {}, cluster) ? cluster : '');
      return [
        ...idleNulls(layer, before, path),
        ...idleWords(layer, before, path),
        ...onlyFaults(layer, before, path),
      ];
    }),
    ...extendsFaults(document),
  ];
}

function emptyParts(base: object): Fault[] {
  const emptyIn = (map: object, path: Path, hintOf: (name: string) => string): Fault[] =>
    Object.entries(map).flatMap(([name, value]): Fault | [] => {
      if (value !== null) return [];
      const message = `"${name}" is empty, and nothing is made of it`;
      const fault = { id: 'empty-entry', message, hint: hintOf(name), path: [...path, name] };
      return { ...fault, isAboutName: true };
    });
  return [
    ...emptyIn(base, ['spec'], name =>
      ['iam', 'runbook'].includes(name)
        ? `Write \`${name}: {}\` for what is usual, or take the line out.`
        : 'Write below it what it has, or take the line out.',
    ),
    ...COLLECTIONS.flatMap(section =>
      emptyIn(mapAt(base, section), ['spec', section], () => EMPTY_ENTRY),
    ),
  ];
}

const EMPTY_ENTRY =
  'Write below it what it is, or take the line out; null removes only in an environment.';

function idleNulls(change: object, base: object, path: Path): Fault[] {
  const inSpec = path.slice(3).map(String);
  if (isOneChoice(inSpec) || isOwnTerms(inSpec) || 'extends' in change) return [];
  const isSection = inSpec.length === 0;
  return Object.entries(change).flatMap(([name, value]) => {
    const before = Object.hasOwn(base, name) ? (base as JsonObject)[name] : undefined;
    const at = [...path, name];
    if (isMap(value)) return idleNulls(value, isMap(before) ? before : {}, at);
    const isIdle = value === null && (before ?? null) === null && !isSection;
    return isIdle ? [removesNothing(name, Object.keys(base), at)] : [];
  });
}

function removesNothing(name: string, candidates: readonly string[], path: Path): Fault {
  const parent = String(path.at(-2));
  const what = path.length === 5 ? parent : `names below "${parent}"`;
  const names = candidates.length === 0 ? '' : ` ${knownNames(what, name, candidates)}`;
  const message = `null removes "${name}", which the base has not`;
  return { id: 'idle-null', message, hint: `Take the line out.${names}`, path, isAboutName: true };
}

/** Whether a path is in an object's own terms, or among labels or annotations, in which null means something else. */
function isOwnTerms([section, , ...fields]: readonly string[]): boolean {
  const [field = ''] = fields;
  const isOfMarks = fields.length > 0 && /^(pod)?(labels|annotations)$/i.test(fields.at(-1) ?? '');
  const inObjects = section === 'resources' && field === 'object';
  return (
    isOfMarks || field === 'patch' || inObjects || (section === 'workloads' && field === 'config')
  );
}

function idleWords(change: object, before: object, path: Path): Fault[] {
  return wordsIn(change as JsonObject).flatMap(({ word, inSpec }) => {
    const isOfEntry = valueAt(change, [...inSpec.slice(0, 2), 'extends']) !== undefined;
    const earlier = valueAt(before, inSpec);
    const isIdle = !isMap(earlier) || Object.keys(earlier).length === 0;
    if (word === 'extends' || !isIdle || (word === '$patch' && isOfEntry)) return [];
    const message = `"${word}" does nothing: there is no earlier "${inSpec.at(-1)}" of which it could ${word === 'only' ? 'keep entries' : 'take the place'}`;
    const hint =
      'Take the line out; it is for environments, clusters and entries that extend another.';
    return { id: 'idle-merge', message, hint, path: [...path, ...inSpec, word], isAboutName: true };
  });
}

/** Reports `$patch`, `only` and `extends` with a value that they cannot have. The document may have any shape. */
export function wordFaults(document: unknown): Fault[] {
  const spec = mapAt(document, 'spec');
  const layers = LAYERS.flatMap(field =>
    Object.keys(mapAt(spec, field)).map(name => [field, name]),
  );
  return [[], ...layers].flatMap(layer =>
    wordsIn(mapAt(spec, ...layer)).flatMap(({ word, value, inSpec }) => {
      const expected = EXPECTED.find(([name, isRight]) => name === word && !isRight(value))?.[2];
      if (expected === undefined) return [];
      const message = `"${word}" must be ${expected}`;
      const hint = `Write ${expected}, as docs/spec.md shows.`;
      return { id: 'wrong-type', message, hint, path: ['spec', ...layer, ...inSpec, word] };
    }),
  );
}

const EXPECTED: readonly [word: string, isRight: (value: Json) => boolean, expected: string][] = [
  ['$patch', value => value === 'replace', 'the word replace'],
  ['extends', value => typeof value === 'string' || value === null, 'the name of an entry'],
  [
    'only',
    value => Array.isArray(value) && value.every(name => typeof name === 'string'),
    'a list of names of entries',
  ],
];

function onlyFaults(change: object, before: object, path: Path): Fault[] {
  return COLLECTIONS.flatMap(section => {
    const { only, ...entries } = mapAt(change, section);
    const names = Object.keys(mapAt(before, section));
    if (!Array.isArray(only) || names.length === 0) return [];
    const unknown = [...only.entries()].filter(([, name]) => !names.includes(String(name)));
    const left = Object.keys(entries).filter(name => names.includes(name) && !only.includes(name));
    return [
      ...unknown.map(([index, name]) =>
        unknownEntry(section, String(name), names, [...path, section, 'only', index]),
      ),
      ...left.map(name => ({
        id: 'idle-merge',
        message: `"only" leaves "${name}" out, so its settings here have no effect`,
        hint: `Add ${name} to \`only\`, or take it out here.`,
        path: [...path, section, name],
        isAboutName: true,
        related: [{ note: 'what is kept', path: [...path, section, 'only'] }],
      })),
    ];
  });
}

function unknownEntry(section: string, name: string, names: readonly string[], path: Path): Fault {
  const message = `there is no "${name}" among the ${section}`;
  return { id: 'unknown-entry', message, hint: knownNames(section, name, names), path };
}

function extendsFaults(document: SpecObject): Fault[] {
  const names = [undefined, ...Object.keys(document.spec.environments ?? {})];
  const faults = names.flatMap(environment => {
    const layers = layerPaths(document, environment);
    const spec = layered(document, layers);
    const placeOf = (inSpec: Path): Path => {
      const places = layers.map(layer => [...layer, ...inSpec]);
      return places.find(path => valueAt(document, path) !== undefined) ?? ['spec', ...inSpec];
    };
    return COLLECTIONS.flatMap(section => extendsIn(section, mapAt(spec, section), placeOf));
  });
  return firstOfEach(faults, ({ path }) => JSON.stringify(path));
}

function extendsIn(section: string, all: JsonObject, placeOf: (inSpec: Path) => Path): Fault[] {
  const extendedBy = (name: string): unknown => mapAt(all, name)['extends'];
  return Object.keys(all).flatMap((name): Fault | [] => {
    const above = extendedBy(name);
    const path = placeOf([section, name, 'extends']);
    if (typeof above !== 'string') return [];
    if (above !== name && !(Object.hasOwn(all, above) && isMap(all[above]))) {
      const others = Object.keys(all).filter(key => isMap(all[key]) && key !== name);
      return unknownEntry(section, above, others, path);
    }
    const names = ancestry(section, name, extendedBy);
    if (extendedBy(names.at(-1) ?? '') !== name) return [];
    if (Object.keys(all).find(key => names.includes(key)) !== name) return [];
    const message = `${section} extend each other in a circle: ${[...names, name].join(' → ')}`;
    return { id: 'extends-cycle', message, hint: 'Write one of them without `extends`.', path };
  });
}
