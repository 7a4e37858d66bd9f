import { randomInt, randomUUID } from 'node:crypto';
import type { Host } from '../core/host.ts';
import { attempt, isMap, listAt } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { type CommonOptions, exitCodes } from '../shell/command.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import type { Allowed } from '../world/programs.ts';
import { type Aws, awsClient, type CallPlace, callAt, pagesOf } from './aws.ts';
import { entriesIn, listOf, siblingsAmong, wantedEntries } from './entries.ts';
import {
  askedName,
  cannotBeAsked,
  isAskable,
  parameterFacts,
  type RemoteEntry,
  SIZES,
  secretFacts,
  timeText,
  valueFacts,
  wantedType,
} from './entry.ts';
import { describedSecret, lookUp, placeOf } from './look-up.ts';

type Entries = readonly RemoteEntry[];

export type PutFlags = ManifestFlags & WriteFlags & { readonly name: string };

/** How a value is written, and where it comes from; never the command line, which others can see and shells keep. */
interface WriteFlags {
  readonly from?: string;
  readonly generate?: number;
  readonly profile?: string;
  /** The value, if people were asked for it already. */
  readonly value?: string;
  readonly key?: string;
  readonly advanced?: boolean;
  readonly keepNewline?: boolean;
  readonly replace?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** Writes the value of one entry that the manifests need. */
export async function putEntry(options: PutFlags & CommonOptions, host: Host): Promise<number> {
  const needed = await wantedEntries(options, host);
  if (typeof needed === 'number') return needed;
  const all = entriesIn(needed.lists);
  const entry = entryNamed(options.name, all, host);
  return putOne(entry, all, options, awsClient(options.profile, host));
}

/** The entry of that name. If it is in several regions or services, `--environment` has to choose. */
function entryNamed(name: string, all: Entries, host: Host): RemoteEntry {
  const askable = all.filter(isAskable);
  const named = askable.filter(entry => askedName(entry) === name);
  const [entry] = named;
  if (entry === undefined) {
    const unaskable = all.find(candidate => candidate.name === name);
    const reason = unaskable && cannotBeAsked(unaskable);
    if (reason !== undefined) return wrongUsage(`nothing is put into "${name}": ${reason}`);
    const names = knownNames('entries', name, new Set(askable.map(askedName)));
    return wrongUsage(`no manifest reads an entry of that name of AWS. ${names}`);
  }
  const places = new Set(
    named.map(candidate => JSON.stringify([placeOf(candidate, host), candidate.store.account])),
  );
  if (places.size > 1) wrongUsage(`"${name}" is in several places: choose one by --environment`);
  return {
    ...entry,
    uses: named.flatMap(({ uses }) => uses),
    properties: [...new Set(named.flatMap(({ properties }) => properties))].sort(),
  };
}

/** Writes an entry; `all` has the entries of all environments, whose stores may name a key for it. */
async function putOne(entry: RemoteEntry, all: Entries, flags: WriteFlags, aws: Aws) {
  const { host } = aws;
  const write = await planned(entry, all, flags, aws);
  const refusal = writeRefusal(write, flags);
  if (refusal !== undefined) wrongUsage(refusal);
  host.stderr(`rem-secrets: ${planText(write)}\n`);
  if (flags.dryRun === true) return exitCodes.ok;
  if (!isAgreed(write, flags, host)) {
    host.stderr('rem-secrets: nothing is written\n');
    return exitCodes.findings;
  }
  const text = takenValue(write, flags, host);
  host.stderr(`rem-secrets: ${await writeValue(write, text, host)}\n`);
  return exitCodes.ok;
}

type Write = Awaited<ReturnType<typeof planned>>;

/** What will be written: `key` is a customer's key, or undefined for the default key of the account. */
async function planned(entry: RemoteEntry, all: Entries, flags: WriteFlags, aws: Aws) {
  const wantedKey = keyOf(entry, all, flags);
  const name = askedName(entry);
  const type = wantedType(entry);
  const { service, region } = placeOf(entry, aws.host);
  const isParameter = service === 'ParameterStore';
  const call = callAt({ service, region }, aws);
  const existing = await (isParameter ? existingParameter : existingSecret)(name, call);
  // A parameter of another type is deleted first.
  const isReplacing = existing?.type !== undefined && existing.type !== type;
  const isAdvanced = flags.advanced === true || (existing?.tier === 'Advanced' && !isReplacing);
  // A secret keeps its key.
  const isKept = !isParameter && existing !== undefined;
  const key = isKept ? existing.keyId : (wantedKey ?? existing?.keyId);
  return { entry, name, type, region, isParameter, call, isAdvanced, existing, isReplacing, key };
}

async function existingParameter(name: string, call: CallPlace) {
  const filter = { Key: 'Name', Option: 'Equals', Values: [name] };
  const listing = pagesOf(call, 'DescribeParameters', { ParameterFilters: [filter] });
  for await (const { page } of listing) {
    const parameter = listAt(page, 'Parameters').find(isMap);
    if (parameter === undefined) continue;
    const { Version: version, LastModifiedDate: date } = parameter;
    const text = `version ${String(version)}${dateText(date)}`;
    return { ...parameterFacts(parameter), text };
  }
  return undefined;
}

async function existingSecret(name: string, call: CallPlace) {
  const secret = await describedSecret(name, call);
  if (secret === undefined) return undefined;
  const text = `a value${dateText(secret['LastChangedDate'] ?? secret['CreatedDate'])}`;
  return { ...secretFacts(secret, 'VersionIdsToStages'), text };
}

function dateText(seconds: unknown): string {
  return typeof seconds === 'number' ? ` of ${timeText(seconds * 1000)}` : '';
}

function writeRefusal(write: Write, { replace }: WriteFlags): string | undefined {
  const { name, existing, isReplacing, type } = write;
  const { uses, store } = write.entry;
  const push = uses.find(({ how }) => how === 'push');
  if (push !== undefined)
    return `PushSecret ${JSON.stringify(push.object.name)} writes "${name}", and would write over it`;
  const isOther = store.account !== undefined && existing?.account !== undefined;
  if (isOther && existing.account !== store.account)
    return `these credentials are of account ${existing.account}, and ${store.name.kind} "${store.name.name}" reads account ${store.account}`;
  if (existing?.deleted !== undefined) return `"${name}" is to be deleted: restore it first`;
  if (isReplacing && replace !== true)
    return `"${name}" is a ${existing?.type}, and AWS changes no type: --replace deletes it and makes a ${type}, with version 1`;
  return undefined;
}

function planText(write: Write): string {
  const { entry, name, type, region, isParameter, isAdvanced, existing, isReplacing, key } = write;
  const { account } = entry.store;
  const what = isParameter ? `${isAdvanced ? 'advanced ' : ''}${type}` : 'secret';
  const under = key === undefined ? '' : `, encrypted by ${key}`;
  const where = `${what} "${name}" in ${region}${under}`;
  const whose = account === undefined ? '' : `, if these credentials are of account ${account}`;
  if (existing === undefined) return `${where}: it is new${whose}`;
  return `${where}: ${isReplacing ? 'in place of' : 'there is'} ${existing.text}`;
}

function isAgreed({ existing }: Write, { yes }: WriteFlags, host: Host): boolean {
  if (existing === undefined || yes === true) return true;
  const answer = host.ask('Write over it? [y/N] ', false);
  if (answer === undefined) wrongUsage('it is there, and there is no terminal to ask: --yes');
  return /^y(?:es)?$/i.test(answer.trim());
}

function takenValue(write: Write, flags: WriteFlags, host: Host): string {
  const { entry, name } = write;
  const value = flags.value ?? valueFrom(flags, name, host);
  const text = flags.keepNewline === true ? value : value.replace(/\r?\n$/, '');
  const fault = valueFault(text, write);
  if (fault !== undefined) return wrongUsage(`${fault}; nothing is written`);
  if (text !== value) host.stderr('rem-secrets: its final newline is left out (--keep-newline)\n');
  for (const doubt of doubtsOf(text, entry)) host.stderr(`rem-secrets: warning: ${doubt}\n`);
  return text;
}

function valueFault(text: string, { entry, isParameter, isAdvanced }: Write): string | undefined {
  if (text === '') return 'the value is empty';
  const size = Buffer.byteLength(text);
  if (isParameter) {
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
  if (absent.length === 0) return undefined;
  return `External Secrets reads properties that the value has not: ${absent.join(', ')}`;
}

function doubtsOf(text: string, { uses }: RemoteEntry): string[] {
  const facts = valueFacts(text, []);
  const isBase64 = uses.some(use => use.how === 'value' && use.isBase64);
  return [
    facts.isPlaceholder && 'it looks like a placeholder',
    facts.hasOuterSpace && 'it begins or ends with white space',
    facts.hasCarriageReturns && 'it has line ends of Windows',
    facts.hasNull && 'it has a null byte',
    isBase64 && !facts.isBase64 && 'it should be Base64, and is none',
  ].filter(doubt => doubt !== false);
}

function valueFrom({ from, generate }: WriteFlags, name: string, host: Host): string {
  if (generate !== undefined) return randomText(generate);
  if (from !== undefined) return textOf(from === '-' ? host.readStdin() : host.readFile(from));
  const answer = host.ask(`The value of ${name} (it is not shown): `, true);
  if (answer !== undefined) return answer;
  return wrongUsage('there is no terminal to ask for the value: --from FILE, or --from -');
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits, which need no escapes, with a digit and a small letter (docs/facts/phoenix.md#secrets). */
function randomText(length: number): string {
  for (;;) {
    const all = Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    if (/[a-z]/.test(all) && /[0-9]/.test(all)) return all;
  }
}

function textOf(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return attempt(() => decoder.decode(bytes)) ?? wrongUsage('the value is no text in UTF-8');
}

async function writeValue(write: Write, value: string, host: Host): Promise<string> {
  const { name, type, isParameter, call, isAdvanced, key, existing, isReplacing } = write;
  if (!isParameter) return writeSecret(write, value);
  const put = async (): Promise<string> => {
    const { Version: version } = await call('PutParameter', {
      Name: name,
      Value: value,
      Type: type,
      Tier: isAdvanced ? 'Advanced' : 'Standard',
      Overwrite: existing !== undefined && !isReplacing,
      ...(key !== undefined && type === 'SecureString' && { KeyId: key }),
    });
    return `version ${String(version)} is written`;
  };
  if (!isReplacing) return put();
  host.stderr(
    `rem-secrets: "${name}" is deleted, and made again after the 30 seconds that AWS asks for: do not interrupt\n`,
  );
  await call('DeleteParameter', { Name: name });
  await host.wait(30_000); // AWS wants that between a deletion and a new parameter of the same name.
  try {
    return await put();
  } catch (error) {
    host.stderr(`rem-secrets: "${name}" is deleted and not made again: put it once more\n`);
    throw error;
  }
}

/** The token keeps AWS from making two versions of a call that is sent twice. */
async function writeSecret({ name, call, key, existing }: Write, value: string) {
  const written = { SecretString: value, ClientRequestToken: randomUUID() };
  if (existing !== undefined) {
    await call('PutSecretValue', { SecretId: name, ...written });
    return 'a new version is written';
  }
  const encryption = key !== undefined && { KmsKeyId: key };
  await call('CreateSecret', { Name: name, ...written, ...encryption });
  return 'the secret is made';
}

/** The key to encrypt an entry with: the flag's, or the only one that the spec names in any environment. */
function keyOf({ name, store }: RemoteEntry, all: Entries, { key }: WriteFlags) {
  const same = all.filter(item => item.name === name && item.store.name.name === store.name.name);
  const [only, ...more] = new Set(same.flatMap(item => item.store.keys ?? []));
  if (key !== undefined || more.length === 0) return key ?? only;
  const keys = [only, ...more].join(', ');
  return wrongUsage(`the spec names several keys: choose one by --key: ${keys}`);
}

export type CopyFlags = WriteFlags & Allowed & { readonly source: string; readonly target: string };

/** Asks for values of entries that the source environment has and the target lacks, and writes each at once. */
export async function copyEntries(options: CopyFlags & CommonOptions, host: Host): Promise<number> {
  const { source, target, profile } = options;
  const needed = await wantedEntries({ ...options, paths: [], namespace: '' }, host);
  if (typeof needed === 'number') return needed;
  const siblingsOf = siblingsAmong(listOf(source, needed.lists).entries);
  const alike = listOf(target, needed.lists).entries.filter(
    entry =>
      isAskable(entry) &&
      entry.uses.every(({ how }) => how !== 'push') &&
      siblingsOf(entry).length > 0,
  );
  const aws = awsClient(profile, host);
  const looked = await lookUp(alike, aws);
  const absent = alike.filter(entry => looked.found(entry) === 'missing');
  host.stderr(
    `rem-secrets: of ${alike.length} entries that ${source} has too, ${absent.length} are missing in ${target}\n`,
  );
  for (const entry of absent) {
    const name = askedName(entry);
    const question = `The value of ${name} (it is not shown; empty: left out): `;
    const value = options.dryRun === true ? '' : host.ask(question, true);
    if (value === undefined)
      wrongUsage('there is no terminal to ask for values: put them one by one');
    if (value === '') host.stderr(`rem-secrets: ${JSON.stringify(name)} is left out\n`);
    else await putOne(entry, entriesIn(needed.lists), { ...options, value }, aws);
  }
  return exitCodes.ok;
}

export function lengthFlag(text: string): number {
  const [least, most] = [32, 1024];
  const length = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (length >= least && length <= most) return length;
  return wrongUsage(`--generate takes a number from ${least} to ${most}`);
}
