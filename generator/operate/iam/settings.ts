/** What manifests do not say and a policy needs: given, or a variable. */
export interface IamSettings {
  /** What the names of roles and policies begin with. */
  readonly prefix: string;
  readonly account: string;
  /** The EKS cluster's name. */
  readonly cluster: string;
  /** The cluster's OIDC provider, without https://. */
  readonly oidcProvider: string;
  /** The account that ESO itself runs under. */
  readonly controller: ServiceAccountName;
  /** How ESO's own account gets its role. */
  readonly trust: 'PodIdentity' | 'IRSA';
  /** A customer's keys by the store whose values they encrypt; under no name those of all. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** Settings with what somebody says in their place. */
export function withSaid(
  settings: IamSettings,
  said: { readonly [K in keyof IamSettings]?: IamSettings[K] | undefined },
): IamSettings {
  const own = Object.entries(said).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(own) };
}

/** Settings of which nothing is given but a prefix. */
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

/** A text with names in it that whoever applies it fills in. */
type Variable = 'account' | 'region' | 'partition' | 'cluster' | 'oidcProvider';

/** How variables stand in the plan: as the shell writes them, so that envsubst fills them in. */
export const VARIABLES: Readonly<Record<Variable, string>> = {
  account: '$' + '{AWS_ACCOUNT_ID}',
  region: '$' + '{AWS_REGION}',
  partition: '$' + '{AWS_PARTITION}',
  cluster: '$' + '{EKS_CLUSTER_NAME}',
  oidcProvider: '$' + '{OIDC_PROVIDER}',
};
