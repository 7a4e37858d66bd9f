import type { Fault, Outcome } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import {
  fieldsOf,
  fieldsWhere,
  isMap,
  isSame,
  listAt,
  mapAt,
  valueAt,
  withField,
  withFields,
  words,
} from '../core/json.ts';
import { asJson } from '../core/kube-object.ts';
import type { Validators } from '../core/schema.ts';
import { clusterSecretStore } from '../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';
import { isOneChoice, mergeEnvironment, withoutOtherChoice } from '../spec/merge.ts';
import type { SpecObject } from '../spec/spec.ts';
import { type CommentsOf, specComments, specText } from './comments.ts';
import { type DeployerTree, type Deployment, deploymentOf } from './deployers.ts';
import type { Draft, SpecFiles, WholeSpec } from './draft.ts';
import { documentOf, specOfDraft, withLongTexts, withoutNulls } from './draft.ts';
import { type Original, withObjects } from './originals.ts';
import { changesOf, type Proof, type Proven, prove, search } from './search.ts';

interface AdoptOptions {
  readonly name: string;
  readonly tree: DeployerTree;
  readonly commentsOf: CommentsOf;
  readonly validators: Validators;
  /** Texts of more lines go into files; 0: none does. */
  readonly longest: number;
  /** The first line of the spec, for editors. */
  readonly head?: string;
  /** The environment that is the base; undefined: each is tried. */
  readonly base?: string | undefined;
}

/** The spec that was found for manifests, and the proof of what it makes. */
export interface Adoption extends Proven, SpecFiles {
  readonly drafts: readonly Draft[];
  readonly tree: DeployerTree;
  /** The folders of the tree that a spec would have made differently, and so does not make. */
  readonly unmadeFolders: readonly Proof[];
  readonly clusterOf: Deployment['clusterOf'];
  /** Faults of the spec itself: then there is no proof. */
  readonly faults: readonly Fault[];
}

/** What is assumed of the manifests until a proof shows that it is wrong. */
interface Assumptions {
  readonly deployment: Deployment;
  /** The environments, each with the stores of its cluster. */
  readonly environments: readonly Original[];
}

/**
 * Finds the shortest spec that provably makes the manifests. Sections on Argo CD, Flux and shared clusters are written
 * only if they make exactly what is there: each further try assumes less, until a proof holds.
 */
export function adopt(all: readonly Original[], options: AdoptOptions): Adoption {
  const { all: environments, clusterOf } = joinedClusters(all);
  const whole = deploymentOf(options.tree, environments, clusterOf);
  let before: Assumptions = { deployment: whole, environments };
  let found = adoptAs(before, all, options);
  const { argocd: _, flux: __, ...ofNobody } = whole.sections;
  const unmadeFolders = found.deployers.filter(({ changes }) => changes.length > 0);
  const unmade = unmadeFolders.map(({ environment }) => environment.split('/')[0]);
  const ofMade = fieldsWhere({ ...whole.sections }, name => !unmade.includes(name));
  const less: Assumptions[] = [
    { deployment: { ...whole, sections: ofMade }, environments },
    { deployment: { sections: ofNobody, clusterOf }, environments },
    { deployment: { sections: ofNobody, clusterOf: new Map() }, environments: all },
  ];
  for (const assumptions of less) {
    if (isHeld(found)) break;
    if (isSame(comparable(assumptions), comparable(before))) continue;
    found = adoptAs(assumptions, all, options);
    before = assumptions;
  }
  return { ...found, tree: options.tree, unmadeFolders };
}

/**
 * Recognises the overlay of a shared cluster: it holds only stores that are open to the namespaces of several
 * environments, which have no store of that name. Each environment gets those stores, as if they were open to it alone.
 */
function joinedClusters(all: readonly Original[]) {
  const isOpen = (object: PlacedObject): boolean =>
    object.knownKind === clusterSecretStore && namespacesOf(object).length > 0;
  const clusters = all.filter(original => original.name !== '' && original.objects.every(isOpen));
  if (clusters.length === 0) return { all, clusterOf: new Map() };
  const clusterOf = new Map<string, string>();
  const rest = all.filter(original => !clusters.includes(original));
  const environments = rest.map(original => {
    const [cluster, ...others] = clusters.filter(candidate => isMember(original, candidate));
    if (cluster === undefined || others.length > 0) return original;
    clusterOf.set(original.name, cluster.name);
    const stores = cluster.objects.filter(store =>
      namespacesOf(store).includes(original.namespace),
    );
    const { namespace } = original;
    const opened = stores.map(store => {
      const spec = { ...specOf(store), conditions: [{ namespaces: [namespace] }] };
      return placedObject({ ...store.json, spec }, store.file, store.path, namespace);
    });
    return withObjects(original, opened);
  });
  const isShared = clusters.every(
    ({ name }) => [...clusterOf.values()].filter(cluster => cluster === name).length > 1,
  );
  return isShared ? { all: environments, clusterOf } : { all, clusterOf: new Map() };
}

