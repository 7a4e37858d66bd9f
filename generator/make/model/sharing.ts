import { type Fault, type Outcome, outcome, type Path } from '../../ground/finding.ts';
import { inDocument } from '../spec/source-path.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { Model, StoreModel } from './model.ts';
import { resolveEnvironment } from './resolve-environment.ts';
import { isClusterStore, type SharedCluster, sharedStores } from './shared-clusters.ts';
import { checkVersions } from './versions.ts';

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
