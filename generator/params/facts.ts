import type { Host } from '../core/host.ts';
import { isMap, type JsonObject, listAt, mapAt, parsedJson, textAt } from '../core/json.ts';
import type { AwsPlace } from './aws.ts';
import { askedName, type RemoteEntry } from './entry.ts';

/** What is known about an entry: its facts, that it is missing, or why neither is known. */
export type Found = EntryFacts | 'missing' | { readonly unknown: string; readonly isCut?: true };

/** What AWS says about an existing entry, without its value. */
export interface EntryFacts {
  /** The account in its ARN, if AWS gives one. */
  readonly account?: string;
  readonly type?: string;
  /** The key that encrypts it: an alias, an ID or an ARN. */
  readonly keyId?: string;
  readonly tier?: string;
  /** When its expiration policy deletes it. */
  readonly expires?: string;
  /** When its deletion is final; until then it cannot be read. */
  readonly deleted?: string;
  /** A secret may be made without a value. */
  readonly hasValue: boolean;
  /** The number of a parameter's newest version. */
  readonly newest?: number;
  /** The labels of a parameter that were looked up, and whether it has them. */
  readonly labels?: ReadonlyMap<string, boolean>;
  /** The IDs and labels of a secret's versions; absent if unknown. */
  readonly versions?: ReadonlySet<string>;
  /** Facts about its value, if it was read. */
  readonly value?: ValueFacts;
  /** Why its value could not be read. */
  readonly unread?: string;
  /** AWS was too busy to answer; no permission is missing. */
  readonly isCut?: true;
}

/** Facts about a value that do not reveal it. */
export interface ValueFacts {
  readonly isEmpty: boolean;
  readonly hasOuterSpace: boolean;
  readonly hasFinalNewline: boolean;
  readonly hasCarriageReturns: boolean;
  readonly hasNull: boolean;
  readonly isPlaceholder: boolean;
  readonly isBase64: boolean;
  /** Whether a standard parameter can hold it. */
  readonly isSmall: boolean;
  /** The names of its properties; absent if it is no JSON object. */
  readonly properties?: readonly string[];
  /** Which of the properties that manifests read it has. */
  readonly has: ReadonlySet<string>;
}

export function isThere(found: Found): found is EntryFacts {
  return found !== 'missing' && !('unknown' in found);
}

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

function otherAccount({ store: { account, name } }: RemoteEntry, own: string | undefined) {
  if (account === undefined || own === undefined || account === own) return undefined;
  return `these credentials are of account ${own}, and ${name.kind} "${name.name}" reads account ${account}`;
}

export function parameterFacts(parameter: JsonObject): EntryFacts {
  const type = textAt(parameter, 'Type');
  const keyId = textAt(parameter, 'KeyId');
  const tier = textAt(parameter, 'Tier');
  const expires = expirationOf(parameter);
  const newest = parameter['Version'];
  const account = accountIn(textAt(parameter, 'ARN'));
  return {
    hasValue: true,
    ...(account !== undefined && { account }),
    ...(type !== undefined && { type }),
    ...(keyId !== undefined && { keyId }),
    ...(tier !== undefined && { tier }),
    ...(expires !== undefined && { expires }),
    ...(typeof newest === 'number' && { newest }),
  };
}

function expirationOf(parameter: JsonObject): string | undefined {
  const policies = listAt(parameter, 'Policies');
  const text = policies.flatMap(policy =>
    textAt(policy, 'PolicyType') === 'Expiration' ? (textAt(policy, 'PolicyText') ?? []) : [],
  )[0];
  return text === undefined
    ? undefined
    : (textAt(parsedJson(text), 'Attributes', 'Timestamp') ?? 'a date of its policy');
}

function accountIn(arn: string | undefined): string | undefined {
  return /^arn:[\w-]{1,20}:[\w-]{1,40}:[\w-]{1,40}:(\d{12}):/.exec(arn ?? '')?.[1];
}

export function parameterName(parameter: JsonObject): string {
  return textAt(parameter, 'Name') ?? '';
}

/** The facts in an answer about a secret; `versions` is the field with its versions, which differs by operation. */
export function secretFacts(secret: JsonObject, versions: string): EntryFacts {
  const keyId = textAt(secret, 'KmsKeyId');
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, versions));
  const account = accountIn(textAt(secret, 'ARN'));
  return {
    ...(account !== undefined && { account }),
    hasValue: stages.some(labels => listAt({ labels }, 'labels').includes('AWSCURRENT')),
    ...(keyId !== undefined && { keyId }),
    // AWS counts seconds.
    ...(typeof deleted === 'number' && {
      deleted: new Date(deleted * 1000).toISOString().slice(0, 10),
    }),
  };
}

/** Texts that people write until they have the real value. */
const PLACEHOLDER =
  /^(?:(?:your|my|enter|insert|replace|add|put)[-_ ].{0,200}|.{0,200}(?:change[-_ ]?me|replace[-_ ]?me|your[-_](?:api|secret|key|token)).{0,200}|todo|tbd|fixme|none|null|undefined|dummy|example|placeholder|password|secret|test|x{3,99}|\*{3,99}|<[^>]{0,200}>|.{0,200}(?:\.\.\.|…))$/i;

/** The most bytes of a standard parameter (docs/facts/aws.md#parameters). */
const STANDARD = 4096;

/** Facts about a value. The value itself goes no further. */
export function valueFacts(value: string, wanted: readonly string[]): ValueFacts {
  const json = parsedJson(value);
  const text = value.trim();
  return {
    isEmpty: text === '',
    hasOuterSpace: text !== value,
    hasFinalNewline: value.endsWith('\n') && text === value.replace(/\r?\n$/, ''),
    hasCarriageReturns: value.includes('\r'),
    hasNull: value.includes('\0'),
    isPlaceholder: text.length <= 400 && !text.includes('\n') && PLACEHOLDER.test(text),
    isBase64: isBase64(text),
    isSmall: Buffer.byteLength(value) <= STANDARD,
    ...(isMap(json) && { properties: Object.keys(json) }),
    has: new Set(wanted.filter(property => hasProperty(json, property))),
  };
}

function isBase64(text: string): boolean {
  const joined = text.replaceAll(/\s/g, '');
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/_-]*={0,2}$/.test(joined);
}

/** Signs of gjson queries (docs/facts/eso.md#properties). */
const QUERY = /[*?#|@!{}[\]\\]/;

/** ESO takes a property as a name, then as a path. Queries are not judged. */
function hasProperty(json: unknown, property: string): boolean {
  if (QUERY.test(property)) return true;
  if (isMap(json) && Object.hasOwn(json, property)) return true;
  let value = json;
  for (const step of property.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return true;
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

export type NotesAt = (place: AwsPlace) => PlaceNotes;

/** What this run knows about one region of one service. */
export interface PlaceNotes extends KnownPlace {
  readonly facts: Map<string, EntryFacts>;
  readonly listings: Map<string, ListingProgress>;
}

const NOTHING: KnownPlace = { fine: new Set(), listings: new Map() };

/** The notes of a run that starts from what an earlier run learned. */
export function notesOf(known: ReadonlyMap<string, KnownPlace> = new Map()): NotesAt {
  const all = new Map<string, PlaceNotes>();
  return place => {
    const id = placeId(place);
    const before = known.get(id) ?? NOTHING;
    const notes = all.get(id) ?? {
      ...before,
      facts: new Map(),
      listings: new Map(before.listings),
    };
    all.set(id, notes);
    return notes;
  };
}

export function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}

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

export interface LookUpRun {
  readonly done: Done;
  readonly notes: PlaceNotes;
}
