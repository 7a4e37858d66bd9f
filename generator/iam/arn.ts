import { isUnresolved } from '../core/kube-object.ts';
import { VARIABLES } from '../environments/clusters.ts';
import type { AwsEntry } from '../graph/aws-entries.ts';
import type { AwsSource } from '../kinds/eso/stores.ts';

/** The name of things in AWS: one, or as many as its pattern fits. */
export interface Arn {
  /** What stands before the name. */
  readonly head: string;
  /** The name, which may have levels. */
  readonly name: string;
  /** What stands after it. */
  readonly tail: string;
}

/** Where something is in AWS. */
export interface Home {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

export function arnText({ head, name, tail }: Arn): string {
  return head + name + tail;
}

/** The partition that a region is in, by the beginning of its name. */
function partitionOf(region: string): string {
  if (region === VARIABLES.region) return VARIABLES.partition;
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Where a store's entries are; a region that is not known yet is filled in later. */
export function homeOf({ region }: AwsSource, account: string): Home {
  const known = region === '' || isUnresolved(region) ? VARIABLES.region : region;
  return { partition: partitionOf(known), region: known, account };
}

/** A parameter, or with an ending those that begin so; the slash before a name is part of neither. */
export function parameterArn({ partition, region, account }: Home, name: string, tail = ''): Arn {
  if (name.startsWith('arn:')) return { head: name, name: '', tail };
  return {
    head: `arn:${partition}:ssm:${region}:${account}:parameter`,
    name: `/${name.replace(/^\//, '')}`,
    tail,
  };
}

/** Secrets Manager ends the ARN of a secret with six characters of its own. */
const SUFFIX = '-??????';

/** A secret, or with an ending those that begin so. */
export function secretArn(
  { partition, region, account }: Home,
  name: string,
  tail: string = SUFFIX,
): Arn {
  if (name.startsWith('arn:'))
    return { head: name, name: '', tail: /-\w{6}$/.test(name) ? '' : tail };
  return { head: `arn:${partition}:secretsmanager:${region}:${account}:secret:`, name, tail };
}

/** A role, by its ARN or its name. */
export function roleArn(role: string, { partition, account }: Omit<Home, 'region'>): string {
  return role.startsWith('arn:') ? role : `arn:${partition}:iam::${account}:role/${role}`;
}

/** A user of the account, who has access keys. */
export function userArn(name: string, { partition, account }: Omit<Home, 'region'>): string {
  return `arn:${partition}:iam::${account}:user/${name}`;
}

export function isUserArn(arn: string): boolean {
  return arn.includes(':user/');
}

/** What a role is called, whatever its path. */
export function roleName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The path that a role is kept under, with slashes around it. */
export function rolePath(arn: string): string {
  return /:(?:role|user)(\/(?:.*\/)?)[^/]*$/.exec(arn)?.[1] ?? '/';
}

/** Whether an entry says what it reads: its name is there and filled in, or it searches. */
export function isNamed({ name }: AwsEntry): boolean {
  return name === undefined || (name !== '' && !isUnresolved(name));
}
