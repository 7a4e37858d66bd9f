import type { AwsEntry } from '../../graph/aws-stores.ts';
import { isSame } from '../../ground/json.ts';
import { shortHash } from '../../ground/plain-name.ts';
import { accountOf } from '../../kinds/ack/policy-document.ts';
import { isUserArn, roleName, rolePath } from './arn.ts';
import type { Grant } from './grant.ts';
import type { RoleLogin } from './login.ts';
import type { IamSettings, ServiceAccountName } from './settings.ts';
import type { PolicyStatement } from './statements.ts';

/** What a role is called, and where it is. */
export interface RoleName {
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
export interface DraftRole extends RoleName {
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
export interface Roles {
  /** The account that it is in, as far as that can be known. */
  readonly account: string;
  readonly byArn: Map<string, DraftRole>;
}

/** Adds what a list has not. */
export function addNew<T>(list: T[], more: readonly T[]): void {
  list.push(...more.filter(one => !list.some(known => isSame(known, one))));
}

/** The role of an ARN, a new one at its first use. */
export function roleAt(arn: string, entry: AwsEntry, { account, byArn }: Roles): DraftRole {
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
export function ownName(
  { account }: RoleLogin,
  { store }: AwsEntry,
  settings: IamSettings,
): string {
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
export function policyNames(role: string, count: number): string[] {
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
