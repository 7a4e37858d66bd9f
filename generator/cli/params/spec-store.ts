import { mergeEnvironment } from '../../make/spec/merge-environment.ts';
import { specClusters } from '../../operate/iam/spec-settings.ts';
import type { ReadSpec } from '../../read/read-spec.ts';

/** What a spec says of a store of an environment that its manifests do not. */
export interface SpecStore {
  /** What the names of its entries begin with: `expand` writes whole names. */
  readonly prefix?: string;
  /** The account that External Secrets itself has, and reads where a store names no other. */
  readonly account?: string;
  /** A customer's keys that should encrypt what it holds. */
  readonly keys: readonly string[];
}

export type SpecStoreOf = (environment: string, store: string) => SpecStore;

/** Manifests that were named one by one have no spec. */
export const noSpec: SpecStoreOf = () => ({ keys: [] });

/** What a spec says of its stores. */
export function specStores({ spec }: ReadSpec): SpecStoreOf {
  const clusters = specClusters(spec).value ?? [];
  return (environment, store) => {
    const isNamed = Object.hasOwn(spec.spec.environments ?? {}, environment);
    const { stores = {} } = mergeEnvironment(spec, isNamed ? environment : undefined);
    const prefix = Object.hasOwn(stores, store) ? stores[store]?.aws?.prefix : undefined;
    const own = clusters.find(
      ({ name, environments }) => name === environment || environments.includes(environment),
    );
    const keys = own?.settings.keys.get(store) ?? [];
    const account = own?.settings.account ?? '';
    const isKnown = /^\d{12}$/.test(account);
    return { keys, ...(isKnown && { account }), ...(prefix !== undefined && { prefix }) };
  };
}