function namespacesOf(store: PlacedObject): readonly unknown[] {
  return listAt(specOf(store), 'conditions').flatMap(condition => listAt(condition, 'namespaces'));
}

function isMember(original: Original, { objects }: Original): boolean {
  const isServed = objects.some(store => namespacesOf(store).includes(original.namespace));
  return isServed && objects.every(({ kind, name }) => original.find(kind, name) === undefined);
}

function adoptAs(assumed: Assumptions, all: readonly Original[], options: AdoptOptions) {
  const { deployment, environments } = assumed;
  const { name, tree, commentsOf, validators, longest, head = '', base } = options;
  const { sections, clusterOf } = deployment;
  const { drafts, choices } = search(environments, name, sections, validators);
  const whole = drafts.map(draft => ({ draft, spec: specOfDraft(draft, choices) }));
  const merged = mergedSpecs(whole, base);
  const names = environments.map(environment => environment.name);
  const clusters = all.filter(original => !names.includes(original.name));
  const shared = clusters.flatMap(({ objects }) => objects.map(object => object.name));
  const specs =
    shared.length === 0 ? merged : merged.flatMap(spec => [unpatched(spec, shared), spec]);
  const { spec, proof } = firstRight(
    specs.map(spec => {
      const sorted = fieldsOf({ ...inClusters(spec, clusterOf), ...sections }, FIELDS);
      const { document, files } = withLongTexts(documentOf(choices.name, sorted), longest);
      const text = head + specText(document, specComments(document, drafts, commentsOf));
      return { text, files };
    }),
    written => prove(written, all, tree.folders, validators),
  );
  const { proofs = [], deployers = [] } = proof.value ?? {};
  return { ...spec, drafts, proofs, deployers, clusterOf, faults: proof.faults };
}

type EnvironmentSpec = { readonly draft: Draft; readonly spec: WholeSpec };

/** The base with the changes of each environment; nothing if an environment cannot be made from this base. */
function merged(base: WholeSpec, all: readonly EnvironmentSpec[]): WholeSpec[] {
  const ordered = all.map(({ draft, spec }) => ({ draft, spec: withEnvOrder(base, spec) }));
  const environments = ordered.map(({ draft, spec }): [string, JsonObject] => [
    draft.original.name,
    mapDifference(base, spec, [], removalsOf(draft)) ?? {},
  ]);
  const whole = { ...base, environments: Object.fromEntries(environments) };
  const isRight = ordered.every(({ draft, spec }) => isMerged(whole, draft.original.name, spec));
  return isRight ? [whole] : [];
}

function withEnvOrder(base: WholeSpec, spec: WholeSpec): WholeSpec {
  return withField(spec, 'workloads', workloads =>
    mapped(workloads, (name, workload) => {
      const names = Object.keys(mapAt(workload, 'env'));
      const before = Object.keys(mapAt(base, 'workloads', name, 'env'));
      const merged = new Set([...before.filter(variable => names.includes(variable)), ...names]);
      return isSame([...merged], names) ? workload : { ...mapAt(workload), envOrder: names };
    }),
  );
}

/**
 * What an environment has to say so that `mergeEnvironment` makes its spec from the base. Null removes a field of the
 * base. In a patch null would remove the field from the object, so a field that only the base patches gets the value
 * that the environment's object has.
 */
function mapDifference(
  base: JsonObject,
  want: JsonObject,
  path: readonly string[],
  removalAt: ReturnType<typeof removalsOf>,
): JsonObject | undefined {
  return changesOf(base, want, (name, before, after) => {
    if (isSame(before, after)) return undefined;
    const below = [...path, name];
    if (after === undefined) return removalAt(below);
    if (!isMap(before) || !isMap(after) || isOneChoice(path)) return after;
    return mapDifference(withoutOtherChoice(before, after, below), after, below, removalAt);
  });
}

/** Answers what an environment says in place of a field of the base that it lacks. */
function removalsOf({ entries }: Draft) {
  return ([section, name, field, kind, ...inObject]: readonly string[]): Json => {
    if (field !== 'patch') return null;
    const entry = entries.find(drafted => drafted.section === section && drafted.name === name);
    const object = entry?.covers.find(cover => cover.kind === kind);
    const value = object && inObject.length > 0 ? valueAt(asJson(object.json), inObject) : null;
    return (value ?? null) as Json;
  };
}

/** Whether the merge gives the environment's spec again. Patches may repeat defaults, so they are left to the proof. */
function isMerged(whole: WholeSpec, name: string, spec: WholeSpec): boolean {
  const merged = mergeEnvironment(asSpec(whole), name);
  const expected = mergeEnvironment(asSpec(spec));
  // A null removes a label, which may not be there.
  return isSame(withoutNulls(withoutPatches(merged)), withoutNulls(withoutPatches(expected)));
}

