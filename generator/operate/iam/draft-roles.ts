import { awsEntries } from '../../graph/aws-entries.ts';
import type { AwsEntry } from '../../graph/aws-stores.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { accountOf } from '../../kinds/ack/policy-document.ts';
import { type Home, homeOf, isNamed, roleArn, userArn } from './arn.ts';
import { addNew, type DraftRole, ownName, type Roles, roleAt } from './draft-role.ts';
import { entryGrants } from './entry-grants.ts';
import { type Hop, loginOf, type RoleLogin } from './login.ts';
import { type IamSettings, VARIABLES } from './settings.ts';
import type { PolicyStatement } from './statements.ts';
import { accountTrust, hopActions, hopTrust } from './trust.ts';

/** How ESO comes to an entry, from the role that its account has itself. */
interface Start {
  readonly entry: AwsEntry;
  readonly login: RoleLogin;
  /** Where its roles are. */
  readonly home: Home;
  readonly arn: string;
}

/** All roles that ESO needs in a cluster, in the order in which they are assumed. */
export function draftRoles(graph: SecretGraph, settings: IamSettings): DraftRole[] {
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
