import { isMap, listAt, parsedJson, textAt } from '../../ground/json.ts';

/** How far the listing of a prefix came. */
export interface ListedSoFar {
  readonly names: readonly string[];
  /** Pages that were read. */
  readonly pages: number;
  /** What AWS goes on with; absent: it was the last page. */
  readonly next?: string;
}

/** What a check that was broken off had learned of one region of one service: names alone. */
export interface KeptPlace {
  /** The account that it is in. */
  readonly account: string;
  /** The entries that are there, and as they should be. */
  readonly fine: readonly string[];
  readonly listings: ReadonlyMap<string, ListedSoFar>;
}

/** What it had learned altogether. */
export interface KeptCheck {
  /** When the first of it was answered, in milliseconds since 1970. */
  readonly since: number;
  /** By service and region. */
  readonly places: ReadonlyMap<string, KeptPlace>;
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

function textsAt(value: unknown, key: string): string[] {
  return listAt(value, key).filter(text => typeof text === 'string');
}
