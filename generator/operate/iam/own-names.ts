import type { AwsEntry } from '../../graph/aws-stores.ts';
import { shortHash } from '../../ground/plain-name.ts';
import type { Login } from './login.ts';
import type { IamSettings } from './settings.ts';

/**
 * The name of a role or user that no manifest names. The cluster's ESO has one role; accounts and
 * users have one each, so that what stands between the parts is nothing that may be in one.
 */
export function ownName({ account }: Login, { store }: AwsEntry, settings: IamSettings): string {
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
