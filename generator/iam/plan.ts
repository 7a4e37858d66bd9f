import { isSame, sortBy } from '../core/json.ts';
import { isUnresolved, shortHash } from '../core/kube-object.ts';
import { type IamSettings, type ServiceAccountName, VARIABLES } from '../environments/clusters.ts';
import { awsBulkPushes, awsEntries } from '../graph/aws-entries.ts';
import { type AwsEntry, awsSessions } from '../graph/aws-stores.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { accountOf } from '../kinds/ack.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { ObjectFault } from '../lint/rule.ts';
import {
  type Arn,
  type Home,
  homeOf,
  isNamed,
  isUserArn,
  parameterArn,
  roleArn,
  roleName,
  rolePath,
  secretArn,
  userArn,
} from './arn.ts';
import { entryGrants, type Grant } from './grants.ts';
import {
  type Below,
  countBelow,
  type Hop,
  loginOf,
  POLICIES,
  POLICY_SIZE,
  type PolicyStatement,
  policyDocument,
  type RoleLogin,
  sizedPolicies,
  sizeOf,
} from './policies.ts';
import { accountTrust, hopActions, hopTrust } from './trust.ts';

/** All that one cluster has, with what manifests do not say. */
export interface ClusterGraph {
  /** The environment, or the cluster that several share. */
  readonly name: string;
  readonly graph: SecretGraph;
  readonly settings: IamSettings;
}

/** The IAM of several clusters: what one reads keeps another from having it with a whole subtree. */
export function clusterPlans(clusters: readonly ClusterGraph[]): Planned[] {
  const known = knownBelow(clusters);
  return clusters.map(({ name, graph, settings }) => iamPlan(name, graph, known, settings));
}

/** How many entries of AWS are known below each path, in all clusters together. */
function knownBelow(graphs: readonly ClusterGraph[]): Below {
  const arns: Arn[] = [];
  for (const { graph, settings } of graphs)
    for (const entry of awsEntries(graph)) arns.push(...arnsOf(entry, settings));
  return countBelow(arns);
}

function arnsOf(entry: AwsEntry, { account }: IamSettings): Arn[] {
  if (entry.name === undefined || !isNamed(entry)) return [];
  const home = homeOf(entry.store, account);
  const { service } = entry.store;
  return [
    service === 'ParameterStore' ? parameterArn(home, entry.name) : secretArn(home, entry.name),
  ];
}

/** The IAM that ESO needs in one cluster, with what is left open as variables. */
export interface IamPlan {
  /** What it is for: an environment, or the cluster that several share. */
  readonly name: string;
  readonly cluster: string;
  /** In the order in which they are assumed. */
  readonly roles: readonly IamRole[];
  /** What it does not have, a sentence each. */
  readonly missing: readonly string[];
}

export interface IamRole extends RoleName {
  readonly trust: readonly PolicyStatement[];
  /** The account that Pod Identity gives it to. */
  readonly associated?: ServiceAccountName;
  /** The accounts that are annotated with it. */
  readonly annotated: readonly ServiceAccountName[];
  readonly policies: readonly IamPolicy[];
  /** The stores that it serves, sorted. */
  readonly stores: readonly string[];
  /** The subtrees that it is allowed as a whole, with how many entries are known there. */
  readonly wider: ReadonlyMap<string, number>;
}

