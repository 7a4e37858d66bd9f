import { type Host, HostError } from '../core/host.ts';
import { groupBy, isMap, type JsonObject, listAt, mapAt, sum, textAt } from '../core/json.ts';
import {
  type AwsPlace,
  AwsRefusal,
  type CallAws,
  type CallThere,
  callAt,
  regionOf,
  unlessBroken,
} from './aws.ts';
import {
  askedName,
  cannotBeAsked,
  listedPrefix,
  type RemoteEntry,
  wantedVersions,
} from './entry.ts';
import {
  type EntryFacts,
  type Found,
  parameterFacts,
  parameterName,
  secretFacts,
} from './facts.ts';
import {
  type Asked,
  type FoundAt,
  foundOf,
  type ListedSoFar,
  type LookedUp,
  type NotesAt,
  notesOf,
  type PlaceNotes,
  type PrefixListing,
  placeId,
  progressOf,
} from './notes.ts';

/** What entries AWS has, by metadata alone: no value is received. */
export async function lookUp(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
): Promise<FoundAt> {
  const foundAt = await lookUpSome(entries, call, host);
  const [refusal] = cutsIn(entries, foundAt);
  if (refusal !== undefined) throw new HostError(refusal);
  return foundAt;
}

/** The same as far as AWS has time for it: what it has none for is not known. */
export async function lookUpSome(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
  notesAt: NotesAt = notesOf(),
): Promise<FoundAt> {
  const asked = entries.filter(entry => cannotBeAsked(entry) === undefined);
  const found = new Map<string, LookedUp>();
  const places = [...groupBy(asked, entry => placeId(placeOf(entry, host)))].flatMap(
    ([id, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const place = placeOf(first, host);
      const notes = notesAt(place);
      const names = [...new Set(own.map(askedName))].sort();
      return [{ id, own, place, notes, names: names.filter(name => !notes.fine.has(name)) }];
    },
  );
  const total = sum(places.map(({ names }) => names.length));
  const done = progressOf(total, 'looked up', host);
  for (const { id, own, place, names, notes } of places) {
    const looked = await lookUpAt(place, names, own, call, { done, notes });
    const { account } = notes;
    const same: Found = { hasValue: true, ...(account !== undefined && { account }) };
    const fine = [...notes.fine].map((name): [string, Found] => [name, same]);
    found.set(id, { ...looked, found: new Map([...fine, ...looked.found]) });
  }
  return entry =>
    cannotBeAsked(entry) === undefined ? found.get(placeId(placeOf(entry, host))) : undefined;
}

/** Where an entry of AWS is. */
export function placeOf({ store: { aws } }: RemoteEntry, host: Host): AwsPlace {
  if (aws === undefined) throw new Error('the entry is none of AWS');
  return { service: aws.service, region: regionOf(aws.region, host) };
}

/** These names of one place. */
export function lookUpAt(
  place: AwsPlace,
  names: readonly string[],
  entries: readonly RemoteEntry[],
  call: CallAws,
  asked: Asked,
): Promise<LookedUp> {
  const there = callAt(place, call);
  return place.service === 'ParameterStore'
    ? lookUpParameters(names, prefixesOf(entries), there, asked)
    : lookUpSecrets(names, versionedIn(entries), there, asked);
}

/** Is told what a page had, and how far its listing is now. */
type Hear = (some: ReadonlyMap<string, EntryFacts>, so: ListedSoFar) => void;

const NONE: ListedSoFar = { names: [], pages: 0 };

/** Names of one call, and parameters of one page (docs/facts/aws.md#parameters). */
const PAGE = 50;

/** Parameters below the prefixes, then those of the names that are elsewhere, fifty at a time. */
async function lookUpParameters(
  names: readonly string[],
  prefixes: readonly string[],
  call: CallThere,
  { done, notes }: Asked,
): Promise<LookedUp> {
  const wanted = new Set(names);
  let broken: AwsRefusal | undefined;
  const pages = async (filter: JsonObject, from: ListedSoFar, hear: Hear): Promise<boolean> => {
    if (broken !== undefined) return false;
    const heard: Hear = (some, so) => {
      for (const [name, facts] of some) notes.told.set(name, facts);
      hear(some, so);
      done([...some.keys()].filter(name => wanted.has(name)).length);
    };
    const isWhole = await pagesOf(filter, from, call, heard);
    if (isWhole instanceof AwsRefusal) broken = isWhole;
    return isWhole === true;
  };
  // What a listing of an earlier run had may be gone: it is asked for by its name.
  const isListed: string[] = [];
  for (const prefix of prefixes) {
    const before = notes.listings.get(prefix);
    const isWhole =
      (before !== undefined && before.next === undefined) ||
      (await pages(below(prefix), before ?? NONE, (_, so) => notes.listings.set(prefix, so)));
    if (isWhole && before === undefined) isListed.push(prefix);
  }
  const rest = names.filter(
    name => !notes.told.has(name) && !isListed.some(prefix => isBelow(name, prefix)),
  );
  for (let at = 0; at < rest.length; at += PAGE) {
    const filter = { Key: 'Name', Option: 'Equals', Values: rest.slice(at, at + PAGE) };
    await pages(filter, { ...NONE, pages: Number.NEGATIVE_INFINITY }, () => {});
  }
  const others: Found = broken === undefined ? 'missing' : { unknown: broken.message, isCut: true };
  const found = names.map((name): [string, Found] => [name, notes.told.get(name) ?? others]);
  return { found: new Map(found), listed: listingsIn(notes) };
}

/** Pages of a listing: what has more is too much to be one's own. */
const MOST_PAGES = 40;

/** Whether it came to the last page, or why AWS gave no more of them. A page may be empty and not the last one. */
async function pagesOf(
  filter: JsonObject,
  from: ListedSoFar,
  call: CallThere,
  hear: Hear,
): Promise<boolean | AwsRefusal> {
  let so = from;
  while (so.pages < MOST_PAGES) {
    const answer = await pageAt(so, filter, call);
    if (answer instanceof AwsRefusal) return answer;
    if (answer === undefined) {
      so = NONE;
      continue;
    }
    const some = new Map(
      listAt(answer, 'Parameters')
        .filter(isMap)
        .map(parameter => [parameterName(parameter), parameterFacts(parameter)]),
    );
    so = further(so, [...some.keys()], textAt(answer, 'NextToken'));
    hear(some, so);
    if (so.next === undefined) return true;
  }
  return false;
}

/** Undefined: AWS does not know any more where an earlier run was. */
async function pageAt(
  { next }: ListedSoFar,
  filter: JsonObject,
  call: CallThere,
): Promise<JsonObject | AwsRefusal | undefined> {
  const from = next === undefined ? {} : { NextToken: next };
  const input = { ParameterFilters: [filter], MaxResults: PAGE, ...from };
  try {
    return await unlessBroken(call('DescribeParameters', input));
  } catch (error) {
    const isOld = error instanceof AwsRefusal && error.type === 'InvalidNextToken';
    if (isOld && next !== undefined) return undefined;
    throw error;
  }
}

function further(
  { names, pages }: ListedSoFar,
  more: readonly string[],
  next: string | undefined,
): ListedSoFar {
  const so = { names: [...names, ...more], pages: pages + 1 };
  return next === undefined || next === '' ? so : { ...so, next };
}

/** A path is asked for as one: `/rem` is not before `/remote`. */
function below(prefix: string): JsonObject {
  return isPath(prefix)
    ? { Key: 'Path', Option: 'Recursive', Values: [pathOf(prefix)] }
    : { Key: 'Name', Option: 'BeginsWith', Values: [prefix] };
}

function isPath(prefix: string): boolean {
  return prefix.startsWith('/');
}

function pathOf(prefix: string): string {
  return prefix.replace(/\/$/, '');
}

function isBelow(name: string, prefix: string): boolean {
  return name.startsWith(isPath(prefix) ? `${pathOf(prefix)}/` : prefix);
}

function listingsIn({ listings }: PlaceNotes): PrefixListing[] {
  return [...listings].flatMap(([prefix, { names, next }]) =>
    next === undefined ? [{ prefix, names }] : [],
  );
}

function prefixesOf(entries: readonly RemoteEntry[]): string[] {
  const prefixes = entries.flatMap(({ store }) => listedPrefix(store) ?? []);
  return [...new Set(prefixes)].sort();
}

/** How many are worth a listing of all there are, and the secrets of one page of it. */
const [MANY, LOOK_UP_SECRETS_PAGE] = [20, 100];

/** What was answered; `broken`: why AWS gave no more. */
interface Answered {
  readonly found: ReadonlyMap<string, Found>;
  readonly broken?: AwsRefusal;
}

const NOTHING: Answered = { found: new Map() };

/**
 * Secrets of Secrets Manager: many by listing all, which may be some minutes behind, and those that are
 * not in the list, or of which a version is wanted, one by one.
 */
async function lookUpSecrets(
  names: readonly string[],
  versioned: ReadonlySet<string>,
  call: CallThere,
  { done, notes }: Asked,
): Promise<LookedUp> {
  const list =
    names.length > MANY ? await listedSecrets(names.length + notes.fine.size, call) : NOTHING;
  const found = new Map<string, Found>();
  for (const name of names) {
    const facts = versioned.has(name) ? undefined : list.found.get(name);
    if (facts !== undefined) found.set(name, facts);
  }
  const tell = (name: string, facts: Found): void => {
    if (facts !== 'missing' && !('unknown' in facts)) notes.told.set(name, facts);
  };
  for (const [name, facts] of found) tell(name, facts);
  done(found.size);
  const rest = names.filter(name => !found.has(name));
  const hear = (some: ReadonlyMap<string, Found>): void => {
    for (const [name, facts] of some) tell(name, facts);
    done(some.size);
  };
  const each = list.broken === undefined ? await describeEach(rest, call, hear) : NOTHING;
  const broken = list.broken ?? each.broken;
  const others: Found = broken === undefined ? 'missing' : { unknown: broken.message, isCut: true };
  for (const name of rest) found.set(name, each.found.get(name) ?? others);
  return { found, listed: [] };
}

/** None where listing is not allowed. */
async function listedSecrets(count: number, call: CallThere): Promise<Answered> {
  try {
    return await secretPages(2 * Math.ceil(count / LOOK_UP_SECRETS_PAGE), call);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return NOTHING;
    throw error;
  }
}

/** An account may have far more than are asked for: so many pages are read at most. */
async function secretPages(most: number, call: CallThere): Promise<Answered> {
  const found = new Map<string, Found>();
  let next: string | undefined;
  for (let left = most; left > 0; left -= 1) {
    const from = next === undefined ? {} : { NextToken: next };
    const page = await unlessBroken(
      call('ListSecrets', { MaxResults: LOOK_UP_SECRETS_PAGE, ...from }),
    );
    if (page instanceof AwsRefusal) return { found, broken: page };
    for (const secret of listAt(page, 'SecretList').filter(isMap))
      found.set(textAt(secret, 'Name') ?? '', secretFacts(secret, 'SecretVersionsToStages'));
    next = textAt(page, 'NextToken');
    if (next === undefined || next === '') break;
  }
  return { found };
}

/** How many are asked for at a time. */
const TOGETHER = 5;

/** Some at a time; who is refused for good asks no more. */
async function describeEach(
  names: readonly string[],
  call: CallThere,
  hear: (some: ReadonlyMap<string, Found>) => void,
): Promise<Answered> {
  const found = new Map<string, Found>();
  for (let at = 0; at < names.length; at += TOGETHER) {
    const some = names.slice(at, at + TOGETHER);
    const answers = await Promise.all(some.map(name => unlessBroken(secretOf(name, call))));
    const heard = new Map<string, Found>();
    for (const [index, name] of some.entries()) {
      const answer = answers[index];
      if (answer !== undefined && !(answer instanceof AwsRefusal)) heard.set(name, answer);
    }
    hear(heard);
    for (const [name, answer] of heard) found.set(name, answer);
    const broken = answers.find(answer => answer instanceof AwsRefusal);
    if (broken !== undefined) return { found, broken };
  }
  return { found };
}

async function secretOf(name: string, call: CallThere): Promise<Found> {
  try {
    const secret = await call('DescribeSecret', { SecretId: name });
    const stages = mapAt(secret, 'VersionIdsToStages');
    const versions = new Set(
      Object.keys(stages).flatMap(id => [id, ...listAt(stages, id).map(String)]),
    );
    return { ...secretFacts(secret, 'VersionIdsToStages'), versions };
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.type === 'ResourceNotFoundException') return 'missing';
    // Where a permission is for some names, others are refused whether they are there or not.
    if (error.isDenied) return { unknown: error.message };
    throw error;
  }
}

function versionedIn(entries: readonly RemoteEntry[]): Set<string> {
  return new Set(entries.filter(entry => wantedVersions(entry).length > 0).map(askedName));
}

/** Of each entry that AWS was too busy to tell of: what it said. */
function cutsIn(entries: readonly RemoteEntry[], foundAt: FoundAt): string[] {
  return entries.flatMap(entry => {
    const found = foundOf(entry, foundAt);
    return typeof found === 'object' && 'unknown' in found && isCut(found) ? [found.unknown] : [];
  });
}

/** Whether AWS was too busy to tell all of an entry that was asked for. */
export function isCut(found: Found): boolean {
  return found !== 'missing' && found.isCut === true;
}

/** The same if AWS has time to tell of any; what it has none for is not known. */
export async function lookUpAny(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
  notesAt: NotesAt,
): Promise<FoundAt> {
  const foundAt = await lookUpSome(entries, call, host, notesAt);
  const refusals = cutsIn(entries, foundAt);
  if (refusals[0] !== undefined && refusals.length === entries.length)
    throw new HostError(refusals[0]);
  return foundAt;
}
