import type { Host } from '../core/host.ts';
import { isMap, listAt, parsedJson, textAt } from '../core/json.ts';
import type { AwsPlace } from './aws.ts';
import { askedName, type RemoteEntry } from './entry.ts';
import type { EntryFacts, Found } from './facts.ts';

/** Answers what was found out where an entry is. */
export type FoundAt = (entry: RemoteEntry) => LookedUp | undefined;

/** What was found out in one region of one service. */
export interface LookedUp {
  /** By the names that were asked for. */
  readonly found: ReadonlyMap<string, Found>;
  /** All names there are below prefixes that were listed. */
  readonly listed: readonly PrefixListing[];
}

/** The names that begin so. */
export interface PrefixListing {
  readonly prefix: string;
  readonly names: readonly string[];
}

/** What was found out about an entry; undefined: AWS was not asked for it. */
export function foundOf(entry: RemoteEntry, foundAt: FoundAt): Found | undefined {
  return foundAt(entry)?.found.get(askedName(entry));
}

/** What was found out, but of entries that are in another account than those of the credentials. */
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

/** The account of the credentials, as what they found is in it; an ARN may name another one. */
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

/** What an earlier run had learned of a place. */
export interface KnownPlace {
  /** That it is in. */
  readonly account?: string;
  /** Entries that were as they should be: they are not asked for. */
  readonly fine: ReadonlySet<string>;
  /** How far the listings of prefixes came. */
  readonly listings: ReadonlyMap<string, ListedSoFar>;
}

/** How far the listing of a prefix came. */
export interface ListedSoFar {
  readonly names: readonly string[];
  /** Pages that were read. */
  readonly pages: number;
  /** What AWS goes on with; absent: it was the last page. */
  readonly next?: string;
}

/** The notes of a run, by place. */
export type NotesAt = (place: AwsPlace) => PlaceNotes;

/** What is known of one region of one service, written down as AWS tells it. */
export interface PlaceNotes extends KnownPlace {
  /** What is there, by name. */
  readonly told: Map<string, EntryFacts>;
  readonly listings: Map<string, ListedSoFar>;
}

const NOTHING: KnownPlace = { fine: new Set(), listings: new Map() };

/** The notes of a run that knows this much. */
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

/** A place in one text. */
export function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}

/** What it had learned altogether. */
export interface KeptCheck {
  /** When the first of it was answered, in milliseconds since 1970. */
  readonly since: number;
  /** By service and region. */
  readonly places: ReadonlyMap<string, KeptPlace>;
}

/** What a check that was broken off had learned of one region of one service: names alone. */
export interface KeptPlace {
  /** The account that it is in. */
  readonly account: string;
  /** The entries that are there, and as they should be. */
  readonly fine: readonly string[];
  readonly listings: ReadonlyMap<string, ListedSoFar>;
}

/** As a file has it. */
export function keptCheckText({ since, places }: KeptCheck): string {
  const written = [...places].map(([place, { listings, ...names }]) => ({
    place,
    ...names,
    listings: [...listings].map(([prefix, listing]) => ({ prefix, ...listing })),
  }));
  return JSON.stringify({ since, places: written });
}

/** What a file says; a file that says anything else says nothing. */
export function keptCheckIn(text: string): KeptCheck | undefined {
  const document = parsedJson(text);
  const since = isMap(document) ? document['since'] : undefined;
  if (typeof since !== 'number') return undefined;
  const places = listAt(document, 'places').flatMap((one): [string, KeptPlace][] => {
    const place = textAt(one, 'place');
    const account = textAt(one, 'account');
    if (place === undefined || account === undefined) return [];
    return [[place, { account, fine: textsAt(one, 'fine'), listings: listingsIn(one) }]];
  });
  return { since, places: new Map(places) };
}

function textsAt(value: unknown, key: string): string[] {
  return listAt(value, key).filter(text => typeof text === 'string');
}

function listingsIn(place: unknown): Map<string, ListedSoFar> {
  const listings = listAt(place, 'listings').flatMap((one): [string, ListedSoFar][] => {
    const prefix = textAt(one, 'prefix');
    const next = textAt(one, 'next');
    const pages = isMap(one) ? one['pages'] : undefined;
    if (prefix === undefined || typeof pages !== 'number') return [];
    return [[prefix, { names: textsAt(one, 'names'), pages, ...(next !== undefined && { next }) }]];
  });
  return new Map(listings);
}

/** Where a look-up tells what it hears. */
export interface Asked {
  readonly done: Done;
  readonly notes: PlaceNotes;
}

/** Is told how many more entries are done. */
export type Done = (count: number) => void;

/** Characters of the bar. */
const WIDTH = 20;

/** Shows people at a terminal how far a long run is with so many entries. */
export function progressOf(total: number, what: string, host: Host): Done {
  let at = 0;
  return count => {
    at = Math.min(total, at + count);
    const filled = total === 0 ? WIDTH : Math.floor((at / total) * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    host.progress(`[${bar}] ${at} of ${total} entries ${what}`);
  };
}
