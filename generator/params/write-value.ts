import { randomInt, randomUUID } from 'node:crypto';
import type { Host } from '../core/host.ts';
import { isMap, type JsonObject, listAt, textAt } from '../core/json.ts';
import { wrongUsage } from '../shell/flags.ts';
import {
  type AwsPlace,
  AwsRefusal,
  type CallAws,
  type CallThere,
  callAt,
  unlessBroken,
} from './aws.ts';
import type { RemoteEntry } from './entry.ts';
import type { EntryFacts } from './facts.ts';
import { isNumber, wantedVersions } from './faults.ts';
import { parameterFacts, secretFacts } from './notes.ts';
import { askedName } from './values.ts';

/** What is known of the labels of a parameter. */
type Labelled = Pick<EntryFacts, 'isCut' | 'labels' | 'unread'>;

/**
 * Whether parameters have the labels that they are asked for, by name. Only a read tells: what else
 * describes a parameter has no labels. What may not be read is not known; `busy` is why AWS is asked no
 * more.
 */
export async function labelsOf(
  entries: readonly RemoteEntry[],
  call: CallThere,
  busy?: string,
): Promise<Map<string, Labelled>> {
  const found = new Map<string, Labelled>();
  let unread = busy;
  for (const { name, label } of labelsIn(entries)) {
    const own = found.get(name);
    if (own?.labels?.has(label) === true) continue;
    const hasLabel =
      unread === undefined ? await unlessBroken(isLabelled(`${name}:${label}`, call)) : undefined;
    if (hasLabel instanceof AwsRefusal) unread = hasLabel.message;
    if (unread !== undefined) found.set(name, { ...own, unread, isCut: true });
    else if (typeof hasLabel === 'boolean')
      found.set(name, { labels: new Map([...(own?.labels ?? []), [label, hasLabel]]) });
  }
  return found;
}

function labelsIn(
  entries: readonly RemoteEntry[],
): { readonly name: string; readonly label: string }[] {
  return entries.flatMap(entry =>
    wantedVersions(entry)
      .filter(({ version }) => !isNumber(version))
      .map(({ version }) => ({ name: askedName(entry), label: version })),
  );
}

async function isLabelled(selected: string, call: CallThere): Promise<boolean | undefined> {
  try {
    const answer = await call('GetParameters', { Names: [selected], WithDecryption: false });
    return !listAt(answer, 'InvalidParameters').includes(selected);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return undefined;
    throw error;
  }
}

/** Where a value comes from: never from the command line, which others can see and shells keep. */
export interface SourceFlags {
  /** A file; `-`: stdin. */
  readonly from?: string;
  /** How many characters are made up. */
  readonly generate?: number;
}

/** A value as it is given. */
export function valueFrom({ from, generate }: SourceFlags, name: string, host: Host): string {
  if (generate !== undefined) return randomText(generate);
  if (from !== undefined) return textOf(from === '-' ? host.readStdin() : host.readFile(from));
  const answer = host.ask(`The value of ${name} (it is not shown): `, true);
  return (
    answer ?? wrongUsage('there is no terminal to ask for the value: --from FILE, or --from -')
  );
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return wrongUsage('the value is no text in UTF-8');
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Letters and digits, which mean nothing in a URL or a shell. With 32 of them, a digit and a small
 * letter it is what Phoenix asks of its secrets (docs/facts/phoenix.md#secrets).
 */
function randomText(length: number): string {
  for (;;) {
    const all = Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    if (/[a-z]/.test(all) && /[0-9]/.test(all)) return all;
  }
}

/** The fewest and the most characters that are made up. */
const LENGTHS = [32, 1024] as const;

/** Reads the length of a value that is made up. */
export function lengthFlag(given: string): number {
  const [least, most] = LENGTHS;
  const length = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return length >= least && length <= most
    ? length
    : wrongUsage(`--generate takes a number from ${least} to ${most}`);
}

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
