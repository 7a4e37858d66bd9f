import { awsStores } from '../../graph/aws-stores.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { ClusterGraph } from '../../operate/iam/cluster-plans.ts';
import type { IamSettings, ServiceAccountName } from '../../operate/iam/settings.ts';
import type { ClusterFlags } from '../cluster-sets.ts';
import { wrongUsage } from '../usage.ts';

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

/** A key of KMS, for one store or for all. */
interface KeyFlag {
  readonly store?: string;
  readonly key: string;
}

interface TextForm {
  readonly flag: string;
  readonly pattern: RegExp;
  readonly takes: string;
}

/** Flags that are taken as they stand: what `iam` of a spec may say. */
export const TEXTS: Readonly<Record<'account' | 'cluster' | 'oidcProvider' | 'prefix', TextForm>> =
  {
    account: { flag: '--account', pattern: /^[0-9]{12}$/, takes: 'a number of twelve digits' },
    cluster: {
      flag: '--cluster',
      pattern: /^[0-9A-Za-z][-_A-Za-z0-9]{0,99}$/,
      takes: 'the name of a cluster of EKS',
    },
    oidcProvider: {
      flag: '--oidc-provider',
      pattern: /^(?!https?:)[-.a-zA-Z0-9]+(\/[-._a-zA-Z0-9]+)*$/,
      takes: 'a host with its path, without https://',
    },
    prefix: {
      flag: '--prefix',
      pattern: /^[\w+=,.@-]{1,64}$/,
      takes: 'letters, digits and +=,.@_-',
    },
  };

export const KEY: RegExp = /^[-_a-zA-Z0-9:/]+$/;

/** What reads one of them. */
export function textFlag(name: keyof typeof TEXTS): (value: string) => string {
  const { flag, pattern, takes } = TEXTS[name];
  return value => (pattern.test(value) ? value : refuse(flag, takes, value));
}

/** Reads `NAMESPACE/NAME`. */
export function accountFlag(value: string): ServiceAccountName {
  const [, namespace, name] = /^([-a-z0-9]+)\/([-.a-z0-9]+)$/.exec(value) ?? [];
  return namespace === undefined || name === undefined
    ? refuse('--service-account', 'NAMESPACE/NAME', value)
    : { namespace, name };
}

/** Reads `[STORE=]KEY`, which may come several times. */
export function keyFlag(value: string, before: readonly KeyFlag[] = []): readonly KeyFlag[] {
  const [, store, key = ''] = /^(?:([^=]+)=)?([^=]*)$/.exec(value) ?? [];
  if (!KEY.test(key))
    return refuse('--kms-key', '[STORE=]KEY, with an ARN, an ID or an alias', value);
  return [...before, store === undefined ? { key } : { store, key }];
}

function refuse(flag: string, takes: string, value: string): never {
  return wrongUsage(`${flag} takes ${takes}, not ${JSON.stringify(value)}`);
}
