import type { Host } from '../../ground/host.ts';
import { type RemoteEntry, wantedType } from '../../operate/params/entry.ts';
import { askedName } from '../../operate/params/looked-up.ts';
import { newValue } from '../../operate/params/new-value.ts';
import type { CallAws } from '../aws/client.ts';
import { exitCodes } from '../command.ts';
import { wrongUsage } from '../usage.ts';
import { placeOf } from './look-up.ts';
import type { WriteFlags } from './params-flags.ts';
import { valueFrom } from './value-source.ts';
import type { WantedEntries } from './wanted-entries.ts';
import { thereAt, type Write, writeValue } from './write-value.ts';

/** Looks what is there, asks, takes a value and writes it; `key` encrypts it. */
export async function putOne(
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
export function keyOf(
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
