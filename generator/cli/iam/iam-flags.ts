import { awsStores } from '../../graph/aws-stores.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { ClusterGraph } from '../../operate/iam/cluster-plans.ts';
import type { IamSettings, ServiceAccountName } from '../../operate/iam/settings.ts';
import type { ClusterFlags } from '../cluster-sets.ts';
import { wrongUsage } from '../usage.ts';
import type { KeyFlag } from './flag-forms.ts';

export interface IamFlags extends ClusterFlags {
  /** What manifests do not say; a spec says it in `iam`. */
  readonly prefix?: string;
  readonly account?: string;
  readonly cluster?: string;
  readonly oidcProvider?: string;
  readonly trust?: IamSettings['trust'];
  readonly serviceAccount?: ServiceAccountName;
  readonly kmsKey?: readonly KeyFlag[];
}

/** Flags go before what a spec says. */
export function withFlags(settings: IamSettings, flags: IamFlags): IamSettings {
  const { prefix, account, cluster, oidcProvider, trust, serviceAccount } = flags;
  return {
    ...settings,
    ...(prefix !== undefined && { prefix }),
    ...(account !== undefined && { account }),
    ...(cluster !== undefined && { cluster }),
    ...(oidcProvider !== undefined && { oidcProvider }),
    ...(trust !== undefined && { trust }),
    ...(serviceAccount !== undefined && { controller: serviceAccount }),
    keys: withKeys(settings.keys, flags.kmsKey ?? []),
  };
}

function withKeys(known: IamSettings['keys'], given: readonly KeyFlag[]): IamSettings['keys'] {
  const keys = new Map(known);
  for (const { store = '', key } of given) keys.set(store, [...(keys.get(store) ?? []), key]);
  return keys;
}

/** Each store that a flag names is there: a key that no policy has would be missed in AWS alone. */
export function expectStores({ kmsKey = [] }: IamFlags, clusters: readonly ClusterGraph[]): void {
  const all = clusters.flatMap(({ graph }) => awsStores(graph));
  const stores = new Set(all.map(({ object }) => object.name));
  const unknown = kmsKey.find(({ store }) => store !== undefined && !stores.has(store))?.store;
  if (unknown !== undefined)
    wrongUsage(
      `--kms-key: there is no store "${unknown}" of AWS. ${knownNames('stores', unknown, [...stores].sort())}`,
    );
}
