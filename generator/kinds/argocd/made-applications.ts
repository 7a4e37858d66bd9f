import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject, MapInValue } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, mergedMaps, textAt, valueAt } from '../../core/json.ts';
import { oncePer } from '../../core/once.ts';
import { parseStream } from '../../yaml/parse.ts';
import { selectsLabels } from '../core/pod.ts';
import type { RepositoryTree } from '../facets.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { argoApplication, USUAL_FINALIZER } from './application.ts';
import type { Notation, Parameters } from './generators.ts';
import { combined, filledIn, flat, gitParameters, mergedOnto, patched } from './generators.ts';

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

interface MadeApplications {
  readonly applications: readonly MadeApplication[];
  readonly isCutOff: boolean;
}

const MOST_SETS = 1_000;

/** The Applications that an ApplicationSet makes, as far as it and its repository show (docs/facts/argocd.md#generators). */
export const madeApplications: (set: PlacedObject) => MadeApplications = oncePer(set => {
  const spec = specOf(set);
  const notation: Notation = spec['goTemplate'] === true ? 'go' : 'old';
  const hasNestedSelectors = spec['applyNestedSelectors'] === true;
  const generating: Generating = { notation, tree: set.tree, hasNestedSelectors };
  const all = mapsAt(spec, ['spec'], 'generators').flatMap(generator => {
    const laidOver = ownTemplate(set, generator);
    const { sets, open } = parameterSets(generator.map, generating);
    return sets.map(parameters => madeOf(set, laidOver, { parameters, open, notation }));
  });
  return { applications: all.slice(0, MOST_SETS), isCutOff: all.length >= MOST_SETS };
});

interface OwnTemplate extends Pick<MadeApplication, 'generatorAt' | 'placeOf'> {
  readonly template: JsonObject;
}

function ownTemplate(set: PlacedObject, { map, path }: MapInValue): OwnTemplate {
  const [kind = ''] = Object.keys(map).filter(field => field !== 'selector');
  const ofGenerator = mapAt(map, kind, 'template');
  const generatorAt = [...path, kind];
  return {
    template: mergedMaps(mapAt(specOf(set), 'template'), withoutEmpty(ofGenerator)),
    generatorAt,
    placeOf: at =>
      isIn(ofGenerator, at) ? [...generatorAt, 'template', ...at] : ['spec', 'template', ...at],
  };
}

interface Filling {
  readonly parameters: Parameters;
  readonly open: readonly string[];
  readonly notation: Notation;
}

function madeOf(set: PlacedObject, laidOver: OwnTemplate, filling: Filling): MadeApplication {
  const { parameters, open, notation } = filling;
  const { generatorAt, placeOf, template } = laidOver;
  const filled = mapAt(filledIn(template, parameters, notation));
  const { value, isUnseen } = patched(withFinalizer(filled, set), set, parameters);
  const { values, isOpen } = parameters;
  return {
    object: applicationOf(set, value, placeOf),
    placeOf,
    open: isOpen ? open : [],
    cluster: isOpen ? (textAt(values, 'name') ?? textAt(values, 'nameNormalized')) : undefined,
    generatorAt,
    isOfNothing: parameters.isOfNothing === true,
    isPatchedUnseen: isUnseen,
  };
}

function applicationOf(set: PlacedObject, value: JsonObject, placeOf: MadeApplication['placeOf']) {
  const { kind } = argoApplication;
  const name = textAt(value, 'metadata', 'name') ?? set.name;
  const metadata = { ...mapAt(value, 'metadata'), name, namespace: set.namespace };
  const object = { ...set.json, kind, metadata, spec: mapAt(value, 'spec') };
  const written = { by: set, placeOf: (path: Path) => ({ object: set, path: placeOf(path) }) };
  return { ...set, json: object, kind, known: argoApplication, name, written };
}

function withFinalizer(value: JsonObject, set: PlacedObject): JsonObject {
  const isPreserving = mapAt(specOf(set), 'syncPolicy')['preserveResourcesOnDeletion'] === true;
  if (isPreserving || listAt(value, 'metadata', 'finalizers').length > 0) return value;
  return { ...value, metadata: { ...mapAt(value, 'metadata'), finalizers: [USUAL_FINALIZER] } };
}

/** An empty field of a generator's template does not count (mergo.Merge). */
function withoutEmpty(template: JsonObject): JsonObject {
  const fields = Object.entries(template).filter(([, value]) => value !== '' && value !== null);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, isMap(value) ? withoutEmpty(value) : value]),
  );
}

function isIn(template: JsonObject, path: Path): boolean {
  const steps = path.findIndex((_, index) => !isMap(valueAt(template, path.slice(0, index + 1))));
  return valueAt(template, steps < 0 ? path : path.slice(0, steps + 1)) !== undefined;
}

/** The Application with this name of an ApplicationSet; any other applier itself. */
export function deployerNamed(deployer: PlacedObject, name: string | undefined): PlacedObject {
  if (name === undefined) return deployer;
  const { applications } = madeApplications(deployer);
  return applications.find(({ object }) => object.name === name)?.object ?? deployer;
}

