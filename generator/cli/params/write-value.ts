import { randomUUID } from 'node:crypto';
import type { Host } from '../../ground/host.ts';
import { isMap, type JsonObject, listAt, textAt } from '../../ground/json.ts';
import type { EntryFacts } from '../../operate/params/facts.ts';
import { AwsRefusal } from '../aws/aws-refusal.ts';
import { type CallAws, type CallThere, callAt } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';
import { parameterFacts, secretFacts } from './entry-facts.ts';

/** What is there already under a name. */
interface There extends Pick<EntryFacts, 'account' | 'keyId' | 'tier' | 'type'> {
  /** `version 3 of 2026-11-26`. */
  readonly text: string;
  /** It cannot be written while it waits for its deletion. */
  readonly isDeleted: boolean;
}

/** Looks what is there, by metadata alone. */
export async function thereAt(
  name: string,
  place: AwsPlace,
  call: CallAws,
): Promise<There | undefined> {
  const there = callAt(place, call);
  if (place.service === 'SecretsManager') return secretAt(name, there);
  const filter = { Key: 'Name', Option: 'Equals', Values: [name] };
  let next: string | undefined;
  do {
    const from = next === undefined ? {} : { NextToken: next };
    const answer = await there('DescribeParameters', { ParameterFilters: [filter], ...from });
    const parameter = listAt(answer, 'Parameters').find(isMap);
    if (parameter !== undefined) return parameterThere(parameter);
    next = textAt(answer, 'NextToken');
  } while (next !== undefined && next !== '');
  return undefined;
}

function parameterThere(parameter: JsonObject): There {
  const text = `version ${String(parameter['Version'])}${dateText(parameter['LastModifiedDate'])}`;
  return { ...parameterFacts(parameter), text, isDeleted: false };
}

async function secretAt(name: string, call: CallThere): Promise<There | undefined> {
  try {
    const secret = await call('DescribeSecret', { SecretId: name });
    return {
      ...secretFacts(secret, 'VersionIdsToStages'),
      text: `a value${dateText(secret['LastChangedDate'] ?? secret['CreatedDate'])}`,
      isDeleted: typeof secret['DeletedDate'] === 'number',
    };
  } catch (error) {
    if (error instanceof AwsRefusal && error.type === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** AWS counts seconds. */
function dateText(seconds: unknown): string {
  if (typeof seconds !== 'number') return '';
  return ` of ${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What is written, and where. */
export interface Write {
  readonly name: string;
  readonly place: AwsPlace;
  /** Of a parameter. */
  readonly type: string;
  readonly isAdvanced: boolean;
  /** A customer's key; absent: the account's own. */
  readonly key?: string;
  readonly there: There | undefined;
  /** What is there goes first: its type is another one. */
  readonly isReplacing: boolean;
}

/** AWS wants as long between a deletion and a parameter of the same name. */
const AFTER_DELETION = 30_000;

/** Writes a value. Returns what was done, in words. */
export async function writeValue(
  write: Write,
  value: string,
  call: CallAws,
  host: Host,
): Promise<string> {
  const { name, place, isReplacing } = write;
  const there = callAt(place, call);
  if (place.service === 'SecretsManager') return writeSecret(write, value, there);
  const put = async (): Promise<string> =>
    versionText(await there('PutParameter', putInput(write, value)));
  if (!isReplacing) return put();
  host.stderr(
    `rem-secrets: "${name}" is deleted, and made again after the 30 seconds that AWS asks for: do not interrupt\n`,
  );
  await there('DeleteParameter', { Name: name });
  await host.wait(AFTER_DELETION);
  try {
    return await put();
  } catch (error) {
    host.stderr(`rem-secrets: "${name}" is deleted and not made again: put it once more\n`);
    throw error;
  }
}

function putInput(
  { name, type, isAdvanced, key, there, isReplacing }: Write,
  value: string,
): JsonObject {
  return {
    Name: name,
    Value: value,
    Type: type,
    Tier: isAdvanced ? 'Advanced' : 'Standard',
    Overwrite: there !== undefined && !isReplacing,
    ...(key !== undefined && type === 'SecureString' && { KeyId: key }),
  };
}

function versionText({ Version: version }: JsonObject): string {
  return `version ${String(version)} is written`;
}

/** The token keeps a call that is sent twice from making two versions. */
async function writeSecret(
  { name, key, there }: Write,
  value: string,
  call: CallThere,
): Promise<string> {
  const written = { SecretString: value, ClientRequestToken: randomUUID() };
  if (there !== undefined) {
    await call('PutSecretValue', { SecretId: name, ...written });
    return 'a new version is written';
  }
  await call('CreateSecret', {
    Name: name,
    ...written,
    ...(key !== undefined && { KmsKeyId: key }),
  });
  return 'the secret is made';
}
