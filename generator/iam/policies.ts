import {
  groupBy,
  isMap,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  scalarText,
  sortBy,
  textAt,
} from '../core/json.ts';
import { type IamSettings, type ServiceAccountName, VARIABLES } from '../environments/clusters.ts';
import type { AwsEntry } from '../graph/aws-entries.ts';
import { ROLE_ARN } from '../graph/iam.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { serviceAccount } from '../kinds/core/service.ts';
import { storeKind } from '../kinds/eso/stores.ts';
import { annotationOf } from '../kinds/kind.ts';
import { type Arn, arnText } from './arn.ts';
import type { Grant } from './grants.ts';

/** A policy document, in IAM's own terms (docs/facts/aws.md#iam-policies). */
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

/** An account has twelve digits; of what else is filled in no policy that has a limit holds much. */
const FILLED: readonly (readonly [variable: string, example: string])[] = [
  [VARIABLES.account, '123456789012'],
  [VARIABLES.region, 'ap-southeast-99'],
  [VARIABLES.partition, 'aws-us-gov'],
  [VARIABLES.cluster, 'c'.repeat(100)],
  [VARIABLES.oidcProvider, `oidc.eks.ap-southeast-99.amazonaws.com/id/${'0'.repeat(32)}`],
];

/** How many characters of a limit something takes: AWS counts no white space. */
export function sizeOf(value: unknown): number {
  const text = JSON.stringify(value);
  if (!text.includes('$')) return text.length;
  return FILLED.reduce((filled, [variable, example]) => filled.replaceAll(variable, example), text)
    .length;
}

/** How ESO comes to the rights with which it serves an entry (docs/facts/eso.md#aws-login). */
export interface RoleLogin {
  /** The account that AWS knows it by; none with access keys. */
  readonly account?: ServiceAccountName;
  readonly by: 'PodIdentity' | 'IRSA' | 'AccessKeys';
  /** The role that the account is annotated with. */
  readonly role?: string;
  /** Whom its token is meant for. */
  readonly audience: string;
  /** The roles that it takes on one after the other; the last one reads. */
  readonly hops: readonly Hop[];
}

/** A role that the one before it assumes. */
export interface Hop {
  readonly role: string;
  readonly externalId?: string;
  readonly sessionTags: readonly SessionTag[];
  /** ESO gives the session tags: those of the store, or the namespace and the store themselves. */
  readonly isTagging: boolean;
}

