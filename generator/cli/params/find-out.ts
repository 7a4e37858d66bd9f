import type { Host } from '../../ground/host.ts';
import {
  cannotBeAsked,
  type FoundAt,
  foundOf,
  inOwnAccount,
} from '../../operate/params/looked-up.ts';
import { type EntryList, siblingsAmong } from '../../operate/params/remote-entries.ts';
import { awsClient, type CallAws } from '../aws/client.ts';
import { beforeEnd } from '../host/before-end.ts';
import { isCut, lookUpAny, lookUpSome } from './look-up.ts';
import type { NotesAt } from './notes.ts';
import type { CheckOptions } from './params-flags.ts';
import { readValues } from './read-values.ts';
import { resumedCheck } from './resumed-check.ts';
import { entriesIn, type WantedEntries } from './wanted-entries.ts';

/** What was found out; not whole: AWS broke it off. */
interface FoundOut {
  readonly found: FoundAt;
  readonly isWhole: boolean;
}

/** Goes on where a run was broken off, and has another one go on where this one is. */
export async function findOut(
  wanted: readonly EntryList[],
  { lists, specStoreOf }: WantedEntries,
  { isReading = false, profile }: CheckOptions,
  host: Host,
): Promise<FoundOut> {
  const call = awsClient(profile, host);
  const held = wanted.flatMap(({ environment, entries }) =>
    entries
      .filter(entry => cannotBeAsked(entry) === undefined)
      .map(entry => ({ entry, keys: specStoreOf(environment, entry.store.name.name).keys })),
  );
  const run = await resumedCheck(held, isReading, call, host);
  const goOn = beforeEnd(run.breakOff);
  try {
    const found = await askFor(wanted, lists, { isReading, notesAt: run.notesAt }, call, host);
    const isWhole = held.every(({ entry }) => {
      const facts = foundOf(entry, found);
      return facts === undefined || !isCut(facts);
    });
    if (isWhole) run.end();
    else run.breakOff();
    return { found: inOwnAccount(entriesIn(wanted), found), isWhole };
  } finally {
    goOn();
  }
}

/** All that is wanted is asked for, and of others what may stand for something that is missing. */
async function askFor(
  wanted: readonly EntryList[],
  all: readonly EntryList[],
  { isReading, notesAt }: { readonly isReading: boolean; readonly notesAt: NotesAt },
  call: CallAws,
  host: Host,
): Promise<FoundAt> {
  const entries = entriesIn(wanted);
  const foundAt = await lookUpAny(entries, call, host, notesAt);
  const own = new Set(entries);
  const siblingsOf = siblingsAmong(entriesIn(all).filter(entry => !own.has(entry)));
  const absent = entries.filter(entry => foundOf(entry, foundAt) === 'missing');
  const others = new Set(absent.flatMap(siblingsOf));
  const elsewhere = others.size === 0 ? foundAt : await lookUpSome([...others], call, host);
  const read = isReading ? await readValues(entries, foundAt, call, host, notesAt) : foundAt;
  return entry => (others.has(entry) ? elsewhere(entry) : read(entry));
}