export interface IamPolicy {
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

/** A plan, and what it leaves out or cannot be. */
interface Planned {
  readonly plan: IamPlan;
  readonly faults: readonly ObjectFault[];
}

/** The IAM of one cluster; `known` are the entries of all clusters, also of those beside it. */
function iamPlan(name: string, graph: SecretGraph, known: Below, settings: IamSettings): Planned {
  const faults: ObjectFault[] = awsEntries(graph).flatMap(unresolvedName);
  const roles = draftRoles(graph, settings).flatMap(draft => {
    const role = sizedRole(draft, known);
    if ('message' in role) faults.push(role);
    return 'message' in role ? [] : [role];
  });
  return {
    plan: {
      name,
      cluster: settings.cluster,
      roles,
      missing: [...bulkPushes(graph), ...sessions(graph)],
    },
    faults,
  };
}

/** A bulk push needs rights on whatever it finds to push. */
function bulkPushes(graph: SecretGraph): string[] {
  return awsBulkPushes(graph).map(
    ({ object, store }) =>
      `dataTo of ${calledIn(object)} is not covered: what it pushes to ${store.object.kind} ${store.object.name} is known only from the Secret`,
  );
}

/** STS gives sessions without any permission, and to users alone (docs/facts/aws.md#session-tokens). */
function sessions(graph: SecretGraph): string[] {
  return awsSessions(graph).map(({ object, by }) =>
    by === 'user'
      ? `${calledIn(object)} needs no permission: AWS asks a user for none to get a session`
      : `${calledIn(object)} cannot work with any permission: AWS gives a session to a user with access keys, and to no role`,
  );
}

/** `PushSecret shop/out`. */
function calledIn({ kind, namespace, name }: PlacedObject): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** What would be a hole in a policy, or an ARN of nothing. */
function unresolvedName({ object, path, name }: AwsEntry): ObjectFault[] {
  if (name === undefined || !isUnresolved(name)) return [];
  return [
    {
      id: 'unresolved-name',
      severity: 'error',
      object,
      path,
      message: `"${name}" is not filled in, so that no policy can name it`,
      hint: 'Give the manifests as they are after the tool that fills it in.',
    },
  ];
}

/** The most characters of a trust policy (docs/facts/aws.md#iam-limits). */
const TRUST_SIZE = 2048;

function sizedRole(draft: DraftRole, known: Below): IamRole | ObjectFault {
  const { grants, entry, stores, ...rest } = draft;
  const sized = sizedPolicies(grants, known);
  if (sized === undefined) return tooLarge(draft);
  if (sizeOf(policyDocument(rest.trust)) > TRUST_SIZE) return trustTooLarge(draft);
  const names = policyNames(rest.name, sized.policies.length);
  return {
    ...rest,
    policies: sized.policies.map((statements, index) => ({ name: names[index] ?? '', statements })),
    stores: [...stores].sort(),
    wider: sized.wider,
  };
}

function tooLarge(draft: DraftRole): ObjectFault {
  return sizeFault(
    draft,
    `role "${draft.name}" would need more than ${POLICIES} policies of ${POLICY_SIZE} characters`,
    'Keep values that are read together in one entry, as JSON, put them below a path of their own, or give the stores roles of their own.',
  );
}

function trustTooLarge(draft: DraftRole): ObjectFault {
  return sizeFault(
    draft,
    `the trust policy of role "${draft.name}" is longer than the ${TRUST_SIZE} characters that AWS allows`,
    'Let fewer roles or accounts take on this one.',
  );
}

function sizeFault({ entry: { store } }: DraftRole, message: string, hint: string): ObjectFault {
  return { id: 'iam-size', object: store.object, path: store.path, message, hint };
}

/** How ESO comes to an entry, from the role that its account has itself. */
interface Start {
  readonly entry: AwsEntry;
  readonly login: RoleLogin;
  /** Where its roles are. */
  readonly home: Home;
  readonly arn: string;
}

/** All roles that ESO needs in a cluster, in the order in which they are assumed. */
function draftRoles(graph: SecretGraph, settings: IamSettings): DraftRole[] {
  const entries = sortBy(awsEntries(graph).filter(isNamed), orderOf);
  const homeIn = homesOf(entries, settings);
  const starts = entries.map((entry): Start => {
    const [login, home] = [loginOf(entry, graph, settings), homeIn(entry)];
    return { entry, login, home, arn: firstArn(login, entry, home, settings) };
  });
  const roles: Roles = { account: clusterAccount(starts, settings), byArn: new Map() };
  const chains = new Map<string, DraftRole>();
  for (const start of starts) {
    const { entry, login, arn } = start;
    const id = JSON.stringify([arn, login, entry.store.region]);
    const last = chains.get(id) ?? chainOf(start, roles, settings);
    chains.set(id, last);
    last.grants.push(...entryGrants(entry, accountOf(last.arn) ?? settings.account, settings));
    last.stores.add(`${entry.store.object.kind} ${entry.store.object.name}`);
  }
  return [...roles.byArn.values()];
}

/**
 * Where the roles for entries are. A region that is not known yet is in the partition that all others
 * are in: an account has one role, whatever is known of its stores.
 */
function homesOf(
  entries: readonly AwsEntry[],
  { account }: IamSettings,
): (entry: AwsEntry) => Home {
  const all = new Set(entries.map(({ store }) => homeOf(store, account).partition));
  all.delete(VARIABLES.partition);
  const [only, ...others] = all;
  return ({ store }) => {
    const home = homeOf(store, account);
    const isOpen = home.partition === VARIABLES.partition;
    return isOpen && only !== undefined && others.length === 0
      ? { ...home, partition: only }
      : home;
  };
}

/** Where none is given, the one account is meant whose roles the cluster's accounts have. */
function clusterAccount(starts: readonly Start[], { account }: IamSettings): string {
  if (account !== VARIABLES.account) return account;
  const [only = account, ...others] = new Set(starts.flatMap(({ arn }) => accountOf(arn) ?? []));
  return others.length > 0 ? account : only;
}

/** Roles stand in the order of the stores, whatever that of the manifests is. */
function orderOf({ store: { object }, namespace }: AwsEntry): string {
  return `${object.kind}/${object.namespace}/${object.name}/${namespace}`;
}

/** The role that reads, at the end of those that are assumed before it. */
function chainOf(start: Start, roles: Roles, settings: IamSettings): DraftRole {
  const { entry, login, home, arn } = start;
  const first = roleAt(arn, entry, roles);
  const account = accountOf(arn) ?? home.account;
  addLogin(first, login, accountTrust(login, settings, { ...home, account }));
  return login.hops.reduce((from, hop) => assumed(from, hop, entry, home, roles), first);
}

/** Gives a role to the account that logs in with it, which others may have too. */
function addLogin(
  role: DraftRole,
  { account, by }: RoleLogin,
  trust: readonly PolicyStatement[],
): void {
  addNew(role.trust, trust);
  if (account === undefined) return;
  if (by === 'IRSA') addNew(role.annotated, [account]);
  else role.associated = account;
}

function firstArn(login: RoleLogin, entry: AwsEntry, home: Home, settings: IamSettings): string {
  if (login.role !== undefined) return roleArn(login.role, home);
  const name = ownName(login, entry, settings);
  return login.account === undefined ? userArn(name, home) : roleArn(name, home);
}

/** Lets one role take on the next, and the next be taken on by it. */
function assumed(from: DraftRole, hop: Hop, entry: AwsEntry, home: Home, roles: Roles): DraftRole {
  const arn = roleArn(hop.role, home);
  const role = roleAt(arn, entry, roles);
  for (const action of hopActions(hop))
    from.grants.push({ action, on: { head: arn, name: '', tail: '' }, condition: {} });
  addNew(role.trust, hopTrust(from.arn, hop));
  return role;
}

/** What a role is called, and where it is. */
interface RoleName {
  readonly name: string;
  readonly arn: string;
  /** The path that it is kept under, where it is not at the top. */
  readonly path?: string;
  /** The account that it is in, where it is not that of the cluster. */
  readonly otherAccount?: string;
  /** It is a user with access keys, whom nobody assumes: there is no role to make. */
  readonly isUser: boolean;
}

/** A role while its uses are gathered: its policies are not cut to size yet. */
interface DraftRole extends RoleName {
  readonly trust: PolicyStatement[];
  /** The account that Pod Identity gives it to. */
  associated?: ServiceAccountName;
  /** The accounts that are annotated with it. */
  readonly annotated: ServiceAccountName[];
  readonly grants: Grant[];
  /** The first entry that it serves. */
  readonly entry: AwsEntry;
  readonly stores: Set<string>;
}

/** The roles of one cluster. */
interface Roles {
  /** The account that it is in, as far as that can be known. */
  readonly account: string;
  readonly byArn: Map<string, DraftRole>;
}

/** Adds what a list has not. */
function addNew<T>(list: T[], more: readonly T[]): void {
  list.push(...more.filter(one => !list.some(known => isSame(known, one))));
}

/** The role of an ARN, a new one at its first use. */
function roleAt(arn: string, entry: AwsEntry, { account, byArn }: Roles): DraftRole {
  const role = byArn.get(arn) ?? draft(arn, entry, account);
  byArn.set(arn, role);
  return role;
}

function draft(arn: string, entry: AwsEntry, ownAccount: string): DraftRole {
  const account = accountOf(arn);
  const isElsewhere = account !== undefined && account !== ownAccount;
  const path = rolePath(arn);
  return {
    name: roleName(arn),
    arn,
    ...(path !== '/' && { path }),
    ...(isElsewhere && { otherAccount: account }),
    isUser: isUserArn(arn),
    trust: [],
    annotated: [],
    grants: [],
    entry,
    stores: new Set(),
  };
}

/**
 * The name of a role or user that no manifest names. The cluster's ESO has one role; accounts and
 * users have one each, so that what stands between the parts is nothing that may be in one.
 */
function ownName({ account }: RoleLogin, { store }: AwsEntry, settings: IamSettings): string {
  const { prefix, controller } = settings;
  if (account === undefined) return cut(`${prefix}-${userOf(store)}`);
  const isController =
    account.name === controller.name && account.namespace === controller.namespace;
  const rest = isController ? 'external-secrets' : `${account.namespace}.${account.name}`;
  return cut(`${prefix}-${rest}`);
}

function userOf({ object: { namespace, name } }: AwsEntry['store']): string {
  return namespace === '' ? `user@${name}` : `user@${namespace}@${name}`;
}

/** The names of a role's policies; a name of ours has no such number at its end. */
function policyNames(role: string, count: number): string[] {
  if (count === 1) return [role];
  return Array.from({ length: count }, (_, index) => `${role}_${index + 1}`);
}

/** The most characters of the name of a role (docs/facts/aws.md#iam-limits). */
const LONGEST = 64;

/** AWS takes no longer name. */
function cut(name: string): string {
  const hash = shortHash(name);
  return name.length > LONGEST ? `${name.slice(0, LONGEST - hash.length - 1)}_${hash}` : name;
}
