import type { Json, JsonObject } from '../core/json.ts';
import {
  groupBy,
  isMap,
  lastNotAbove,
  listAt,
  mapAt,
  scalarText,
  sortBy,
  textAt,
} from '../core/json.ts';
import { optional, unlessEmpty } from '../core/kube-object.ts';
import { type IamSettings, type ServiceAccountName, VARIABLES } from '../environments/clusters.ts';
import type { AwsEntry } from '../graph/aws-entries.ts';
import { ROLE_ARN } from '../graph/iam.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { storeKind } from '../kinds/eso/stores.ts';
import { annotationOf } from '../kinds/kind.ts';
import { serviceAccount } from '../kinds/kubernetes.ts';
import { type Arn, arnText, type Grant, literal } from './grants.ts';

/** How many entries are known below each path of ARNs. */
export type Below = ReadonlyMap<string, number>;

export interface PolicyStatement {
  readonly principal?: JsonObject;
  readonly actions: readonly string[];
  /** Empty in a trust policy. */
  readonly resources: readonly string[];
  readonly condition: JsonObject;
  /** Why its resources are patterns. */
  readonly why?: string;
}

/** The most managed policies of a role without a raised quota (docs/facts/aws.md#iam-limits). */
export const POLICIES = 10;

interface Sized {
  readonly policies: readonly (readonly PolicyStatement[])[];
  readonly wider: ReadonlyMap<string, number>;
}

/** Policies of exact names, else of the smallest subtrees that fit into one, else in several. Undefined: none fits. */
export function sizedPolicies(grants: readonly Grant[], counts: Below): Sized | undefined {
  let several: Sized | undefined;
  for (const { grants: tried, wider } of foldings(grants, counts)) {
    const policies = isFarTooMuch(tried) ? [] : splitPolicies(statementGroups(tried));
    const doFit = policies.every(policy => sizeOf(policyDocument(policy)) <= POLICY_SIZE);
    if (policies.length === 0 || policies.length > POLICIES || !doFit) continue;
    if (policies.length === 1) return { policies, wider };
    several ??= { policies, wider };
  }
  return several;
}

type Tree = { readonly path: string; readonly count: number };

function* foldings(grants: readonly Grant[], counts: Below) {
  yield { grants, wider: new Map<string, number>() };
  const byAction = [...groupBy(grants, actionOf)];
  const mine = new Map(byAction.map(([action, all]) => [action, countBelow(all.map(entryOf))]));
  const trees = grants.map((grant): Tree[] =>
    pathsOf(entryOf(grant)).flatMap(path => {
      const count = mine.get(actionOf(grant))?.get(path) ?? 0;
      return count > 1 && count === counts.get(path) ? [{ path, count }] : [];
    }),
  );
  const largest = trees.reduce((max, [tree]) => Math.max(max, tree?.count ?? 0), 0);
  const smallest = trees.reduce((min, all) => Math.min(min, all.at(-1)?.count ?? min), largest);
  for (let most = smallest; most > 0 && most < 2 * largest; most *= 2)
    yield folded(grants, trees, most);
}

/** Entries are counted together that share this: the action, and for KMS the key. */
function actionOf({ action, on, of }: Grant): string {
  return of === undefined ? action : `${action} ${arnText(on)}`;
}

