import { awsPartition } from '../core/aws-regions.ts';
import { type JsonObject, mapAt, scalarText, textAt } from '../core/json.ts';
import { isUnresolved, unlessEmpty } from '../core/kube-object.ts';
import { type IamSettings, VARIABLES } from '../environments/clusters.ts';
import { type AwsEntry, callsFor } from '../graph/aws-entries.ts';
import type { AwsCall, AwsSource } from '../kinds/eso/stores.ts';

/** An action that a role is allowed on an ARN or a pattern. */
export interface Grant {
  readonly action: string;
  readonly on: Arn;
  readonly condition: JsonObject;
  /** Why `on` is a pattern. */
  readonly why?: string;
  /** For a KMS key: the service that may use it, for which entry, and the name of the entry's ARN in the context. */
  readonly of?: { readonly service: string; readonly contextKey: string; readonly entry: Arn };
}

export type Arn = Readonly<Record<'head' | 'name' | 'tail', string>>;

/** The grants that ESO needs for an entry: its calls, and those on its keys (docs/facts/aws.md#iam-policies). */
export function entryGrants(entry: AwsEntry, account: string, settings: IamSettings): Grant[] {
  const home = homeOf(entry.store, account);
  return callsFor(entry).flatMap(call =>
    targetsOf(entry, call, home).flatMap(target => {
      const grant = { action: call.action, ...target };
      if (call.key === undefined) return [grant];
      return [grant, ...keyGrants(entry, call.key, target.on, home, settings)];
    }),
  );
}

export type Home = Readonly<Record<'partition' | 'region' | 'account', string>>;

/** Where the entries of a store are, with a variable for a region that is not known. */
export function homeOf({ region: written }: AwsSource, account: string): Home {
  const region = written === '' || isUnresolved(written) ? VARIABLES.region : written;
  return {
    partition: region === VARIABLES.region ? VARIABLES.partition : awsPartition(region).partition,
    region,
    account,
  };
}

type Target = Pick<Grant, 'on' | 'condition' | 'why'>;

const EVERYTHING: Arn = { head: '*', name: '', tail: '' };

function targetsOf(entry: AwsEntry, { on }: AwsCall, home: Home): Target[] {
  switch (on) {
    case 'everything':
      return [{ on: EVERYTHING, condition: {}, why: 'AWS has no resource for it' }];
    case 'entry':
      return [{ on: namedArn(entry, home), condition: {} }];
    case 'path':
      return pathArns(entry, home).map(arn => ({ on: arn, condition: {} }));
    case 'found':
      return foundBy(entry, home);
  }
}

/** The ARN of the entry, without the version that a parameter's name may end with. */
function namedArn({ store: { service }, name = '' }: AwsEntry, home: Home): Arn {
  if (service === 'SecretsManager') return secretArn(home, name);
  return parameterArn(home, name.split(':', name.startsWith('arn:') ? 6 : 1).join(':'));
}

/** Secrets Manager ends each ARN with six random characters. */
const SUFFIX = '-??????';

/** The ARN of a secret, or with `tail` a pattern. */
export function secretArn(home: Home, name: string, tail: string = SUFFIX): Arn {
  const { partition, region, account } = home;
  if (name.startsWith('arn:'))
    return { head: name, name: '', tail: /-\w{6}$/.test(name) ? '' : tail };
  return { head: `arn:${partition}:secretsmanager:${region}:${account}:secret:`, name, tail };
}

/** The ARN of a parameter, or with `tail` a pattern. A slash before the name is not doubled. */
export function parameterArn({ partition, region, account }: Home, name: string, tail = ''): Arn {
  if (name.startsWith('arn:')) return { head: name, name: '', tail };
  return {
    head: `arn:${partition}:ssm:${region}:${account}:parameter`,
    name: `/${name.replace(/^\//, '')}`,
    tail,
  };
}

