import type { AwsEntry } from '../../graph/aws-stores.ts';
import { type JsonObject, textAt } from '../../ground/json.ts';
import type { Arn, Home } from './arn.ts';
import type { Grant } from './grant.ts';
import type { IamSettings } from './settings.ts';

/** Keys of AWS' own need no permission: who may use the service may use them. */
const AWS_OWN = /^(arn:.*:)?alias\/aws\//;

/** What has to be allowed on a customer's keys, for a call that reads or writes what they encrypt. */
export function keyGrants(
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
