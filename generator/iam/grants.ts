import { type JsonObject, mapAt, scalarText, textAt } from '../core/json.ts';
import type { IamSettings } from '../environments/clusters.ts';
import { type AwsEntry, callsFor } from '../graph/aws-entries.ts';
import type { AwsCall } from '../kinds/eso/stores.ts';
import { type Arn, type Home, homeOf, parameterArn, secretArn } from './arn.ts';

/** What a call is allowed on, and why that is more than one name. */
type Target = Pick<Grant, 'on' | 'condition' | 'why'>;

/**
 * What ESO has to be allowed for an entry: its calls, and those on the keys that encrypt it
 * (docs/facts/aws.md#iam-policies).
 */
export function entryGrants(entry: AwsEntry, account: string, settings: IamSettings): Grant[] {
  const home = homeOf(entry.store, account);
  return callsFor(entry).flatMap(call =>
    targetsOf(entry, call, home).flatMap(target => {
      const grant = { action: call.action, ...target };
      return call.key === undefined
        ? [grant]
        : [grant, ...keyGrants(entry, call.key, target.on, home, settings)];
    }),
  );
}

const ALWAYS: JsonObject = {};

function targetsOf(entry: AwsEntry, { on }: AwsCall, home: Home): Target[] {
  switch (on) {
    case 'everything':
      return [{ on: EVERYTHING, condition: ALWAYS, why: 'AWS has no resource for it' }];
    case 'entry':
      return [{ on: namedArn(entry, home), condition: ALWAYS }];
    case 'path':
      return pathArns(entry, home).map(arn => ({ on: arn, condition: ALWAYS }));
    case 'found':
      return [foundBy(entry, home)];
  }
}

/** The entry itself; the version that a parameter's name may end with is none of it. */
function namedArn({ store: { service }, name = '' }: AwsEntry, home: Home): Arn {
  if (service === 'SecretsManager') return secretArn(home, name);
  return parameterArn(home, name.startsWith('arn:') ? name : name.replace(/:.*/, ''));
}

/** GetParametersByPath is judged by the path, and AWS asks for what is below it too. */
function pathArns({ find }: AwsEntry, home: Home): Arn[] {
  const path = (textAt(find, 'path') ?? '').replace(/\/$/, '');
  return path === ''
    ? [parameterArn(home, '', '*')]
    : [parameterArn(home, path), parameterArn(home, path, '/*')];
}

/** What a search may find: by tags only what has them, by a path or a name what begins so. */
function foundBy({ store, find }: AwsEntry, home: Home): Target {
  const tags = Object.entries(mapAt(find, 'tags'));
  const condition: JsonObject =
    tags.length === 0
      ? ALWAYS
      : {
          StringEquals: Object.fromEntries(
            tags.map(([tag, value]) => [`aws:ResourceTag/${tag}`, scalarText(value)]),
          ),
        };
  if (store.service === 'ParameterStore')
    return { on: parameterArn(home, '', '*'), condition, why: 'it finds parameters by their tags' };
  const begin = textAt(find, 'path') ?? prefixOf(textAt(find, 'name', 'regexp') ?? '');
  const why =
    tags.length > 0 ? 'it finds secrets by their tags' : 'it finds secrets by how they begin';
  return { on: secretArn(home, begin, '*'), condition, why };
}

/** The plain letters that all matches of a regular expression begin with. */
function prefixOf(regexp: string): string {
  if (regexp.includes('|')) return '';
  const plain = /^\^([\w/=@-]*)(.?)/.exec(regexp);
  const [, letters = '', next = ''] = plain ?? [];
  // What is repeated may be there not once.
  return '*?{'.includes(next) && next !== '' ? letters.slice(0, -1) : letters;
}

/** Keys of AWS' own need no permission: who may use the service may use them. */
const AWS_OWN = /^(arn:.*:)?alias\/aws\//;

/** What has to be allowed on a customer's keys, for a call that reads or writes what they encrypt. */
function keyGrants(
  entry: AwsEntry,
  use: 'read' | 'write',
  on: Arn,
  home: Home,
  settings: IamSettings,
): Grant[] {
  const service = entry.store.service === 'ParameterStore' ? 'ssm' : 'secretsmanager';
  const contextKey = service === 'ssm' ? 'PARAMETER_ARN' : 'SecretARN';
  const keys = keysOf(entry, settings).filter(key => !AWS_OWN.test(key));
  return keys.flatMap(key =>
    actionsOf(entry, use).map(action => ({
      action,
      on: keyArn(key, home),
      condition: aliasCondition(key),
      ...(isAlias(key) && {
        why: 'a policy names keys, so that an alias is a condition on any key',
      }),
      of: { service: `${service}.${home.region}.${endingOf(home)}`, contextKey, entry: on },
    })),
  );
}

/** The key that a PushSecret names, and those that are said to encrypt what a store holds. */
function keysOf({ store, metadata }: AwsEntry, { keys }: IamSettings): string[] {
  const own = textAt(metadata, 'kmsKeyID');
  const ofStore = [...(keys.get(store.object.name) ?? []), ...(keys.get('') ?? [])];
  return [...new Set([...(own === undefined ? [] : [own]), ...ofStore])];
}

/** A standard parameter is encrypted by KMS, an advanced one and a secret with a key that KMS makes. */
function actionsOf({ store, metadata }: AwsEntry, use: 'read' | 'write'): string[] {
  if (use === 'read') return ['kms:Decrypt'];
  if (store.service === 'SecretsManager') return ['kms:Decrypt', 'kms:GenerateDataKey'];
  const isAdvanced = textAt(metadata, 'tier', 'type') === 'Advanced';
  if (textAt(metadata, 'secretType') !== 'SecureString') return [];
  return [isAdvanced ? 'kms:GenerateDataKey' : 'kms:Encrypt'];
}

/** A policy names keys by their own ARN only: an alias is a condition on any key. */
function keyArn(key: string, { partition, region, account }: Home): Arn {
  const head = `arn:${partition}:kms:${region}:${account}:key/`;
  if (isAlias(key)) return { head, name: '*', tail: '' };
  return key.startsWith('arn:')
    ? { head: key, name: '', tail: '' }
    : { head, name: key.replace(/^key\//, ''), tail: '' };
}

function isAlias(key: string): boolean {
  return /^(arn:.*:)?alias\//.test(key);
}

function aliasCondition(key: string): JsonObject {
  const alias = key.slice(key.indexOf('alias/'));
  return isAlias(key) ? { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } } : {};
}

function endingOf({ partition }: Home): string {
  return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** One action that a role is to be allowed, on one thing or on all that a pattern fits. */
export interface Grant {
  readonly action: string;
  readonly on: Arn;
  readonly condition: JsonObject;
  /** Why it is no exact name. */
  readonly why?: string;
  /** The key is used by a service, for what has this ARN. */
  readonly of?: KeyUse;
}

/** What a key of KMS is used for. */
interface KeyUse {
  /** The service that calls KMS for the role. */
  readonly service: string;
  /** Under which name KMS is told what it decrypts. */
  readonly contextKey: string;
  readonly entry: Arn;
}

/** All that there is, where AWS knows no resource for an action. */
const EVERYTHING: Arn = { head: '*', name: '', tail: '' };
