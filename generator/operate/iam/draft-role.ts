import type { AwsEntry } from '../../graph/aws-stores.ts';
import { isSame } from '../../ground/json.ts';
import { accountOf } from '../../kinds/ack/policy-document.ts';
import { isUserArn, roleName, rolePath } from './arn.ts';
import type { Grant } from './grant.ts';
import type { ServiceAccountName } from './settings.ts';
import type { PolicyStatement } from './statements.ts';

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