interface SessionTag {
  readonly key: string;
  readonly value: string;
  /** It stays with the sessions of the roles that are assumed after it. */
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

/** A ClusterSecretStore, and no generator, may name the namespace; else it is that of what reads. */
function accountOf({ store: { object, settings }, namespace }: AwsEntry): ServiceAccountName {
  const ref = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  const own = storeKind(object.kind)?.isOfCluster === true ? textAt(ref, 'namespace') : undefined;
  return { namespace: own ?? namespace, name: textAt(ref, 'name') ?? '' };
}

/** First the additional roles; the external ID and the tags are for the last one alone. */
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

/** How many managed policies a role has without a raised quota (docs/facts/aws.md#iam-limits). */
export const POLICIES = 10;

/** Policies within AWS' limits. */
interface Sized {
  readonly policies: readonly (readonly PolicyStatement[])[];
  /** The subtrees that they allow as a whole, with how many entries are known there. */
  readonly wider: ReadonlyMap<string, number>;
}

/**
 * Exact names if they fit into one policy; or else the smallest subtrees with which all fits into
 * one; or else the exact names, or at last subtrees, in several. Undefined: not even so.
 */
export function sizedPolicies(grants: readonly Grant[], known: Below): Sized | undefined {
  let several: Sized | undefined;
  for (const { grants: tried, wider } of tries(grants, known)) {
    if (isFarTooMuch(tried)) continue;
    const policies = splitPolicies(statementGroups(tried));
    if (policies.length > POLICIES || !doFit(policies)) continue;
    if (policies.length === 1) return { policies, wider };
    several ??= { policies, wider };
  }
  return several;
}

/** The names, then subtrees. */
function* tries(grants: readonly Grant[], known: Below): Generator<Folded> {
  yield { grants, wider: new Map() };
  yield* foldings(grants, known);
}

/** Whether the names alone, each once, are longer than all policies: no need to put them in order. */
function isFarTooMuch(grants: readonly Grant[]): boolean {
  const names = new Set(grants.map(listedText));
  let size = 0;
  // A variable may be longer than what is filled in for it.
  for (const name of names) size += name.length / 2;
  return size > POLICIES * POLICY_SIZE;
}

/** The characters of a managed policy (docs/facts/aws.md#iam-limits); it cannot be raised. */
export const POLICY_SIZE = 6144;

/** A policy while statements are put into it. */
interface Growing {
  statements: PolicyStatement[];
  size: number;
}

const EMPTY = sizeOf(policyDocument([]));

/** Statements in as many policies as they need, in their order: each takes what still fits. */
function splitPolicies(groups: readonly StatementGroup[]): PolicyStatement[][] {
  const policies: Growing[] = [{ statements: [], size: EMPTY }];
  for (const { listed, statementOf } of groups) {
    let rest = listed;
    while (rest.length > 0) {
      const policy = policies.at(-1) ?? { statements: [], size: EMPTY };
      const count = howMany(rest, statementOf, POLICY_SIZE - policy.size);
      if (count === 0 && policy.statements.length > 0) {
        policies.push({ statements: [], size: EMPTY });
        continue;
      }
      // What does not fit even alone is told as too large.
      const statement = statementOf(rest.slice(0, Math.max(count, 1)));
      policy.statements.push(statement);
      policy.size += statementSize(statement);
      rest = rest.slice(Math.max(count, 1));
    }
  }
  return policies.map(({ statements }) => statements);
}

/** How many of a list fit into a statement of at most this size. */
function howMany(
  listed: readonly string[],
  statementOf: StatementGroup['statementOf'],
  room: number,
): number {
  const [first = ''] = listed;
  // A list of one is written without brackets.
  let left = room - statementSize(statementOf([first])) - 2;
  if (left < -2) return 0;
  let count = 1;
  for (; count < listed.length; count += 1) {
    left -= sizeOf(listed[count]) + 1;
    if (left < 0) break;
  }
  return count;
}

/** With the comma before it. */
function statementSize(statement: PolicyStatement): number {
  return sizeOf(policyDocument([statement])) - EMPTY + 1;
}

/** Whether each policy is one that AWS takes. */
function doFit(policies: readonly (readonly PolicyStatement[])[]): boolean {
  return policies.every(statements => sizeOf(policyDocument(statements)) <= POLICY_SIZE);
}

/** How many entries are known below each path, by what stands before the names. */
export type Below = ReadonlyMap<string, number>;

/** A subtree that is allowed as a whole. */
interface Folded {
  readonly grants: readonly Grant[];
  /** The patterns that stand in the place of names, with how many. */
  readonly wider: ReadonlyMap<string, number>;
}

/** Counts the entries of AWS below each path, each once. */
export function countBelow(entries: Iterable<Arn>): Below {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  for (const arn of entries) {
    const text = arnText(arn);
    if (seen.has(text)) continue;
    seen.add(text);
    for (const path of pathsOf(arn)) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}

/** The paths above a name, the uppermost first: `…:parameter/rem/`, `…:parameter/rem/llm/`. */
function pathsOf({ head, name, tail }: Arn): string[] {
  if (tail.startsWith('*') || tail.startsWith('/')) return [];
  const paths: string[] = [];
  for (let at = name.indexOf('/', 1); at >= 0; at = name.indexOf('/', at + 1))
    paths.push(head + name.slice(0, at + 1));
  return paths;
}

/** What is named: a key is for the entries that it encrypts. */
function entryOf({ on, of }: Grant): Arn {
  return of?.entry ?? on;
}

/**
 * Grants with ever larger subtrees in the place of names, wherever they are: those in which a role has every
 * entry that is known, as nothing that is there would become readable with them.
 */
function* foldings(grants: readonly Grant[], known: Below): Generator<Folded> {
  const mine = new Map(
    [...groupBy(grants, actionOf)].map(([action, group]) => [
      action,
      countBelow(group.map(entryOf)),
    ]),
  );
  const trees = grants.map((grant): Tree[] =>
    pathsOf(entryOf(grant)).flatMap(path => {
      const count = mine.get(actionOf(grant))?.get(path) ?? 0;
      return count > 1 && count === known.get(path) ? [{ path, count }] : [];
    }),
  );
  const largest = trees.reduce((most, [tree]) => Math.max(most, tree?.count ?? 0), 0);
  const smallest = trees.reduce(
    (least, all) => Math.min(least, all.at(-1)?.count ?? least),
    largest,
  );
  for (let most = smallest; most > 0 && most < 2 * largest; most *= 2)
    yield folded(grants, trees, most);
}

/** A path below which a role has all that is known, and how much that is. */
interface Tree {
  readonly path: string;
  readonly count: number;
}

/** The uppermost trees of at most so many entries in the place of names. */
function folded(
  grants: readonly Grant[],
  trees: readonly (readonly Tree[])[],
  most: number,
): Folded {
  const wider = new Map<string, number>();
  const all = grants.map((grant, index) => {
    const tree = trees[index]?.find(({ count }) => count <= most);
    if (tree === undefined) return grant;
    const pattern = { head: tree.path, name: '', tail: '*' };
    wider.set(arnText(pattern), tree.count);
    return grant.of === undefined
      ? { ...grant, on: pattern }
      : { ...grant, of: { ...grant.of, entry: pattern } };
  });
  return { grants: all, wider: new Map(sortBy([...wider], ([pattern]) => pattern)) };
}

/** The key counts too: what is encrypted with one says nothing of another. */
function actionOf({ action, on, of }: Grant): string {
  return of === undefined ? action : `${action} ${arnText(on)}`;
}

/** A statement of a policy, that allows. */
export interface PolicyStatement {
  /** Who, in a trust policy. */
  readonly principal?: JsonObject;
  readonly actions: readonly string[];
  /** None in a trust policy. */
  readonly resources: readonly string[];
  readonly condition: JsonObject;
  /** Why its resources are no exact names. */
  readonly why?: string;
}

/** Statements that differ in nothing but what they list, which may be told apart at will. */
interface StatementGroup {
  /** All of them, in this order. */
  readonly listed: readonly string[];
  readonly statementOf: (listed: readonly string[]) => PolicyStatement;
}

/** What is allowed on one thing. */
interface Allowed {
  readonly grant: Grant;
  readonly listed: string;
  readonly actions: string;
}

/**
 * Grants as few statements: first the actions for each thing, then the things with the same actions.
 * A key lists the entries that it is used for.
 */
function statementGroups(grants: readonly Grant[]): StatementGroup[] {
  const things = [...groupBy(grants, grant => `${frameOf(grant)}\n${listedText(grant)}`).values()];
  const allowed = things.flatMap(([grant, ...others]): Allowed[] => {
    if (grant === undefined) return [];
    const actions = new Set([grant, ...others].map(({ action }) => action));
    return [{ grant, listed: listedText(grant), actions: [...actions].sort().join() }];
  });
  const groups = groupBy(allowed, ({ grant, actions }) => `${actions}\n${frameOf(grant)}`);
  return sortBy([...groups], ([id]) => id).flatMap(([, [first, ...others]]) =>
    first === undefined ? [] : [groupOf(first, [first, ...others])],
  );
}

/** What two grants have to have in common to be in one statement, besides actions. */
function frameOf({ on, condition, why = '', of }: Grant): string {
  const key = of === undefined ? '' : `${of.service} ${of.contextKey} ${arnText(on)}`;
  return `${why}\n${key}\n${conditionText(condition)}`;
}

/** Most grants have none. */
function conditionText(condition: JsonObject): string {
  return Object.keys(condition).length === 0 ? '' : JSON.stringify(condition);
}

function groupOf({ grant, actions: names }: Allowed, all: readonly Allowed[]): StatementGroup {
  const { on, of, condition, why } = grant;
  const actions = names.split(',');
  const because = why === undefined ? {} : { why };
  const listed = all.map(one => one.listed).sort();
  if (of === undefined)
    return {
      listed,
      statementOf: resources => ({ actions, resources, condition, ...because }),
    };
  return {
    listed,
    statementOf: entries => ({
      actions,
      resources: [arnText(on)],
      condition: { ...condition, ...keyCondition(of.service, of.contextKey, entries) },
      ...because,
    }),
  };
}

/** What a key may be used for, as a condition: by the service alone, and for these entries alone. */
function keyCondition(service: string, contextKey: string, entries: readonly string[]): JsonObject {
  const context = { [`kms:EncryptionContext:${contextKey}`]: entries };
  const via = { 'kms:ViaService': service };
  const isPattern = entries.some(entry => /[*?]/.test(entry));
  return isPattern
    ? { StringEquals: via, StringLike: context }
    : { StringEquals: { ...via, ...context } };
}

/** A grant's entry as text, for a key; its own name for anything else. */
function listedText({ on, of }: Grant): string {
  return arnText(of?.entry ?? on);
}
