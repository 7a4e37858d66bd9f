import type { Host } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import type { IamSettings, ServiceAccountName } from '../environments/clusters.ts';
import { withSettings } from '../environments/clusters.ts';
import { placesFor } from '../environments/places.ts';
import { awsStores } from '../graph/aws-entries.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { graphOfSets, withClusters } from '../shell/command-input.ts';
import type { FlagForm, ManifestFlags } from '../shell/flags.ts';
import { expectForm, withFlags, wrongForm, wrongUsage } from '../shell/flags.ts';
import { notSeen, printReport, tellUnread } from '../shell/print.ts';
import { locateFaults } from '../world/places.ts';
import { iamFormats } from './formats/formats.ts';
import { type ClusterGraph, clusterPlans } from './plan.ts';

interface IamFlags extends ManifestFlags {
  /** Settings that a spec has in `iam`. */
  readonly prefix?: string;
  readonly account?: string;
  readonly cluster?: string;
  readonly oidcProvider?: string;
  readonly trust?: IamSettings['trust'];
  readonly serviceAccount?: ServiceAccountName;
  readonly kmsKey?: readonly KeyFlag[];
}

type KeyFlag = { readonly store?: string; readonly key: string };

export const iamCommand: CommandLine<IamFlags> = {
  name: 'iam',
  description: 'print the AWS roles and policies that External Secrets needs',
  examples: [
    ['iam -e prod', 'to read'],
    ['iam -e prod --account 123456789012 -o terraform', 'to apply'],
    ['iam deploy --cluster shop', 'for any manifests'],
  ],
  define: (command, run) => {
    const provider = 'the OIDC provider of the cluster, for IRSA; default: a variable';
    const beginning = 'the prefix of the names of roles and policies';
    const customers = 'a customer managed key that encrypts the values of a store';
    withFlags(command, 'paths', 'environment', 'namespace')
      .option('--account <number>', 'the AWS account; default: a variable', textFlag('account'))
      .option('--cluster <name>', 'the EKS cluster; default: a variable', textFlag('cluster'))
      .option('--oidc-provider <provider>', provider, textFlag('oidcProvider', '--oidc-provider'))
      .addOption(
        command
          .createOption('--trust <way>', "how External Secrets' own account gets its role")
          .choices(['PodIdentity', 'IRSA']),
      )
      .option(
        '--service-account <namespace/name>',
        'the account that External Secrets runs under',
        accountFlag,
      )
      .option('--kms-key <[store=]key>', customers, keyFlag)
      .option('--prefix <name>', beginning, textFlag('prefix'));
    withFlags(command, 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

/** The forms that `iam` of a spec allows for the flags whose values are plain texts. */
export const TEXTS: Readonly<Record<'account' | 'cluster' | 'oidcProvider' | 'prefix', FlagForm>> =
  {
    account: { test: /^[0-9]{12}$/, form: 'a number of twelve digits' },
    cluster: { test: /^[0-9A-Za-z][-_A-Za-z0-9]{0,99}$/, form: 'the name of a cluster of EKS' },
    oidcProvider: {
      test: /^(?!https?:)[-.a-zA-Z0-9]+(\/[-._a-zA-Z0-9]+)*$/,
      form: 'a host with its path, without https://',
    },
    prefix: { test: /^[\w+=,.@-]{1,64}$/, form: 'letters, digits and +=,.@_-' },
  };

function textFlag(name: keyof typeof TEXTS, flag = `--${name}`): (value: string) => string {
  return value => expectForm(value, TEXTS[name], flag);
}

function accountFlag(value: string): ServiceAccountName {
  const [, namespace, name] = /^([-a-z0-9]+)\/([-.a-z0-9]+)$/.exec(value) ?? [];
  return namespace === undefined || name === undefined
    ? wrongForm(value, 'NAMESPACE/NAME', '--service-account')
    : { namespace, name };
}

export const KEY: RegExp = /^[-_a-zA-Z0-9:/]+$/;

function keyFlag(value: string, before: readonly KeyFlag[] = []): readonly KeyFlag[] {
  const [, store, key = ''] = /^(?:([^=]+)=)?([^=]*)$/.exec(value) ?? [];
  if (!KEY.test(key)) wrongForm(value, '[STORE=]KEY, with an ARN, an ID or an alias', '--kms-key');
  return [...before, store === undefined ? { key } : { store, key }];
}

export const iam: Action<IamFlags> = { run: printPlans, formats: iamFormats };

function printPlans(options: IamFlags & CommonOptions, host: Host): Promise<number> {
  return withClusters(options, host, (clusters, read) => {
    const sets = clusters.flatMap(cluster => cluster.sets);
    const graphs = clusters.map(({ name, sets, settings }) => {
      return { name, graph: graphOfSets(sets), settings: asFlagsSay(settings, options) };
    });
    const unseen = notSeen(sets.flatMap(({ sources }) => [...sources]));
    if (unseen.length === 0) expectStores(options, graphs);
    const planned = clusterPlans(graphs).filter((_, index) => clusters[index]?.isSelected);
    const plans = planned.map(({ plan }) => plan);
    const faults = planned.flatMap(cluster => cluster.faults);
    printReport(iamFormats, options.format, plans, host);
    return tellUnread(sets, host, locateFaults(faults, placesFor(sets, host, read)));
  });
}

function asFlagsSay(settings: IamSettings, flags: IamFlags): IamSettings {
  const { prefix, account, cluster, oidcProvider, trust, serviceAccount: controller } = flags;
  const keys = new Map(settings.keys);
  for (const { store = '', key } of flags.kmsKey ?? [])
    keys.set(store, [...(keys.get(store) ?? []), key]);
  const texts = { prefix, account, cluster, oidcProvider };
  return withSettings(settings, { ...texts, trust, controller, keys });
}

/** Refuses flags for unknown stores: a key that is missing in the policies would only show in AWS. */
function expectStores({ kmsKey = [] }: IamFlags, clusters: readonly ClusterGraph[]): void {
  const all = clusters.flatMap(({ graph }) => awsStores(graph));
  const stores = new Set(all.map(({ object }) => object.name));
  const unknown = kmsKey.find(({ store }) => store !== undefined && !stores.has(store))?.store;
  if (unknown !== undefined)
    wrongUsage(
      `--kms-key: there is no store "${unknown}" of AWS. ${knownNames('stores', unknown, [...stores].sort())}`,
    );
}
