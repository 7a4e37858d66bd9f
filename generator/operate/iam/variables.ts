/** A text with names in it that whoever applies it fills in. */
export type Variable = 'account' | 'region' | 'partition' | 'cluster' | 'oidcProvider';

/** How variables stand in the plan: as the shell writes them, so that envsubst fills them in. */
export const VARIABLES: Readonly<Record<Variable, string>> = {
  account: '$' + '{AWS_ACCOUNT_ID}',
  region: '$' + '{AWS_REGION}',
  partition: '$' + '{AWS_PARTITION}',
  cluster: '$' + '{EKS_CLUSTER_NAME}',
  oidcProvider: '$' + '{OIDC_PROVIDER}',
};
