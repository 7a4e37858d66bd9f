import { awsEntries } from '../../graph/aws-entries.ts';
import type { AwsEntry } from '../../graph/aws-stores.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { isSame } from '../../ground/same.ts';
import { sortBy } from '../../ground/sort-by.ts';
import {
  accountOf,
  type Home,
  homeOf,
  isUserArn,
  roleArn,
  roleName,
  rolePath,
  userArn,
} from './arn.ts';
import { entryGrants } from './entry-grants.ts';
import type { Grant } from './grant.ts';
import { isNamed } from './judged.ts';
import { type Hop, type Login, loginOf } from './login.ts';
import { ownName } from './own-names.ts';
import type { IamSettings, ServiceAccountName } from './settings.ts';
import type { PolicyStatement } from './statements.ts';
import { accountTrust, hopActions, hopTrust } from './trust.ts';
import { VARIABLES } from './variables.ts';

/** A role while its uses are gathered: its policies are not cut to size yet. */
export interface DraftRole {
  readonly name: string;
  readonly arn: string;
  /** The path that it is kept under, where it is not at the top. */
  readonly path?: string;
  /** The account that it is in, where it is not that of the cluster. */
  readonly otherAccount?: string;
  /** It is a user with access keys, whom nobody assumes. */
  readonly isUser: boolean;
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

/** The roles of one cluster, by their ARNs. */
type Roles = Map<string, DraftRole>;

/** All roles that ESO needs in a cluster, in the order in which they are assumed. */
export function draftRoles(graph: SecretGraph, settings: IamSettings): DraftRole[] {
  const roles: Roles = new Map();
  const chains = new Map<string, DraftRole>();
  for (const entry of sortBy(awsEntries(graph).filter(isNamed), orderOf)) {
    const login = loginOf(entry, graph, settings);
    const first = firstArn(login, entry, homeOf(entry.store, settings.account), settings);
    const id = JSON.stringify([first, login, entry.store.region]);
    const last = chains.get(id) ?? chainOf(first, login, entry, roles, settings);
    chains.set(id, last);
    last.grants.push(...entryGrants(entry, accountOf(last.arn) ?? settings.account, settings));
    last.stores.add(`${entry.store.item.kind} ${entry.store.item.name}`);
  }
  return [...roles.values()];
}

/** Roles stand in the order of the stores, whatever that of the manifests is. */
function orderOf({ store: { item }, namespace }: AwsEntry): string {
  return `${item.kind}/${item.namespace}/${item.name}/${namespace}`;
}

/** The role that reads, at the end of those that are assumed before it. */
function chainOf(
  arn: string,
  login: Login,
  entry: AwsEntry,
  roles: Roles,
  settings: IamSettings,
): DraftRole {
  const home = homeOf(entry.store, settings.account);
  const own = accountOf(arn) ?? home.account;
  // Where no account is given, that of the role which the cluster's account has is meant.
  const first = roleAt(arn, entry, isGiven(settings) ? settings.account : own, roles);
  addLogin(first, login, accountTrust(login, settings, { ...home, account: own }));
  return login.hops.reduce((from, hop) => assumed(from, hop, entry, home, roles), first);
}

/** Gives a role to the account that logs in with it, which others may have too. */
function addLogin(
  role: DraftRole,
  { account, by }: Login,
  trust: readonly PolicyStatement[],
): void {
  addNew(role.trust, trust);
  if (account === undefined) return;
  if (by === 'IRSA') addNew(role.annotated, [account]);
  else role.associated = account;
}

function firstArn(login: Login, entry: AwsEntry, home: Home, settings: IamSettings): string {
  if (login.role !== undefined) return roleArn(login.role, home);
  const name = ownName(login, entry, settings);
  return login.account === undefined ? userArn(name, home) : roleArn(name, home);
}

function addNew<T>(list: T[], more: readonly T[]): void {
  list.push(...more.filter(one => !list.some(known => isSame(known, one))));
}

function isGiven({ account }: IamSettings): boolean {
  return account !== VARIABLES.account;
}

/** The role of an ARN, a new one at its first use. */
function roleAt(arn: string, entry: AwsEntry, ownAccount: string, roles: Roles): DraftRole {
  const role = roles.get(arn) ?? draft(arn, entry, ownAccount);
  roles.set(arn, role);
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

/** Lets one role take on the next, and the next be taken on by it. */
function assumed(from: DraftRole, hop: Hop, entry: AwsEntry, home: Home, roles: Roles): DraftRole {
  const arn = roleArn(hop.role, home);
  const role = roleAt(arn, entry, home.account, roles);
  for (const action of hopActions(hop))
    from.grants.push({ action, on: { head: arn, name: '', tail: '' }, condition: {} });
  addNew(role.trust, hopTrust(from.arn, hop));
  return role;
}