/** For GetParametersByPath AWS checks both the path and the names below it. */
function pathArns({ find }: AwsEntry, home: Home): Arn[] {
  const path = (textAt(find, 'path') ?? '').replace(/\/$/, '');
  if (path === '') return [parameterArn(home, '', '*')];
  return [parameterArn(home, path), parameterArn(home, path, '/*')];
}

function foundBy(entry: AwsEntry, home: Home): Target[] {
  const { store, find } = entry;
  const tags = Object.entries(mapAt(find, 'tags')).map(([tag, value]) => {
    return [`aws:ResourceTag/${tag}`, literal(scalarText(value))];
  });
  const condition = unlessEmpty('StringEquals', Object.fromEntries(tags) as JsonObject);
  if (store.service === 'ParameterStore') {
    const below = pathArns(entry, home).slice(-1);
    return below.map(on => ({ on, condition, why: 'it finds parameters by their tags' }));
  }
  const why = `it finds secrets by ${tags.length > 0 ? 'their tags' : 'how they begin'}`;
  const beginning = (begin: string): Target => {
    return { on: secretArn(home, begin, '*'), condition, why };
  };
  const path = textAt(find, 'path');
  if (path !== undefined) return [beginning(path)];
  return matchedNames(textAt(find, 'name', 'regexp') ?? '').map(name =>
    name.endsWith('$') ? { on: secretArn(home, name.slice(0, -1)), condition } : beginning(name),
  );
}

/** The keys of AWS itself need no permission: whoever may use the service may use them. */
const AWS_OWN = /^(arn:.*:)?alias\/aws\//;

function keyGrants(
  entry: AwsEntry,
  use: 'read' | 'write',
  on: Arn,
  home: Home,
  settings: IamSettings,
): Grant[] {
  const service = entry.store.service === 'ParameterStore' ? 'ssm' : 'secretsmanager';
  const contextKey = service === 'ssm' ? 'PARAMETER_ARN' : 'SecretARN';
  const { domain } = awsPartition(home.region);
  const { store, metadata } = entry;
  const ofStore = [store.object.name, ''].flatMap(name => settings.keys.get(name) ?? []);
  const keys = new Set([textAt(metadata, 'kmsKeyID') ?? [], ...ofStore].flat());
  const ofCustomers = [...keys].filter(key => !AWS_OWN.test(key));
  return ofCustomers.flatMap(key =>
    actionsOf(entry, use).map(action => ({
      action,
      ...keyTarget(key, home),
      of: { service: `${service}.${home.region}.${domain}`, contextKey, entry: on },
    })),
  );
}

/** Standard parameters are encrypted by KMS itself, all else by data keys (docs/facts/aws.md#iam-policies). */
function actionsOf({ store, metadata }: AwsEntry, use: 'read' | 'write'): string[] {
  if (use === 'read') return ['kms:Decrypt'];
  if (store.service === 'SecretsManager') return ['kms:Decrypt', 'kms:GenerateDataKey'];
  if (textAt(metadata, 'secretType') !== 'SecureString') return [];
  return [textAt(metadata, 'tier', 'type') === 'Advanced' ? 'kms:GenerateDataKey' : 'kms:Encrypt'];
}

