import { isMap, listAt, parsedJson, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { parameterNameFault } from '../kinds/eso/aws-calls.ts';
import type { RemoteEntry } from './entry.ts';
import { type Found, valueFacts } from './facts.ts';

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

/** What was found out in one region of one service. */
export interface LookedUp {
  /** By the names that were asked for. */
  readonly found: ReadonlyMap<string, Found>;
  /** All names there are below prefixes that were listed. */
  readonly listed: readonly PrefixListing[];
}

/** Answers what was found out where an entry is. */
export type FoundAt = (entry: RemoteEntry) => LookedUp | undefined;

/** What was found out about an entry; undefined: AWS was not asked for it. */
export function foundOf(entry: RemoteEntry, foundAt: FoundAt): Found | undefined {
  return foundAt(entry)?.found.get(askedName(entry));
}

/** The names that begin so. */
export interface PrefixListing {
  readonly prefix: string;
  readonly names: readonly string[];
}

/** The name that AWS is asked for: a version or label after it is none of it. */
export function askedName({ store: { aws }, name }: RemoteEntry): string {
  const isPlain = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  return isPlain ? name.replace(/:.*/, '') : name;
}

/** What AWS refuses in the name or ARN of a secret (docs/facts/aws.md#secrets). */
function secretNameFault(name: string): string | undefined {
  const isLegal =
    /^(?:arn:[\w-]{1,20}:secretsmanager:[\w-]{1,40}:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/.test(name);
  return isLegal ? undefined : 'its name is none of Secrets Manager';
}

/** Why AWS cannot be asked for an entry; undefined: it can. */
export function cannotBeAsked(entry: RemoteEntry): string | undefined {
  const { store, isSearch } = entry;
  const name = askedName(entry);
  if (store.aws === undefined) return 'its store is none of AWS, or not in the manifests';
  if (isSearch) return 'it is a search';
  if (name === '' || isUnresolved(name)) return 'its name is filled in later';
  if (store.aws.service !== 'ParameterStore') return secretNameFault(name);
  if (name.startsWith('arn:')) return 'it is named by its ARN, as one of another account is';
  return parameterNameFault(name);
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

/** A value that somebody gives, ready to be written. */
interface NewValue {
  readonly text: string;
  /** Whether a final newline was taken off. */
  readonly isCut: boolean;
  /** What looks wrong in it, without a word of it. */
  readonly doubts: readonly string[];
}

/** How large a value may be, in bytes (docs/facts/aws.md#parameters, docs/facts/aws.md#secrets). */
const SIZES = { standard: 4096, advanced: 8192, secret: 65_536 } as const;

/** What was given as a value, without its final newline; a text says why it cannot be one. */
export function newValue(
  given: string,
  entry: RemoteEntry,
  { isAdvanced, isKept }: { readonly isAdvanced: boolean; readonly isKept: boolean },
): NewValue | string {
  const text = isKept ? given : given.replace(/\r?\n$/, '');
  const fault = refused(text, entry, isAdvanced);
  if (fault !== undefined) return fault;
  return { text, isCut: text !== given, doubts: doubtsOf(text, entry) };
}

function refused(text: string, entry: RemoteEntry, isAdvanced: boolean): string | undefined {
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
