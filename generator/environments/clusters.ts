import { type Fault, type Outcome, outcome } from '../core/finding.ts';
import { fieldsWhere, isSame, sortBy } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { mergeEnvironment } from '../spec/merge.ts';
import { inDocument } from '../spec/parse.ts';
import { membersOf } from '../spec/shared-clusters.ts';
import type { IamFormatName, IamSpec, Spec, SpecObject } from '../spec/spec.ts';

/** The environments of a spec in one cluster, which one External Secrets Operator serves. */
export interface SpecCluster {
  /** The name of the environment, or of the cluster that several share. */
  readonly name: string;
  /** Sorted; `base` for a spec that has none. */
  readonly environments: readonly string[];
  readonly settings: IamSettings;
  /** The formats that expand writes; empty without `iam`. */
  readonly formats: readonly IamFormatName[];
}

/** The clusters of a spec, with their settings of IAM. */
export function specClusters(spec: SpecObject): Outcome<SpecCluster[]> {
  const faults: Fault[] = [];
  const clusters = clustersOf(spec).map(({ name, environments }): SpecCluster => {
    const merged = environments.map(environment => ({
      environment,
      spec: mergeEnvironment(spec, environment === 'base' ? undefined : environment),
    }));
    const iam = merged[0]?.spec.iam;
    for (const { environment, spec: member } of merged) {
      const shared = isSame(member.iam, iam) ? [] : [sharedIam(name)];
      faults.push(...inDocument([...keyFaults(member), ...shared], spec, environment));
    }
    const settings = settingsOf(`${spec.metadata.name}-${name}`, iam ?? {});
    const formats = iam === undefined ? [] : [...(iam.formats ?? ['terraform' as const])].sort();
    return { name, environments, settings, formats };
  });
  return outcome(clusters, faults);
}

function clustersOf(spec: SpecObject): Pick<SpecCluster, 'name' | 'environments'>[] {
  const clusters = [...membersOf(spec)].map(([cluster, environments]) => {
    const [first = ''] = environments;
    return { name: environments.length > 1 ? cluster : first, environments };
  });
  return sortBy(clusters, ({ name, environments }) => `${environments.length > 1} ${name}`);
}

function settingsOf(prefix: string, iam: IamSpec): IamSettings {
  const { account, cluster, oidcProvider, trust, serviceAccount, keys = {} } = iam;
  const defaults = defaultSettings(prefix);
  return withSettings(defaults, {
    ...{ account, cluster, oidcProvider, trust },
    controller: { ...defaults.controller, ...serviceAccount },
    keys: new Map(Object.entries(keys)),
  });
}

function keyFaults({ iam, stores = {} }: Spec): Fault[] {
  const names = Object.keys(stores);
  return Object.keys(iam?.keys ?? {})
    .filter(store => !names.includes(store))
    .map(store => ({
      id: 'unknown-store',
      message: `there is no store "${store}"`,
      hint: knownNames('stores', store, names),
      path: ['iam', 'keys', store],
      isAboutName: true,
    }));
}

function sharedIam(cluster: string): Fault {
  const message = `"iam" differs between environments that share cluster "${cluster}"`;
  const hint = 'One External Secrets serves them all, with one role: give them the same.';
  return { id: 'shared-iam', message, hint, path: ['iam'] };
}

/** What a policy needs and manifests do not have; what nobody has set is a variable. */
export interface IamSettings {
  /** The first part of the names of roles and policies. */
  readonly prefix: string;
  readonly account: string;
  readonly cluster: string;
  /** The cluster's OIDC provider, without https://. */
  readonly oidcProvider: string;
  /** The account that ESO itself runs under. */
  readonly controller: ServiceAccountName;
  /** How ESO's own account gets its role. */
  readonly trust: 'PodIdentity' | 'IRSA';
  /** A customer's keys, by the store whose values they encrypt; the name '' is for all stores. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

export type ServiceAccountName = Readonly<Record<'namespace' | 'name', string>>;

export function withSettings(
  settings: IamSettings,
  changes: { readonly [K in keyof IamSettings]?: IamSettings[K] | undefined },
): IamSettings {
  return { ...settings, ...fieldsWhere<unknown>(changes, (_, value) => value !== undefined) };
}

/** Settings that are variables, but for the prefix. */
export function defaultSettings(prefix: string): IamSettings {
  return {
    prefix,
    account: VARIABLES.account,
    cluster: VARIABLES.cluster,
    oidcProvider: VARIABLES.oidcProvider,
    controller: { namespace: 'external-secrets', name: 'external-secrets' },
    trust: 'PodIdentity',
    keys: new Map(),
  };
}

/** Variables as the shell writes them, so that envsubst fills them in. */
export const VARIABLES: Readonly<
  Record<'account' | 'region' | 'partition' | 'cluster' | 'oidcProvider', string>
> = {
  account: '$' + '{AWS_ACCOUNT_ID}',
  region: '$' + '{AWS_REGION}',
  partition: '$' + '{AWS_PARTITION}',
  cluster: '$' + '{EKS_CLUSTER_NAME}',
  oidcProvider: '$' + '{OIDC_PROVIDER}',
};
