import { randomInt, randomUUID } from 'node:crypto';
import type { Host } from '../core/host.ts';
import { isMap, type JsonObject, listAt, textAt } from '../core/json.ts';
import { knownNames } from '../core/words.ts';
import { type CommonOptions, exitCodes, type ManifestFlags, wrongUsage } from '../shell/command.ts';
import type { Allowed } from '../world/programs.ts';
import {
  type AwsPlace,
  AwsRefusal,
  awsClient,
  type CallAws,
  type CallThere,
  callAt,
} from './aws.ts';
import { listOf, siblingsAmong, type WantedEntries, wantedEntries } from './entries.ts';
import { askedName, cannotBeAsked, type RemoteEntry, wantedType } from './entry.ts';
import { type EntryFacts, parameterFacts, secretFacts, valueFacts } from './facts.ts';
import { lookUp, placeOf } from './look-up.ts';
import { foundOf } from './notes.ts';

type PutOptions = PutFlags & CommonOptions;

export interface PutFlags extends ManifestFlags, WriteFlags {
  readonly name: string;
}

/** How a value is written. */
export interface WriteFlags extends SourceFlags {
  readonly profile?: string;
  /** The value itself, where it was asked for already. */
  readonly given?: string;
  /** The key that encrypts it, before what the spec says. */
  readonly key?: string;
  /** A parameter of more than 4 KB. */
  readonly advanced?: boolean;
  readonly keepNewline?: boolean;
  /** A parameter of another type is deleted first. */
  readonly replace?: boolean;
  /** What is there is written over unasked. */
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Where a value comes from: never from the command line, which others can see and shells keep. */
interface SourceFlags {
  /** A file; `-`: stdin. */
  readonly from?: string;
  /** How many characters are made up. */
  readonly generate?: number;
}

/** Writes the value of one entry that the manifests need. */
export async function putEntry(options: PutOptions, host: Host): Promise<number> {
  const wanted = wantedEntries(options, host);
  if (typeof wanted === 'number') return wanted;
  const entry = entryNamed(options.name, wanted, host);
  return putOne(
    entry,
    keyOf(entry, wanted, options),
    options,
    awsClient(options.profile, host),
    host,
  );
}

/** The entry of that name: one of two regions or services has to be chosen by its environment. */
function entryNamed(name: string, { lists }: WantedEntries, host: Host): RemoteEntry {
  const all = lists.flatMap(({ entries }) => [...entries]);
  const known = all.filter(entry => cannotBeAsked(entry) === undefined);
  const named = known.filter(entry => askedName(entry) === name);
  const [entry] = named;
  if (entry === undefined)
    return wrongUsage(
      `no manifest reads an entry of that name of AWS. ${knownNames('entries', name, new Set(known.map(askedName)))}`,
    );
  const places = new Set(named.map(one => JSON.stringify([placeOf(one, host), one.store.account])));
  if (places.size > 1) wrongUsage(`"${name}" is in several places: choose one by --environment`);
  return {
    ...entry,
    uses: named.flatMap(({ uses }) => [...uses]),
    properties: [...new Set(named.flatMap(({ properties }) => [...properties]))].sort(),
  };
}

/** Looks what is there, asks, takes a value and writes it; `key` encrypts it. */
async function putOne(
  entry: RemoteEntry,
  key: string | undefined,
  flags: WriteFlags,
  call: CallAws,
  host: Host,
): Promise<number> {
  const write = await planned(entry, key, flags, call, host);
  const refusal = writeRefusal(entry, write, flags);
  if (refusal !== undefined) wrongUsage(refusal);
  host.stderr(`rem-secrets: ${planText(write, entry)}\n`);
  if (flags.dryRun === true) return exitCodes.ok;
  if (!isAgreed(write, flags, host)) {
    host.stderr('rem-secrets: nothing is written\n');
    return exitCodes.findings;
  }
  const text = takenValue(entry, write, flags, host);
  host.stderr(`rem-secrets: ${await writeValue(write, text, call, host)}\n`);
  return exitCodes.ok;
}

/** What is written, and where. */
interface Write {
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

/** What is there already under a name. */
interface There extends Pick<EntryFacts, 'account' | 'keyId' | 'tier' | 'type'> {
  /** `version 3 of 2026-11-26`. */
  readonly text: string;
  /** It cannot be written while it waits for its deletion. */
  readonly isDeleted: boolean;
}

async function planned(
  entry: RemoteEntry,
  key: string | undefined,
  { advanced }: WriteFlags,
  call: CallAws,
  host: Host,
): Promise<Write> {
  const name = askedName(entry);
  const place = placeOf(entry, host);
  const type = wantedType(entry);
  const there = await thereAt(name, place, call);
  const isReplacing = there?.type !== undefined && there.type !== type;
  const isAdvanced = advanced === true || (there?.tier === 'Advanced' && !isReplacing);
  // A secret keeps its key.
  const isKept = place.service === 'SecretsManager' && there !== undefined;
  const own = isKept ? there.keyId : (key ?? there?.keyId);
  return {
    ...{ name, place, type, isAdvanced, there, isReplacing },
    ...(own !== undefined && { key: own }),
  };
}

/** Looks what is there, by metadata alone. */
async function thereAt(name: string, place: AwsPlace, call: CallAws): Promise<There | undefined> {
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

function parameterThere(parameter: JsonObject): There {
  const text = `version ${String(parameter['Version'])}${dateText(parameter['LastModifiedDate'])}`;
  return { ...parameterFacts(parameter), text, isDeleted: false };
}

function writeRefusal(
  { uses, store }: RemoteEntry,
  { name, there, isReplacing, type }: Write,
  { replace }: WriteFlags,
): string | undefined {
  const push = uses.find(({ how }) => how === 'push');
  if (push !== undefined)
    return `PushSecret ${JSON.stringify(push.object.name)} writes "${name}", and would write over it`;
  const isOther = store.account !== undefined && there?.account !== undefined;
  if (isOther && there.account !== store.account)
    return `these credentials are of account ${there.account}, and ${store.name.kind} "${store.name.name}" reads account ${store.account}`;
  if (there?.isDeleted === true) return `"${name}" is to be deleted: restore it first`;
  if (isReplacing && replace !== true)
    return `"${name}" is a ${there?.type}, and AWS changes no type: --replace deletes it and makes a ${type}, with version 1`;
  return undefined;
}

function planText(
  { name, place, type, isAdvanced, key, there, isReplacing }: Write,
  { store: { account } }: RemoteEntry,
): string {
  const isParameter = place.service === 'ParameterStore';
  const what = isParameter ? `${isAdvanced ? 'advanced ' : ''}${type}` : 'secret';
  const under = key === undefined ? '' : `, encrypted by ${key}`;
  const where = `${what} "${name}" in ${place.region}${under}`;
  const whose = account === undefined ? '' : `, if these credentials are of account ${account}`;
  if (there === undefined) return `${where}: it is new${whose}`;
  return `${where}: ${isReplacing ? 'in place of' : 'there is'} ${there.text}`;
}

/** Somebody says yes, before or when asked, where something is there. */
function isAgreed({ there }: Write, { yes }: WriteFlags, host: Host): boolean {
  if (there === undefined || yes === true) return true;
  const answer = host.ask('Write over it? [y/N] ', false);
  if (answer === undefined) wrongUsage('it is there, and there is no terminal to ask: --yes');
  return /^y(?:es)?$/i.test(answer.trim());
}

function takenValue(
  entry: RemoteEntry,
  { name, isAdvanced }: Write,
  flags: WriteFlags,
  host: Host,
): string {
  const isKept = flags.keepNewline === true;
  const value = newValue(flags.given ?? valueFrom(flags, name, host), entry, {
    isAdvanced,
    isKept,
  });
  if (typeof value === 'string') return wrongUsage(`${value}; nothing is written`);
  if (value.isCut) host.stderr('rem-secrets: its final newline is left out (--keep-newline)\n');
  for (const doubt of value.doubts) host.stderr(`rem-secrets: warning: ${doubt}\n`);
  return value.text;
}

/** A value that somebody gives, ready to be written. */
interface NewValue {
  readonly text: string;
  /** Whether a final newline was taken off. */
  readonly isCut: boolean;
  /** What looks wrong in it, without a word of it. */
  readonly doubts: readonly string[];
}

/** What was given as a value, without its final newline; a text says why it cannot be one. */
function newValue(
  given: string,
  entry: RemoteEntry,
  { isAdvanced, isKept }: { readonly isAdvanced: boolean; readonly isKept: boolean },
): NewValue | string {
  const text = isKept ? given : given.replace(/\r?\n$/, '');
  const fault = valueFault(text, entry, isAdvanced);
  if (fault !== undefined) return fault;
  return { text, isCut: text !== given, doubts: doubtsOf(text, entry) };
}

/** How large a value may be, in bytes (docs/facts/aws.md#parameters, docs/facts/aws.md#secrets). */
const SIZES = { standard: 4096, advanced: 8192, secret: 65_536 } as const;

function valueFault(text: string, entry: RemoteEntry, isAdvanced: boolean): string | undefined {
  if (text === '') return 'the value is empty';
  const size = Buffer.byteLength(text);
  if (entry.store.aws?.service === 'ParameterStore') {
    if (text.includes('{{')) return 'Parameter Store takes no value with {{';
    if (size > SIZES.advanced) return 'the value is larger than 8 KB, which no parameter holds';
    if (size > SIZES.standard && !isAdvanced)
      return 'the value is larger than 4 KB: --advanced makes a parameter that holds 8 KB, costs, and stays so';
  } else if (size > SIZES.secret) return 'the value is larger than 64 KB';
  return jsonRefused(text, entry);
}

function jsonRefused(text: string, entry: RemoteEntry): string | undefined {
  if (!entry.uses.some(({ how }) => how === 'property' || how === 'properties')) return undefined;
  const { properties, has } = valueFacts(text, entry.properties);
  if (properties === undefined)
    return 'External Secrets reads properties of it, and the value is no JSON object';
  const absent = entry.properties.filter(property => !has.has(property));
  return absent.length === 0
    ? undefined
    : `External Secrets reads properties that the value has not: ${absent.join(', ')}`;
}

function doubtsOf(text: string, { uses }: RemoteEntry): string[] {
  const facts = valueFacts(text, []);
  const isBase64 = uses.some(use => use.how === 'value' && use.isBase64);
  return [
    ...(facts.isPlaceholder ? ['it looks like a placeholder'] : []),
    ...(facts.hasOuterSpace ? ['it begins or ends with white space'] : []),
    ...(facts.hasCarriageReturns ? ['it has line ends of Windows'] : []),
    ...(facts.hasNull ? ['it has a null byte'] : []),
    ...(isBase64 && !facts.isBase64 ? ['it should be Base64, and is none'] : []),
  ];
}

/** A value as it is given. */
function valueFrom({ from, generate }: SourceFlags, name: string, host: Host): string {
  if (generate !== undefined) return randomText(generate);
  if (from !== undefined) return textOf(from === '-' ? host.readStdin() : host.readFile(from));
  const answer = host.ask(`The value of ${name} (it is not shown): `, true);
  return (
    answer ?? wrongUsage('there is no terminal to ask for the value: --from FILE, or --from -')
  );
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

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return wrongUsage('the value is no text in UTF-8');
  }
}

/** AWS wants as long between a deletion and a parameter of the same name. */
const AFTER_DELETION = 30_000;

/** Writes a value. Returns what was done, in words. */
async function writeValue(write: Write, value: string, call: CallAws, host: Host): Promise<string> {
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

function versionText({ Version: version }: JsonObject): string {
  return `version ${String(version)} is written`;
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

/** The key that is asked for, or that the spec says. */
function keyOf(
  entry: RemoteEntry,
  { lists, specStoreOf }: WantedEntries,
  { key }: WriteFlags,
): string | undefined {
  const own = lists.filter(({ entries }) => entries.some(({ name }) => name === entry.name));
  const keys = new Set(
    own.flatMap(({ environment }) => specStoreOf(environment, entry.store.name.name).keys),
  );
  if (key !== undefined || keys.size === 0) return key;
  const [first] = keys;
  return keys.size === 1
    ? first
    : wrongUsage(`the spec names several keys: choose one by --key: ${[...keys].join(', ')}`);
}

type CopyOptions = CopyFlags & CommonOptions;

/** Environments of the spec, and how values are written. */
export interface CopyFlags extends WriteFlags, Allowed {
  readonly source: string;
  readonly target: string;
}

/**
 * Asks for the values that an environment lacks and another one names: names are copied, values never.
 * What was put is there, so that a run that was broken off goes on where it was.
 */
export async function copyEntries(options: CopyOptions, host: Host): Promise<number> {
  const { source, target, profile } = options;
  const wanted = wantedEntries({ ...options, paths: [], namespace: '' }, host);
  if (typeof wanted === 'number') return wanted;
  const siblingsOf = siblingsAmong(listOf(source, wanted.lists).entries);
  const alike = listOf(target, wanted.lists).entries.filter(
    entry => isAskable(entry) && siblingsOf(entry).length > 0,
  );
  const call = awsClient(profile, host);
  const foundAt = await lookUp(alike, call, host);
  const absent = alike.filter(entry => foundOf(entry, foundAt) === 'missing');
  host.stderr(
    `rem-secrets: of ${alike.length} entries that ${source} has too, ${absent.length} are missing in ${target}\n`,
  );
  for (const entry of absent) {
    const name = askedName(entry);
    const given = options.dryRun === true ? '' : askedValue(name, host);
    if (given === '') host.stderr(`rem-secrets: ${JSON.stringify(name)} is left out\n`);
    else await putOne(entry, keyOf(entry, wanted, options), { ...options, given }, call, host);
  }
  return exitCodes.ok;
}

/** What a PushSecret writes comes with it. */
function isAskable(entry: RemoteEntry): boolean {
  return cannotBeAsked(entry) === undefined && entry.uses.every(({ how }) => how !== 'push');
}

function askedValue(name: string, host: Host): string {
  const answer = host.ask(`The value of ${name} (it is not shown; empty: left out): `, true);
  return answer ?? wrongUsage('there is no terminal to ask for values: put them one by one');
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
