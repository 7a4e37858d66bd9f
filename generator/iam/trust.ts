import type { JsonObject } from '../core/json.ts';
import type { IamSettings, ServiceAccountName } from '../environments/clusters.ts';
import type { Hop, PolicyStatement, RoleLogin } from './policies.ts';

/** Lets Pod Identity give the role to pods of one account in one cluster (docs/facts/aws.md#pod-identity). */
function podIdentityTrust(
  { namespace, name }: ServiceAccountName,
  { cluster }: IamSettings,
): PolicyStatement {
  return {
    principal: { Service: 'pods.eks.amazonaws.com' },
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    resources: [],
    condition: {
      StringEquals: {
        'aws:RequestTag/eks-cluster-name': cluster,
        'aws:RequestTag/kubernetes-namespace': namespace,
        'aws:RequestTag/kubernetes-service-account': name,
      },
    },
  };
}

/** Lets one account of the cluster take the role with its token (docs/facts/aws.md#irsa). */
function irsaTrust(
  { namespace, name }: ServiceAccountName,
  audience: string,
  { oidcProvider }: IamSettings,
  { partition, account }: { readonly partition: string; readonly account: string },
): PolicyStatement {
  return {
    principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${oidcProvider}` },
    actions: ['sts:AssumeRoleWithWebIdentity'],
    resources: [],
    condition: {
      StringEquals: {
        [`${oidcProvider}:aud`]: audience,
        [`${oidcProvider}:sub`]: `system:serviceaccount:${namespace}:${name}`,
      },
    },
  };
}

/** Who may take the role that an account is given. */
export function accountTrust(
  { account, by, audience }: RoleLogin,
  settings: IamSettings,
  home: { readonly partition: string; readonly account: string },
): PolicyStatement[] {
  if (account === undefined) return [];
  return by === 'PodIdentity'
    ? [podIdentityTrust(account, settings)]
    : [irsaTrust(account, audience, settings, home)];
}

/**
 * Lets one role take on the next one, with the tags and the external ID that the store gives. The ID
 * is known of AssumeRole, what stays with a session of TagSession (docs/facts/aws.md#session-tags).
 */
export function hopTrust(
  from: string,
  { externalId, sessionTags, isTagging }: Hop,
): PolicyStatement[] {
  const principal = { AWS: from };
  const tags = Object.fromEntries(
    sessionTags.map(({ key, value }) => [`aws:RequestTag/${key}`, value]),
  );
  const equals = { ...tags, ...(externalId !== undefined && { 'sts:ExternalId': externalId }) };
  const lasting = sessionTags.filter(({ isTransitive }) => isTransitive).map(({ key }) => key);
  const assume = { principal, actions: ['sts:AssumeRole'], resources: [], condition: met(equals) };
  if (!isTagging) return [assume];
  const keys = { 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': lasting } };
  const condition = { ...met(tags), ...(lasting.length > 0 && keys) };
  return [assume, { principal, actions: ['sts:TagSession'], resources: [], condition }];
}

function met(equals: JsonObject): JsonObject {
  return Object.keys(equals).length === 0 ? {} : { StringEquals: equals };
}

/** What the one who assumes has to be allowed. */
export function hopActions({ isTagging }: Hop): string[] {
  return ['sts:AssumeRole', ...(isTagging ? ['sts:TagSession'] : [])];
}
