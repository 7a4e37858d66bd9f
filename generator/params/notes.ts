import type { Host } from '../core/host.ts';
import { isMap, listAt, parsedJson, textAt } from '../core/json.ts';
import type { AwsPlace } from './aws.ts';
import { askedName, type RemoteEntry } from './entry.ts';
import type { EntryFacts, Found } from './facts.ts';

/** Answers what was looked up in the place of an entry; undefined if nothing was. */
export type FoundAt = (entry: RemoteEntry) => LookedUp | undefined;

/** What was looked up in one region of one service. */
export interface LookedUp {
  /** By name. */
  readonly found: ReadonlyMap<string, Found>;
  /** All names below the prefixes that were listed to the end. */
  readonly listed: readonly PrefixListing[];
}

export interface PrefixListing {
  readonly prefix: string;
  readonly names: readonly string[];
}

/** What was looked up about an entry; undefined if AWS was not asked. */
export function foundOf(entry: RemoteEntry, foundAt: FoundAt): Found | undefined {
  return foundAt(entry)?.found.get(askedName(entry));
}

/** What was looked up, without entries of another account than that of the credentials: they are unknown. */
export function inOwnAccount(entries: readonly RemoteEntry[], foundAt: FoundAt): FoundAt {
  const own = accountAmong(entries, foundAt);
  return entry => {
    const found = foundAt(entry);
    const unknown = found && otherAccount(entry, own);
    return unknown === undefined
      ? found
      : { found: new Map<string, Found>([[askedName(entry), { unknown }]]), listed: [] };
  };
}

/** The account of the credentials: the account of the first entry that was found by a plain name. */
function accountAmong(entries: readonly RemoteEntry[], foundAt: FoundAt): string | undefined {
  for (const entry of entries) {
    const found = askedName(entry).startsWith('arn:') ? undefined : foundOf(entry, foundAt);
    if (typeof found === 'object' && 'account' in found) return found.account;
  }
  return undefined;
}

function otherAccount(
  { store: { account, name } }: RemoteEntry,
  own: string | undefined,
): string | undefined {
  if (account === undefined || own === undefined || account === own) return undefined;
  return `these credentials are of account ${own}, and ${name.kind} "${name.name}" reads account ${account}`;
}

/** What an earlier run learned about one region of one service; names, never values. */
export interface KnownPlace {
  readonly account?: string;
  /** Names that were as they should be, and are not looked up again. */
  readonly fine: ReadonlySet<string>;
  readonly listings: ReadonlyMap<string, ListingProgress>;
}

/** How far the listing of a prefix came. */
export interface ListingProgress {
  readonly names: readonly string[];
  readonly pages: number;
  /** The token of the next page; absent after the last one. */
  readonly next?: string;
}

/** The notes of a run, by place. */
export type NotesAt = (place: AwsPlace) => PlaceNotes;

/** What this run knows about one region of one service. */
export interface PlaceNotes extends KnownPlace {
  readonly told: Map<string, EntryFacts>;
  readonly listings: Map<string, ListingProgress>;
}

const NOTHING: KnownPlace = { fine: new Set(), listings: new Map() };

/** The notes of a run that starts from what an earlier run learned. */
export function notesOf(known: ReadonlyMap<string, KnownPlace> = new Map()): NotesAt {
  const all = new Map<string, PlaceNotes>();
  return place => {
    const id = placeId(place);
    const before = known.get(id) ?? NOTHING;
    const notes = all.get(id) ?? { ...before, told: new Map(), listings: new Map(before.listings) };
    all.set(id, notes);
    return notes;
  };
}

export function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}

/** What a check that was broken off learned. */
export interface KeptCheck {
  /** The time of the first answer, in milliseconds since 1970. */
  readonly since: number;
  /** By service and region. */
  readonly places: ReadonlyMap<string, KnownPlace>;
}

export function keptCheckText({ since, places }: KeptCheck): string {
  const written = [...places].map(([place, { account, fine, listings }]) => ({
    place,
    account,
    fine: [...fine],
    listings: [...listings].map(([prefix, listing]) => ({ prefix, ...listing })),
  }));
  return JSON.stringify({ since, places: written });
}

/** Parses the kept file; undefined if it is no such file. */
export function keptCheckIn(text: string): KeptCheck | undefined {
  const document = parsedJson(text);
  const since = isMap(document) ? document['since'] : undefined;
  if (typeof since !== 'number') return undefined;
  const places = listAt(document, 'places').flatMap((one): [string, KnownPlace][] => {
    const place = textAt(one, 'place');
    const account = textAt(one, 'account');
    if (place === undefined || account === undefined) return [];
    const fine = new Set(textsAt(one, 'fine'));
    return [[place, { account, fine, listings: listingsIn(one) }]];
  });
  return { since, places: new Map(places) };
}

function textsAt(value: unknown, key: string): string[] {
  return listAt(value, key).filter(text => typeof text === 'string');
}

function listingsIn(place: unknown): Map<string, ListingProgress> {
  const listings = listAt(place, 'listings').flatMap((one): [string, ListingProgress][] => {
    const prefix = textAt(one, 'prefix');
    const next = textAt(one, 'next');
    const pages = isMap(one) ? one['pages'] : undefined;
    if (prefix === undefined || typeof pages !== 'number') return [];
    return [[prefix, { names: textsAt(one, 'names'), pages, ...(next !== undefined && { next }) }]];
  });
  return new Map(listings);
}

export interface Asked {
  readonly done: Done;
  readonly notes: PlaceNotes;
}

/** Counts entries that are done. */
export type Done = (count: number) => void;

/** The characters of the progress bar. */
const WIDTH = 20;

/** Shows the progress of a long run at a terminal. */
export function progressOf(total: number, what: string, host: Host): Done {
  let at = 0;
  return count => {
    at = Math.min(total, at + count);
    const filled = total === 0 ? WIDTH : Math.floor((at / total) * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    host.progress(`[${bar}] ${at} of ${total} entries ${what}`);
  };
}
