import { knownNames } from '../core/words.ts';
import {
  type IamSettings,
  type ServiceAccountName,
  withSettings,
} from '../environments/clusters.ts';
import { awsStores } from '../graph/aws-stores.ts';
import {
  expectForm,
  type ManifestFlags,
  type SaidForm,
  wrongForm,
  wrongUsage,
} from '../shell/command.ts';
import type { ClusterGraph } from './plan.ts';

export interface IamFlags extends ManifestFlags {
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
  const { prefix, account, cluster, oidcProvider, trust, serviceAccount: controller } = flags;
  const keys = withKeys(settings.keys, flags.kmsKey ?? []);
  return withSettings(settings, {
    prefix,
    account,
    cluster,
    oidcProvider,
    trust,
    controller,
    keys,
  });
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

/** Flags that are taken as they stand: what `iam` of a spec may say. */
export const TEXTS: Readonly<
  Record<'account' | 'cluster' | 'oidcProvider' | 'prefix', SaidForm & { readonly flag: string }>
> = {
  account: { flag: '--account', test: /^[0-9]{12}$/, form: 'a number of twelve digits' },
  cluster: {
    flag: '--cluster',
    test: /^[0-9A-Za-z][-_A-Za-z0-9]{0,99}$/,
    form: 'the name of a cluster of EKS',
  },
  oidcProvider: {
    flag: '--oidc-provider',
    test: /^(?!https?:)[-.a-zA-Z0-9]+(\/[-._a-zA-Z0-9]+)*$/,
    form: 'a host with its path, without https://',
  },
  prefix: { flag: '--prefix', test: /^[\w+=,.@-]{1,64}$/, form: 'letters, digits and +=,.@_-' },
};

export const KEY: RegExp = /^[-_a-zA-Z0-9:/]+$/;

/** What reads one of them. */
export function textFlag(name: keyof typeof TEXTS): (value: string) => string {
  return value => expectForm(value, TEXTS[name], TEXTS[name].flag);
}

/** Reads `NAMESPACE/NAME`. */
export function accountFlag(value: string): ServiceAccountName {
  const [, namespace, name] = /^([-a-z0-9]+)\/([-.a-z0-9]+)$/.exec(value) ?? [];
  return namespace === undefined || name === undefined
    ? wrongForm(value, 'NAMESPACE/NAME', '--service-account')
    : { namespace, name };
}

/** Reads `[STORE=]KEY`, which may come several times. */
export function keyFlag(value: string, before: readonly KeyFlag[] = []): readonly KeyFlag[] {
  const [, store, key = ''] = /^(?:([^=]+)=)?([^=]*)$/.exec(value) ?? [];
  if (!KEY.test(key)) wrongForm(value, '[STORE=]KEY, with an ARN, an ID or an alias', '--kms-key');
  return [...before, store === undefined ? { key } : { store, key }];
}