/** The spec was built from drafts that `checkSpec` accepted; only its merge is used here. */
function asSpec(spec: WholeSpec): SpecObject {
  return documentOf('', spec) as unknown as SpecObject;
}

function withoutPatches(spec: object): JsonObject {
  const bare = (_: string, entry: Json): Json =>
    isMap(entry) ? withFields(entry, ['patch'], () => undefined) : entry;
  return mapped(spec as JsonObject, (_, all) => (isMap(all) ? mapped(all, bare) : all));
}

function mapped(map: JsonObject, change: (name: string, value: Json) => Json | undefined) {
  return withFields(map, Object.keys(map), (name, value) => change(name, value ?? null));
}

/** How many environments are tried as the base: each costs a comparison with all others. */
const MOST_BASES = 8;

/** The specs of all environments, the shortest first. The base is the named one; else each environment, and what all share, is tried. */
function mergedSpecs(all: readonly EnvironmentSpec[], named: string | undefined): WholeSpec[] {
  const [only, ...others] = all;
  if (only === undefined) return [];
  if (others.length === 0 && only.draft.original.name === '') return [only.spec];
  const chosen = all.filter(({ draft }) => draft.original.name === named).map(({ spec }) => spec);
  const bases =
    named === undefined
      ? all.slice(0, MOST_BASES).flatMap(({ spec }) => [spec, shared(spec, all)])
      : chosen;
  const found = bases.flatMap(base => merged(base, all));
  const sized = found.map(spec => ({ spec, size: JSON.stringify(spec).length }));
  const sorted = sized.sort((a, b) => a.size - b.size).map(({ spec }) => spec);
  // A base without entries works for environments that have nothing in common.
  const { namespace = '', omit = [] } = only.spec;
  return [...sorted, ...merged({ namespace, omit }, all)];
}

function shared(spec: WholeSpec, all: readonly EnvironmentSpec[]): WholeSpec {
  return mapped(spec, (section, entries) => {
    if (!isMap(entries)) return entries;
    const isInAll = (name: string): boolean =>
      all.every(environment => Object.hasOwn(mapAt(environment.spec, section), name));
    const kept = mapped(entries, (name, entry) => (isInAll(name) ? entry : undefined));
    return Object.keys(kept).length === 0 ? undefined : kept;
  });
}

/** A spec without patches and conditions of these stores, which the store of a cluster may not need. */
function unpatched(spec: JsonObject, stores: readonly string[]): JsonObject {
  const change = (part: JsonObject): JsonObject => {
    const changed = mapped(mapAt(part, 'stores'), (name, store) => {
      if (!stores.includes(name) || !isMap(store)) return store;
      const { patch: _, conditions: __, ...rest } = store;
      return Object.keys(rest).length === 0 ? undefined : rest;
    });
    const { stores: _, ...others } = part;
    return Object.keys(changed).length === 0 ? others : { ...part, stores: changed };
  };
  return withField(change(spec), 'environments', environments =>
    mapped(environments, (_, part) => (isMap(part) ? change(part) : part)),
  );
}

function firstRight(specs: readonly SpecFiles[], proofOf: (spec: SpecFiles) => Outcome<Proven>) {
  const none: SpecFiles = { text: '', files: new Map() };
  let best = { spec: none, proof: { faults: [] } as Outcome<Proven> };
  for (const spec of specs) {
    const proof = proofOf(spec);
    if (proof.value !== undefined && isHeld(proof.value)) return { spec, proof };
    if (best.proof.value === undefined) best = { spec, proof };
  }
  return best;
}

function isHeld({ proofs, deployers }: Proven): boolean {
  const all = [...proofs, ...deployers];
  return proofs.length > 0 && all.every(({ changes }) => changes.length === 0);
}

/** The fields of a spec in the order in which people read them. */
const FIELDS = words(
  'namespace cluster omit labels annotations commonLabels stores databases secrets workloads ' +
    'configMaps resources iam argocd flux environments',
);

function comparable({ deployment, environments }: Assumptions): unknown {
  return [deployment.sections, [...deployment.clusterOf], environments.length];
}

function inClusters(spec: JsonObject, clusterOf: Deployment['clusterOf']): JsonObject {
  if (Object.keys(mapAt(spec, 'environments')).length > 0)
    return withField(spec, 'environments', environments =>
      mapped(environments, (name, change) => {
        const cluster = clusterOf.get(name);
        return cluster === undefined ? change : { cluster, ...mapAt(change) };
      }),
    );
  const [cluster] = clusterOf.values();
  return cluster === undefined ? spec : { cluster, ...spec };
}