/** Counts the distinct entries below each path. */
export function countBelow(entries: Iterable<Arn>): Below {
  const distinct = new Map([...entries].map(arn => [arnText(arn), arn]));
  const counts = new Map<string, number>();
  for (const path of [...distinct.values()].flatMap(pathsOf))
    counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

function pathsOf({ head, name, tail }: Arn): string[] {
  if (tail.startsWith('*') || tail.startsWith('/')) return [];
  const paths: string[] = [];
  for (let at = name.indexOf('/', 1); at >= 0; at = name.indexOf('/', at + 1))
    paths.push(head + name.slice(0, at + 1));
  return paths;
}

function entryOf({ on, of }: Grant): Arn {
  return of?.entry ?? on;
}

function folded(grants: readonly Grant[], trees: readonly (readonly Tree[])[], most: number) {
  const wider = new Map<string, number>();
  const all = grants.map((grant, index) => {
    const tree = trees[index]?.find(({ count }) => count <= most);
    if (tree === undefined) return grant;
    const pattern = { head: tree.path, name: '', tail: '*' };
    wider.set(arnText(pattern), tree.count);
    if (grant.of === undefined) return { ...grant, on: pattern };
    return { ...grant, of: { ...grant.of, entry: pattern } };
  });
  return { grants: all, wider: new Map(sortBy([...wider], ([pattern]) => pattern)) };
}

/** The most characters of a managed policy (docs/facts/aws.md#iam-limits); this quota cannot be raised. */
export const POLICY_SIZE = 6144;

/** A quick check: whether the names alone are longer than all policies may be together. */
function isFarTooMuch(grants: readonly Grant[]): boolean {
  const names = new Set(grants.map(grant => arnText(entryOf(grant))));
  // A variable may be longer than its value.
  return [...names].join('').length / 2 > POLICIES * POLICY_SIZE;
}

/** The longest values of the variables, for the sizes of policies. */
const FILLED: readonly (readonly [variable: string, example: string])[] = [
  [VARIABLES.account, '123456789012'],
  [VARIABLES.region, 'ap-southeast-99'],
  [VARIABLES.partition, 'aws-us-gov'],
  [VARIABLES.cluster, 'c'.repeat(100)],
  [VARIABLES.oidcProvider, `oidc.eks.ap-southeast-99.amazonaws.com/id/${'0'.repeat(32)}`],
];

/** The characters that count for a limit: AWS ignores white space. */
export function sizeOf(value: unknown): number {
  const text = JSON.stringify(value);
  if (!text.includes('$')) return text.length;
  return FILLED.reduce((filled, [variable, example]) => filled.replaceAll(variable, example), text)
    .length;
}

/** A policy document of IAM (docs/facts/aws.md#iam-policies). */
export function policyDocument(statements: readonly PolicyStatement[]): JsonObject {
  return { Version: '2012-10-17', Statement: statements.map(statementJson) };
}

function statementJson({ principal, actions, resources, condition }: PolicyStatement): JsonObject {
  return {
    Effect: 'Allow',
    ...(principal !== undefined && { Principal: principal }),
    Action: oneOrAll(actions),
    ...(resources.length > 0 && { Resource: oneOrAll(resources) }),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function oneOrAll(texts: readonly string[]): Json {
  return texts.length === 1 ? (texts[0] ?? '') : texts;
}

/** Fills policies with statements in order, and splits statements that do not fit. */
function splitPolicies(groups: ReturnType<typeof statementGroups>): PolicyStatement[][] {
  const policies: PolicyStatement[][] = [[]];
  for (const { listed, statementOf } of groups) {
    let rest: readonly string[] = listed;
    while (rest.length > 0) {
      const policy = policies.at(-1) ?? [];
      const sizeWith = (count: number): number =>
        sizeOf(policyDocument([...policy, statementOf(rest.slice(0, count))]));
      if (policy.length > 0 && sizeWith(1) > POLICY_SIZE) {
        policies.push([]);
        continue;
      }
      // A statement that is too large even alone makes a policy that `doFit` refuses.
      // Each entry takes more than three characters.
      const counts = [...rest.slice(0, POLICY_SIZE / 3).keys()].map(index => index + 1);
      const count = lastNotAbove(counts, POLICY_SIZE, sizeWith) + 1;
      policy.push(statementOf(rest.slice(0, count)));
      rest = rest.slice(count);
    }
  }
  return policies;
}

/** Joins grants into few statements: first the actions on one resource, then resources with the same actions. */
function statementGroups(grants: readonly Grant[]) {
  const things = groupBy(grants, grant => `${frameOf(grant)}\n${arnText(entryOf(grant))}`);
  const allowed = [...things.values()].map(same => {
    const actions = [...new Set(same.map(({ action }) => action))].sort();
    return { grant: same[0], listed: arnText(entryOf(same[0])), actions };
  });
  const groups = groupBy(allowed, ({ grant, actions }) => `${actions.join()}\n${frameOf(grant)}`);
  return sortBy([...groups], ([id]) => id).map(([, all]) => {
    const [{ grant, actions }] = all;
    const { on, of, condition, why } = grant;
    const common = { actions, condition, ...(why !== undefined && { why }) };
    const statementOf = (some: readonly string[]): PolicyStatement => {
      if (of === undefined) return { ...common, resources: some };
      // A key may be used only by the service and for these entries.
      const context = { [`kms:EncryptionContext:${of.contextKey}`]: some };
      const via = { 'kms:ViaService': of.service };
      const ofKey = some.some(entry => /[*?]/.test(entry))
        ? { StringEquals: via, StringLike: context }
        : { StringEquals: { ...via, ...context } };
      return { ...common, resources: [arnText(on)], condition: { ...condition, ...ofKey } };
    };
    return { listed: all.map(({ listed }) => listed).sort(), statementOf };
  });
}

/** Grants with the same actions share a statement if this is equal too. */
function frameOf({ on, condition, why = '', of }: Grant): string {
  const key = of === undefined ? '' : `${of.service} ${of.contextKey} ${arnText(on)}`;
  const text = Object.keys(condition).length === 0 ? '' : JSON.stringify(condition);
  return `${why}\n${key}\n${text}`;
}

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
  readonly sessionTags: readonly (readonly [key: string, value: string])[];
  /** The keys that the roles inherit which are assumed after it. */
  readonly lasting: readonly string[];
  /** ESO sets session tags: those of the store, or its namespace and name. */
  readonly isTagging: boolean;
}

const AUDIENCE = 'eks.amazonaws.com/audience';

export function loginOf(entry: AwsEntry, graph: SecretGraph, settings: IamSettings): RoleLogin {
  const auth = mapAt(entry.store.settings, 'auth');
  const hops = hopsOf(entry);
  if (isMap(auth['secretRef']) && !isMap(auth['jwt']))
    return { by: 'AccessKeys', audience: '', hops };
  const tokenAccount = isMap(auth['jwt']) ? accountOf(entry) : undefined;
  const account = tokenAccount ?? settings.controller;
  const object = graph.find(serviceAccount, account.namespace, account.name);
  const role = object && annotationOf(object, ROLE_ARN);
  const by = tokenAccount !== undefined || role !== undefined ? 'IRSA' : settings.trust;
  const audience = (object && annotationOf(object, AUDIENCE)) ?? 'sts.amazonaws.com';
  return { account, by, audience, hops, ...(role !== undefined && { role }) };
}

/** First the additional roles, then the role of the store, with the external ID and the tags. */
function hopsOf({ store: { settings } }: AwsEntry): Hop[] {
  const before = listAt(settings, 'additionalRoles').map(
    (role): Hop => ({ role: scalarText(role), sessionTags: [], lasting: [], isTagging: false }),
  );
  const role = textAt(settings, 'role');
  if (role === undefined) return before;
  const transitive = listAt(settings, 'transitiveTagKeys').map(scalarText);
  const sessionTags = listAt(settings, 'sessionTags').map(tag => {
    return [textAt(tag, 'key') ?? '', textAt(tag, 'value') ?? ''] as const;
  });
  const lasting = sessionTags.flatMap(([key]) => (transitive.includes(key) ? [literal(key)] : []));
  const isTagging = sessionTags.length > 0 || settings['sessionTagsPolicy'] !== undefined;
  const externalId = optional('externalId', textAt(settings, 'externalID'));
  return [...before, { role, ...externalId, sessionTags, lasting, isTagging }];
}

/** Only a ClusterSecretStore may name the namespace of the account; otherwise it is that of the reader. */
function accountOf({ store: { object, settings }, namespace }: AwsEntry): ServiceAccountName {
  const ref = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  const named = storeKind(object.kind)?.isOfCluster === true ? textAt(ref, 'namespace') : undefined;
  return { namespace: named ?? namespace, name: textAt(ref, 'name') ?? '' };
}

/** Lets an account log in with its role. */
export function accountTrust(
  { account, by, audience }: RoleLogin,
  { cluster, oidcProvider }: IamSettings,
  home: { readonly partition: string; readonly account: string },
): PolicyStatement[] {
  if (account === undefined) return [];
  const { namespace, name } = account;
  // Pod Identity gives the role to one account of one cluster (docs/facts/aws.md#pod-identity).
  const tags = {
    'aws:RequestTag/eks-cluster-name': cluster,
    'aws:RequestTag/kubernetes-namespace': namespace,
    'aws:RequestTag/kubernetes-service-account': name,
  };
  const ofPod = { Service: 'pods.eks.amazonaws.com' };
  const actions = ['sts:AssumeRole', 'sts:TagSession'];
  if (by === 'PodIdentity')
    return [{ principal: ofPod, actions, resources: [], condition: met(tags) }];
  // With IRSA one account of the cluster takes the role with its token (docs/facts/aws.md#irsa).
  const token = {
    [`${oidcProvider}:aud`]: literal(audience),
    [`${oidcProvider}:sub`]: `system:serviceaccount:${namespace}:${name}`,
  };
  const Federated = `arn:${home.partition}:iam::${home.account}:oidc-provider/${oidcProvider}`;
  const taking = ['sts:AssumeRoleWithWebIdentity'];
  return [{ principal: { Federated }, actions: taking, resources: [], condition: met(token) }];
}

/** Lets one role assume the next with the store's tags and external ID (docs/facts/aws.md#session-tags). */
export function hopTrust(from: string, hop: Hop): PolicyStatement[] {
  const { externalId, sessionTags, lasting, isTagging } = hop;
  const principal = { AWS: from };
  const tags = Object.fromEntries(
    sessionTags.map(([key, value]) => [`aws:RequestTag/${key}`, literal(value)]),
  );
  const equals = { ...tags, ...optional('sts:ExternalId', externalId && literal(externalId)) };
  const assume = { principal, actions: ['sts:AssumeRole'], resources: [], condition: met(equals) };
  if (!isTagging) return [assume];
  const keys = { 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': lasting } };
  const condition = { ...met(tags), ...(lasting.length > 0 && keys) };
  return [assume, { principal, actions: ['sts:TagSession'], resources: [], condition }];
}

function met(equals: JsonObject): JsonObject {
  return unlessEmpty('StringEquals', equals);
}
