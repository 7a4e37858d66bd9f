import { isMap, type JsonObject, listAt, mapAt, scalarText, textAt } from '../core/json.ts';
import type { IamSettings, ServiceAccountName } from '../environments/clusters.ts';
import type { AwsEntry } from '../graph/aws-entries.ts';
import { ROLE_ARN } from '../graph/iam.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { serviceAccount } from '../kinds/core/service.ts';
import { storeKind } from '../kinds/eso/stores.ts';
import { annotationOf } from '../kinds/kind.ts';
import { literal } from './grants.ts';
import type { PolicyStatement } from './policies.ts';

/** How ESO logs in to AWS for an entry (docs/facts/eso.md#aws-login). */
export interface RoleLogin {
  /** The ServiceAccount; absent with access keys. */
  readonly account?: ServiceAccountName;
  readonly by: 'PodIdentity' | 'IRSA' | 'AccessKeys';
  /** The role in the annotation of the account. */
  readonly role?: string;
  readonly audience: string;
  /** The roles that it assumes one after the other; the last one reads. */
  readonly hops: readonly Hop[];
}

export interface Hop {
  readonly role: string;
  readonly externalId?: string;
  readonly sessionTags: readonly SessionTag[];
  /** ESO sets session tags: those of the store, or its namespace and name. */
  readonly isTagging: boolean;
}

interface SessionTag {
  readonly key: string;
  readonly value: string;
  /** The roles that are assumed after it inherit it. */
  readonly isTransitive: boolean;
}

const AUDIENCE = 'eks.amazonaws.com/audience';

export function loginOf(entry: AwsEntry, graph: SecretGraph, settings: IamSettings): RoleLogin {
  const auth = mapAt(entry.store.settings, 'auth');
  const hops = hopsOf(entry);
  if (isMap(auth['secretRef']) && !isMap(auth['jwt']))
    return { by: 'AccessKeys', audience: '', hops };
  const given = isMap(auth['jwt']) ? accountOf(entry) : undefined;
  const account = given ?? settings.controller;
  const object = graph.find(serviceAccount, account.namespace, account.name);
  const role = object && annotationOf(object, ROLE_ARN);
  const by = given !== undefined || role !== undefined ? 'IRSA' : settings.trust;
  const audience = (object && annotationOf(object, AUDIENCE)) ?? 'sts.amazonaws.com';
  return { account, by, audience, hops, ...(role !== undefined && { role }) };
}

/** First the additional roles, then the role of the store, with the external ID and the tags. */
function hopsOf({ store: { settings } }: AwsEntry): Hop[] {
  const before = listAt(settings, 'additionalRoles').map(
    (role): Hop => ({ role: scalarText(role), sessionTags: [], isTagging: false }),
  );
  const role = textAt(settings, 'role');
  if (role === undefined) return before;
  const externalId = textAt(settings, 'externalID');
  const lasting = new Set(listAt(settings, 'transitiveTagKeys').map(scalarText));
  const sessionTags = listAt(settings, 'sessionTags').map((tag): SessionTag => {
    const key = textAt(tag, 'key') ?? '';
    return { key, value: textAt(tag, 'value') ?? '', isTransitive: lasting.has(key) };
  });
  const isTagging = sessionTags.length > 0 || settings['sessionTagsPolicy'] !== undefined;
  const last = { role, sessionTags, isTagging };
  return [...before, externalId === undefined ? last : { ...last, externalId }];
}

/** Only a ClusterSecretStore may name the namespace of the account; otherwise it is that of the reader. */
function accountOf({ store: { object, settings }, namespace }: AwsEntry): ServiceAccountName {
  const ref = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  const own = storeKind(object.kind)?.isOfCluster === true ? textAt(ref, 'namespace') : undefined;
  return { namespace: own ?? namespace, name: textAt(ref, 'name') ?? '' };
}

/** Lets an account log in with its role. */
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

/** Lets Pod Identity give the role to one account of one cluster (docs/facts/aws.md#pod-identity). */
function podIdentityTrust({ namespace, name }: ServiceAccountName, { cluster }: IamSettings) {
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

/** Lets one role assume the next with the store's tags and external ID (docs/facts/aws.md#session-tags). */
export function hopTrust(
  from: string,
  { externalId, sessionTags, isTagging }: Hop,
): PolicyStatement[] {
  const principal = { AWS: from };
  const tags = Object.fromEntries(
    sessionTags.map(({ key, value }) => [`aws:RequestTag/${key}`, literal(value)]),
  );
  const equals = {
    ...tags,
    ...(externalId !== undefined && { 'sts:ExternalId': literal(externalId) }),
  };
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
