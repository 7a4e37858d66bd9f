import { type Fault, type Outcome, outcome, type Path } from '../core/finding.ts';
import { isMap } from '../core/json.ts';
import { knownNames, nearest } from '../core/names.ts';
import { clusterNameOf } from './cluster-of.ts';
import type { Model, StoreModel } from './model/model.ts';
import { checkVersions } from './model/operators.ts';
import { resolveModel } from './model/resolve-model.ts';
import { inDocument } from './parse.ts';
import {
  beforeEnvironment,
  isClusterStore,
  mergeEnvironment,
  type SharedCluster,
  sharedClusters,
  sharedStores,
} from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

/** What the environments of a cluster share. */
export interface Sharing {
  readonly stores: readonly StoreModel[];
  /** What each environment of the cluster means. */
  readonly models: ReadonlyMap<string, Model>;
}

/** That of an environment which is alone in its cluster. */
export const nothingShared: Sharing = { stores: [], models: new Map() };

/** What the environments of a cluster share, and each of them means. Reports where they contradict each other. */
export function resolveShared(spec: SpecObject, cluster: SharedCluster): Outcome<Sharing> {
  const faults: Fault[] = [];
  const models = new Map<string, Model>();
  for (const environment of cluster.environments) {
    const model = resolveEnvironment(spec, environment);
    if (model.value === undefined) faults.push(...model.faults);
    else models.set(environment, model.value);
  }
  const report = (environment: string, fault: Fault): void => {
    faults.push(...inDocument([fault], spec, environment));
  };
  checkVersions(cluster, models, report);
  const stores = sharedStores(cluster, models, report);
  return outcome({ stores, models }, faults);
}

/** A model with what all environments of its cluster read through the stores that they share. */
export function withShared(model: Model, sharing: Sharing): Model {
  const shared = new Map(sharing.stores.map(store => [store.name, store]));
  const stores = model.stores.map(store =>
    isClusterStore(store) ? (shared.get(store.name) ?? store) : store,
  );
  return { ...model, stores };
}

/** Whether an object comes from a store that the cluster's environments share. */
export function isOfStore([kind, name]: Path, { stores }: Sharing): boolean {
  return kind === 'stores' && stores.some(store => store.name === name);
}

/** What an environment means, or without one the base; faults stand where the document says it. */
export function resolveEnvironment(
  spec: SpecObject,
  environment: string | undefined,
): Outcome<Model> {
  const model = resolveModel(spec.metadata.name, mergeEnvironment(spec, environment));
  if (model.value !== undefined) return model;
  return { faults: inDocument(asOverrides(model.faults, spec, environment), spec, environment) };
}

/** What is said of an entry that lacks something, or says nothing of where it comes from. */
const LACKS = new Set(['missing-field', 'secret-source', 'store-provider', 'value-source']);

/**
 * The faults of an environment's merged spec, with those of one kind told otherwise: an entry that is
 * no whole one, and that the base has not, was to change one of another name.
 */
function asOverrides(
  faults: readonly Fault[],
  document: SpecObject,
  environment: string | undefined,
): readonly Fault[] {
  const told = new Set<string>();
  const before = beforeEnvironment(document, environment);
  return faults.flatMap(fault => {
    const [section = '', name = '', ...below] = fault.path.map(String);
    const change = entriesOf(document.spec.environments?.[environment ?? ''], section);
    const base = Object.keys(entriesOf(before, section));
    const isNew = Object.hasOwn(change, name) && !base.includes(name);
    const isWhole = below.length > 1 || (below.length === 1 && nearest(name, base) === undefined);
    if (!isNew || base.length === 0 || isWhole || !LACKS.has(fault.id)) return [fault];
    const key = `${section}/${name}`;
    if (told.has(key)) return [];
    told.add(key);
    return [unknownOverride({ ...fault, path: fault.path.slice(0, 2) }, section, name, base)];
  });
}

function entriesOf(spec: object | null | undefined, section: string): object {
  const entries = isMap(spec) && Object.hasOwn(spec, section) ? spec[section] : undefined;
  return isMap(entries) ? entries : {};
}

function unknownOverride(
  { path, hint }: Fault,
  section: string,
  name: string,
  base: readonly string[],
): Fault {
  return {
    id: 'unknown-override',
    message: `"${name}" is not among the ${section} of the base, and is no whole one by itself`,
    hint: `${knownNames(`${section} of the base`, name, base)} For one that is new: ${hint ?? ''}`,
    path,
    isAboutName: true,
  };
}

/** The environments' names, sorted. */
export function environmentNames({ spec }: SpecObject): string[] {
  return Object.keys(spec.environments ?? {}).sort();
}

/** Everything that can be built by name: the environments and the shared clusters. */
export function unitNames(spec: SpecObject): string[] {
  return [...environmentNames(spec), ...sharedClusters(spec).map(({ name }) => name)];
}

/** Two things that would be built under one name. */
export function nameFaults(spec: SpecObject): Fault[] {
  const environments = environmentNames(spec);
  const twice = sharedClusters(spec)
    .filter(({ name }) => environments.includes(name))
    .map(({ name }) => ({
      id: 'duplicate-target',
      message: `"${name}" is an environment and a cluster that several environments share`,
      hint: 'Each is built under its name: give one of them another.',
      path: ['spec', 'environments', name],
      isAboutName: true,
    }));
  return [...twice, ...idleClusters(spec, environments)];
}

/** What the spec says of clusters in which no environment runs. */
function idleClusters(spec: SpecObject, environments: readonly string[]): Fault[] {
  const known = new Set(environments.map(name => clusterNameOf(spec, name)));
  const idle = Object.keys(spec.spec.clusters ?? {}).filter(name => !known.has(name));
  return idle.map(name => ({
    id: 'idle-cluster',
    message: `no environment runs in cluster "${name}", and what is said of it does nothing`,
    hint: knownNames('clusters of the environments', name, known),
    path: ['spec', 'clusters', name],
    isAboutName: true,
  }));
}

/** No unit has the name that stands at `path`, or no name does. */
export function unknownEnvironment(
  name: string | undefined,
  known: readonly string[],
  path: Path,
): Fault {
  return {
    id: 'unknown-environment',
    message: name === undefined ? 'no environment is chosen' : `there is no environment "${name}"`,
    hint: knownNames('environments', name ?? '', known),
    path,
  };
}
