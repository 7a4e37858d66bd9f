import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import { sum } from '../../ground/sum.ts';
import {
  type KeptCheck,
  type KeptPlace,
  keptCheckIn,
  keptCheckText,
} from '../../operate/params/kept-check.ts';
import { askedName } from '../../operate/params/looked-up.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';
import { areFine, askedParts, fineNames, type HeldEntry, namesIn } from './held-entries.ts';
import { lookUpAt, placeOf } from './look-up.ts';
import { type KnownPlace, type NotesAt, notesOf, type PlaceNotes, placeId } from './notes.ts';

/** A check that goes on where one of the same entries was broken off. */
export interface ResumedCheck {
  readonly notesAt: NotesAt;
  /** Keeps what is fine so far for another run, and says how that goes on. */
  readonly breakOff: () => void;
  /** All was answered: another run asks anew. */
  readonly end: () => void;
}

/** In milliseconds: what was so before may be otherwise by now. */
const HOUR = 3_600_000;

/** The entries that are asked for at one place. */
interface HeldPlace {
  readonly own: readonly HeldEntry[];
  readonly place: AwsPlace;
}

/** Takes up what a check of the same entries had learned when it was broken off, within the hour. */
export async function resumedCheck(
  held: readonly HeldEntry[],
  isReading: boolean,
  call: CallAws,
  host: Host,
): Promise<ResumedCheck> {
  const places = placesOf(held, host);
  const kept = host.kept(askedParts(held, isReading, host));
  const before = recent(keptCheckIn(kept?.text ?? ''), host);
  const known = await knownAt(places, before, call);
  const since = known.size === 0 ? host.now() : (before?.since ?? 0);
  const notesAt = notesOf(known);
  const total = sum(places.map(({ own }) => namesIn(own).size));
  const say = (count: number, text: string): void => {
    if (count > 0) host.stderr(`rem-secrets: ${text.replace('#', `${count} of ${total}`)}\n`);
  };
  const taken = sum([...known.values()].map(({ fine }) => fine.size));
  say(taken, `resumed: # names were answered at ${timeText(since)}; --no-cache asks for all`);
  const breakOff = (): void => {
    const now = places.map(({ own, place }) => keptPlace(own, place, notesAt(place), isReading));
    const isKept = kept?.keep(keptCheckText({ since, places: new Map(now) })) === true;
    const all = isKept ? sum(now.map(([, { fine }]) => fine.length)) : 0;
    say(all, `broken off: # names were answered; ${GOES_ON}`);
  };
  return { notesAt, breakOff, end: () => kept?.drop() };
}

const GOES_ON = 'the same command goes on from there within an hour';

function placesOf(held: readonly HeldEntry[], host: Host): HeldPlace[] {
  const byPlace = groupBy(held, ({ entry }) => placeId(placeOf(entry, host)));
  return [...byPlace.values()].flatMap(own =>
    own[0] === undefined ? [] : [{ own, place: placeOf(own[0].entry, host) }],
  );
}

/** What was kept, unless it is too old, or of a time to come. */
function recent(before: KeptCheck | undefined, host: Host): KeptCheck | undefined {
  const age = host.now() - (before?.since ?? 0);
  return age >= 0 && age < HOUR ? before : undefined;
}

async function knownAt(
  places: readonly HeldPlace[],
  before: KeptCheck | undefined,
  call: CallAws,
): Promise<Map<string, KnownPlace>> {
  const known = new Map<string, KnownPlace>();
  for (const { own, place } of places) {
    const was = before?.places.get(placeId(place));
    const taken = was && (await takenUp(was, own, place, call));
    if (taken !== undefined) known.set(placeId(place), taken);
  }
  return known;
}

function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** One of the names is asked for again: it has to be in the same account, and still as it should be. */
async function takenUp(
  { account, fine, listings }: KeptPlace,
  own: readonly HeldEntry[],
  place: AwsPlace,
  call: CallAws,
): Promise<KnownPlace | undefined> {
  const wanted = namesIn(own);
  const names = fine.filter(name => wanted.has(name));
  const [one] = names.filter(isOfAccount);
  if (one === undefined) return undefined;
  const [notes, ofOne] = [notesOf()(place), own.filter(({ entry }) => askedName(entry) === one)];
  const entries = ofOne.map(({ entry }) => {
    const { prefix: _, ...store } = entry.store;
    return { ...entry, store };
  });
  await lookUpAt(place, [one], entries, call, { done: () => {}, notes });
  const facts = notes.told.get(one);
  const isSame = facts?.account === account && areFine(ofOne, facts, false);
  return isSame ? { account, fine: new Set(names), listings } : undefined;
}

/** Not one of another account, which has that in its name. */
function isOfAccount(name: string): boolean {
  return !name.startsWith('arn:');
}

/** Nothing is kept of what is in no account that is known. */
function keptPlace(
  own: readonly HeldEntry[],
  place: AwsPlace,
  notes: PlaceNotes,
  isReading: boolean,
): [id: string, place: KeptPlace] {
  const told = [...notes.told].find(([name]) => isOfAccount(name))?.[1].account;
  const account = notes.account ?? told ?? '';
  const fine = account === '' ? [] : fineNames(own, notes, isReading);
  return [placeId(place), { account, fine, listings: notes.listings }];
}
