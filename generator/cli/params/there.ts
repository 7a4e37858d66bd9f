import { isMap, type JsonObject, listAt, textAt } from '../../ground/json.ts';
import { AwsRefusal } from '../aws/aws-refusal.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';
import { accountIn } from './notes.ts';

/** What is there already under a name. */
export interface There {
  /** `version 3 of 2026-11-26`. */
  readonly text: string;
  /** A parameter's. */
  readonly type?: string;
  readonly tier?: string;
  readonly keyId?: string;
  /** That it is in. */
  readonly account?: string;
  /** It cannot be written while it waits for its deletion. */
  readonly isDeleted: boolean;
}

/** Looks what is there, by metadata alone. */
export async function thereAt(
  name: string,
  place: AwsPlace,
  call: CallAws,
): Promise<There | undefined> {
  if (place.service === 'SecretsManager') return secretAt(name, place, call);
  const filter = { Key: 'Name', Option: 'Equals', Values: [name] };
  let next: string | undefined;
  do {
    const from = next === undefined ? {} : { NextToken: next };
    const answer = await call(place, 'DescribeParameters', { ParameterFilters: [filter], ...from });
    const parameter = listAt(answer, 'Parameters').find(isMap);
    if (parameter !== undefined) return parameterThere(parameter);
    next = textAt(answer, 'NextToken');
  } while (next !== undefined && next !== '');
  return undefined;
}

function parameterThere(parameter: JsonObject): There {
  const version = `version ${String(parameter['Version'])}`;
  const type = textAt(parameter, 'Type');
  const tier = textAt(parameter, 'Tier');
  const keyId = textAt(parameter, 'KeyId');
  return {
    text: `${version}${dateText(parameter['LastModifiedDate'])}`,
    isDeleted: false,
    ...accountAt(parameter),
    ...(type !== undefined && { type }),
    ...(tier !== undefined && { tier }),
    ...(keyId !== undefined && { keyId }),
  };
}

async function secretAt(name: string, place: AwsPlace, call: CallAws): Promise<There | undefined> {
  try {
    const secret = await call(place, 'DescribeSecret', { SecretId: name });
    const keyId = textAt(secret, 'KmsKeyId');
    return {
      text: `a value${dateText(secret['LastChangedDate'] ?? secret['CreatedDate'])}`,
      isDeleted: typeof secret['DeletedDate'] === 'number',
      ...accountAt(secret),
      ...(keyId !== undefined && { keyId }),
    };
  } catch (error) {
    if (error instanceof AwsRefusal && error.type === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function accountAt(found: JsonObject): Pick<There, 'account'> {
  const account = accountIn(textAt(found, 'ARN'));
  return account === undefined ? {} : { account };
}

/** AWS counts seconds. */
function dateText(seconds: unknown): string {
  if (typeof seconds !== 'number') return '';
  return ` of ${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
