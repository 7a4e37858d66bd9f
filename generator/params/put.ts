import type { Host } from '../core/host.ts';
import { groupBy, listAt, textAt } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { exitCodes } from '../shell/command.ts';
import { wrongUsage } from '../shell/flags.ts';
import {
  type AwsPlace,
  AwsRefusal,
  awsClient,
  type CallAws,
  type CallThere,
  callAt,
} from './aws.ts';
import { type RemoteEntry, wantedType } from './entry.ts';
import { siblingsAmong } from './entry-uses.ts';
import { type EntryFacts, valueFacts } from './facts.ts';
import { isThere } from './faults.ts';
import type { CopyOptions, PutOptions, WriteFlags } from './flags.ts';
import { lookUp, placeOf } from './look-up.ts';
import { type Done, type NotesAt, notesOf, placeId, progressOf } from './notes.ts';
import { askedName, cannotBeAsked, type FoundAt, foundOf, newValue } from './values.ts';
import { listOf, type WantedEntries, wantedEntries } from './wanted.ts';
import { labelsOf, thereAt, valueFrom, type Write, writeValue } from './write-value.ts';

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
  const refusal = refused(entry, write, flags);
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

function refused(
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

/** What is told of values instead of them. */
type Told = Pick<EntryFacts, 'isCut' | 'labels' | 'value' | 'unread'>;

/** Names of one GetParameters (docs/facts/aws.md#parameters). */
const TOGETHER = 10;

/** Reads the values of entries that are there, and keeps what may be told of each. */
export async function readValues(
  entries: readonly RemoteEntry[],
  foundAt: FoundAt,
  call: CallAws,
  host: Host,
  notesAt: NotesAt = notesOf(),
): Promise<FoundAt> {
  const isReadable = (entry: RemoteEntry): boolean => {
    const found = foundOf(entry, foundAt);
    if (found === undefined || !isThere(found)) return false;
    const isRead = notesAt(placeOf(entry, host)).fine.has(askedName(entry));
    return !isRead && found.hasValue && found.deleted === undefined;
  };
  const told = new Map<string, Told>();
  const readable = entries.filter(isReadable);
  const places = groupBy(readable, entry => placeId(placeOf(entry, host)));
  const done = progressOf(new Set(readable.map(askedName)).size, 'read', host);
  for (const own of places.values()) {
    const [first] = own;
    if (first === undefined) continue;
    const place = placeOf(first, host);
    const { told: noted } = notesAt(place);
    const hear = (name: string, facts: Told): void => {
      told.set(idOf(place, name), facts);
      noted.set(name, { ...BARE, ...noted.get(name), ...facts });
    };
    await readPlace(own, place, call, done, hear);
  }
  return entry => {
    const before = foundAt(entry);
    if (before === undefined) return undefined;
    const name = askedName(entry);
    const found = before.found.get(name);
    const facts = told.get(idOf(placeOf(entry, host), name));
    if (found === undefined || !isThere(found) || facts === undefined) return before;
    return { ...before, found: new Map([[name, { ...found, ...facts }]]) };
  };
}

const BARE = { hasValue: true };

/** What is told of the entries of one place. */
async function readPlace(
  entries: readonly RemoteEntry[],
  place: AwsPlace,
  call: CallAws,
  done: Done,
  hear: (name: string, facts: Told) => void,
): Promise<void> {
  const told = new Map<string, Told>();
  const wanted = groupBy(entries, askedName);
  const propertiesOf = (name: string): string[] =>
    (wanted.get(name) ?? []).flatMap(({ properties }) => [...properties]);
  const there = callAt(place, call);
  const isParameter = place.service === 'ParameterStore';
  const [step, reader] = isParameter ? [TOGETHER, readParameters] : [1, readSecret];
  const names = [...wanted.keys()].sort();
  // Who is throttled for good asks no more.
  let busy: Told | undefined;
  for (let at = 0; at < names.length; at += step) {
    const some = names.slice(at, at + step);
    const before = busy;
    const all =
      before === undefined
        ? await readSome(some, one => reader(one, propertiesOf, there))
        : some.map((name): Heard[number] => [name, before]);
    for (const [name, facts] of all) {
      told.set(name, facts);
      hear(name, facts);
    }
    busy = all.find(([, { isCut }]) => isCut)?.[1];
    done(some.length);
  }
  for (const [name, facts] of await labelsOf(isParameter ? entries : [], there, busy?.unread))
    hear(name, { ...told.get(name), ...facts });
}

function idOf(place: AwsPlace, name: string): string {
  return `${placeId(place)} ${name}`;
}

type Properties = (name: string) => readonly string[];

/** What is told, by name. */
type Heard = (readonly [name: string, told: Told])[];

/** One name that may not be read keeps the others of a call from being read. */
async function readSome(
  names: readonly string[],
  read: (some: readonly string[]) => Promise<Heard>,
): Promise<Heard> {
  try {
    return await read(names);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.isBreak) return names.map(name => [name, { unread: error.message, isCut: true }]);
    if (!error.isDenied) throw error;
    const [name = ''] = names;
    if (names.length === 1) return [[name, { unread: error.message }]];
    const each = [];
    for (const one of names) each.push(...(await readSome([one], read)));
    return each;
  }
}

async function readParameters(
  names: readonly string[],
  propertiesOf: Properties,
  call: CallThere,
): Promise<Heard> {
  const answer = await call('GetParameters', { Names: names, WithDecryption: true });
  return listAt(answer, 'Parameters').map(parameter => {
    const name = textAt(parameter, 'Name') ?? '';
    return [name, { value: valueFacts(textAt(parameter, 'Value') ?? '', propertiesOf(name)) }];
  });
}

async function readSecret(
  [name = '']: readonly string[],
  propertiesOf: Properties,
  call: CallThere,
): Promise<Heard> {
  const answer = await call('GetSecretValue', { SecretId: name });
  const text = textAt(answer, 'SecretString');
  if (text === undefined) return [[name, { unread: 'it is binary' }]];
  return [[name, { value: valueFacts(text, propertiesOf(name)) }]];
}
