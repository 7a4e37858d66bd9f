import { randomUUID } from 'node:crypto';
import type { Host } from '../../ground/host.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';
import type { There } from './there.ts';

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
  if (place.service === 'SecretsManager') return writeSecret(write, value, call);
  if (!isReplacing) return versionText(await call(place, 'PutParameter', putInput(write, value)));
  host.stderr(
    `rem-secrets: "${name}" is deleted, and made again after the 30 seconds that AWS asks for: do not interrupt\n`,
  );
  await call(place, 'DeleteParameter', { Name: name });
  await host.wait(AFTER_DELETION);
  try {
    return versionText(await call(place, 'PutParameter', putInput(write, value)));
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
  { name, place, key, there }: Write,
  value: string,
  call: CallAws,
): Promise<string> {
  const written = { SecretString: value, ClientRequestToken: randomUUID() };
  if (there !== undefined) {
    await call(place, 'PutSecretValue', { SecretId: name, ...written });
    return 'a new version is written';
  }
  await call(place, 'CreateSecret', {
    Name: name,
    ...written,
    ...(key !== undefined && { KmsKeyId: key }),
  });
  return 'the secret is made';
}