interface ParameterSets {
  readonly sets: readonly Parameters[];
  /** The generators that are not fully known, by their fields: `clusters`. */
  readonly open: readonly string[];
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
  const made = givenBy(generator, generating, depth);
  const selector = mapAt(generator, 'selector');
  const isIgnored = depth > 0 && !generating.hasNestedSelectors;
  if (isIgnored || Object.keys(selector).length === 0) return made;
  return {
    ...made,
    sets: made.sets.filter(({ values, isOpen }) => isOpen || selectsLabels(selector, flat(values))),
  };
}

function givenBy(generator: JsonObject, generating: Generating, depth: number): ParameterSets {
  const [kind = '', ...others] = Object.keys(generator).filter(field => field !== 'selector');
  const settings = mapAt(generator, kind);
  if (others.length > 0 || depth > DEEPEST) return openOf(kind);
  if (kind === 'list') return listed(settings, generating);
  if (kind === 'git') {
    const found = gitParameters(settings, generating.notation, generating.tree);
    if (found === undefined) return openOf(kind);
    // It finds nothing here: its files are in another repository, or are gone.
    return found.length === 0
      ? { sets: [{ values: {}, isOpen: true, isOfNothing: true }], open: [kind] }
      : known(found);
  }
  if (kind === 'matrix') return matrix(settings, generating, depth);
  if (kind === 'merge') return merge(settings, generating, depth);
  return openOf(kind, literalValues(settings, generating));
}

function openOf(kind: string, values: JsonObject = {}): ParameterSets {
  return { sets: [{ values, isOpen: true }], open: [kind] };
}

/** What a generator gives whatever it finds: `values` (docs/facts/argocd.md#generators). */
function literalValues(settings: JsonObject, { notation }: Generating): JsonObject {
  const values = mapAt(settings, 'values');
  if (Object.keys(values).length === 0) return {};
  return notation === 'go' ? { values } : flat({ values });
}

function known(sets: readonly JsonObject[]): ParameterSets {
  return { sets: sets.slice(0, MOST_SETS).map(values => ({ values, isOpen: false })), open: [] };
}

function listed(list: JsonObject, { notation }: Generating): ParameterSets {
  const text = textAt(list, 'elementsYaml');
  const more = text === undefined ? [] : parsedList(text);
  if (more === undefined) return openOf('list');
  const elements = [...listAt(list, 'elements'), ...more].filter(isMap);
  return known(notation === 'go' ? elements : elements.map(flat));
}

/** How many combinations of a matrix are read: two short lists make an Application of every pair. */
const MOST_COMBINED = 500;

function matrix(settings: JsonObject, generating: Generating, depth: number): ParameterSets {
  let result: ParameterSets = known([{}]);
  for (const child of listAt(settings, 'generators').filter(isMap)) {
    const open = new Set(result.open);
    const sets: Parameters[] = [];
    for (const before of result.sets) {
      if (sets.length > MOST_COMBINED) return openOf('matrix');
      const filled = interpolated(child, before, generating.notation);
      const next = parameterSets(filled, generating, depth + 1);
      for (const kind of next.open) open.add(kind);
      sets.push(...next.sets.map(set => combined(before, set, generating.notation)));
    }
    result = { sets, open: [...open] };
  }
  return result.sets.length > MOST_COMBINED ? openOf('matrix') : result;
}

function interpolated(child: JsonObject, before: Parameters, notation: Notation): JsonObject {
  return Object.keys(before.values).length === 0 ? child : mapAt(filledIn(child, before, notation));
}

/** Sets of generators with the same keys, merged. What a list adds to unknown clusters makes Applications of its own. */
function merge(settings: JsonObject, generating: Generating, depth: number): ParameterSets {
  const all = listAt(settings, 'generators')
    .filter(isMap)
    .map(child => parameterSets(child, generating, depth + 1));
  const keys = listAt(settings, 'mergeKeys').map(String);
  const open = all.flatMap(part => part.open);
  const [first, ...others] = all;
  const [base] = first?.sets ?? [];
  if (first === undefined || base === undefined) return openOf(open.join(', ') || 'merge');
  if (open.length > 0) {
    const isOfLists = others.every(part => part.open.length === 0);
    if (!isOfLists || first.sets.length > 1) return openOf(open.join(', '));
    const added = (keys.length === 0 ? [] : others).flatMap(part =>
      part.sets.filter(({ values }) => keys.every(key => Object.hasOwn(values, key))),
    );
    const merged = added.map(set => ({
      ...combined(set, base, generating.notation),
      isOpen: true,
    }));
    return { sets: [base, ...merged.slice(0, MOST_SETS)], open };
  }
  const sets = others.reduce<readonly Parameters[]>(
    (base, part) => mergedOnto(base, part.sets, keys, generating.notation),
    first.sets,
  );
  return { sets, open };
}

function parsedList(text: string): readonly Json[] | undefined {
  const { value: [list] = [] } = parseStream(text);
  return Array.isArray(list) ? list : undefined;
}