/** A policy cannot name an alias, so an alias becomes a condition on any key. */
function keyTarget(key: string, { partition, region, account }: Home): Target {
  const head = `arn:${partition}:kms:${region}:${account}:key/`;
  if (/^(arn:.*:)?alias\//.test(key)) {
    const alias = key.slice(key.indexOf('alias/'));
    const condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
    const why = 'a policy names keys, so that an alias is a condition on any key';
    return { on: { head, name: '*', tail: '' }, condition, why };
  }
  const on = key.startsWith('arn:') ? [key, ''] : [head, key.replace(/^key\//, '')];
  return { on: { head: on[0] ?? '', name: on[1] ?? '', tail: '' }, condition: {} };
}

/** Whether an entry has a name without variables, or is a search. */
export function isNamed({ name }: AwsEntry): boolean {
  return name === undefined || (name !== '' && !isUnresolved(name));
}

/** Escapes a text so that IAM reads no pattern in it. */
export function literal(text: string): string {
  return text.replaceAll(/[*?]|\$(?=\{)/g, sign => `$\{${sign}}`);
}

export function arnText({ head, name, tail }: Arn): string {
  return head + name + tail;
}

export function roleArn(role: string, { partition, account }: Omit<Home, 'region'>): string {
  return role.startsWith('arn:') ? role : `arn:${partition}:iam::${account}:role/${role}`;
}

/** More alternatives than this do not fit into a policy. */
const MOST_WAYS = 50;

/** How the names begin that a Go regular expression matches, with a `$` behind a whole name: `^shop/(db-|api$)` gives `shop/db-` and `shop/api$`. */
function matchedNames(regexp: string): readonly string[] {
  const ways = regexp.length > LONGEST ? undefined : waysThrough(regexp.match(TOKEN) ?? []);
  if (ways?.every(way => /^\^[^*$]/.test(way)) !== true) return [''];
  const names = [...new Set(ways.map(way => way.slice(1).replace('*', '')))];
  const isCovered = (name: string): boolean =>
    names.some(prefix => prefix !== name && !prefix.endsWith('$') && name.startsWith(prefix));
  return names.filter(name => !isCovered(name));
}

/** A character that a name of Secrets Manager may have, plain or escaped. None is special in IAM. */
const LETTER = /^(?:\\[-/_+=.@]|[-\w/=@])$/;

/** A character class, a count, the beginning of a group, or a character. */
const TOKEN = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\]){0,100}\]|\{[^}]{0,20}\}|\(\?:|[\s\S]/g;

/** In characters. A longer expression is not parsed. */
const LONGEST = 1000;

/**
 * All alternatives; undefined if there are too many, or the syntax is unsupported. Each is a text: `^` if it matches only
 * at the start of a name, the letters up to the first that may vary, and then `*` if one does, or `$` if the name ends.
 */
function waysThrough(tokens: readonly string[]): string[] | undefined {
  const hasFlags = tokens.some((token, index) => token === '(' && tokens[index + 1] === '?');
  const closed = tokens.filter(token => token === ')').length;
  const isOdd = hasFlags || tokens.some(token => token === '[' || token === '\\Q');
  if (isOdd || tokens.filter(token => token.startsWith('(')).length !== closed) return undefined;
  const left = [...tokens].reverse();
  const ways = alternatives(left);
  return left.length === 0 && ways.length <= MOST_WAYS ? ways : undefined;
}

/** Parses alternatives. `left` has the remaining tokens in reverse order. */
function alternatives(left: string[]): string[] {
  const ways = sequence(left);
  while (left.at(-1) === '|') {
    left.pop();
    ways.push(...sequence(left));
  }
  return ways;
}

function sequence(left: string[]): string[] {
  let ways = [''];
  while (left.length > 0 && left.at(-1) !== '|' && left.at(-1) !== ')') {
    const parts = repeated(partOf(left), left);
    const joined = (way: string): string[] =>
      parts.map(part => (way === '' ? part : way + part.replace('^', '')));
    ways = ways.flatMap(way => (/[*$]$/.test(way) ? way : joined(way))).slice(0, MOST_WAYS + 1);
  }
  return ways;
}

function partOf(left: string[]): string[] {
  const token = left.pop() ?? '';
  if (token === '^' || token === '$') return [token];
  if (token !== '(' && token !== '(?:') return [LETTER.test(token) ? token.slice(-1) : '*'];
  const ways = alternatives(left);
  left.pop();
  return ways;
}

/** Applies a quantifier that follows a part: the part may be left out, or repeated. */
function repeated(parts: string[], left: string[]): string[] {
  if (!/^[?*+{]/.test(left.at(-1) ?? '')) return parts;
  return left.pop() === '+' ? parts.map(part => part.replace(/[*$]?$/, '*')) : ['*'];
}
