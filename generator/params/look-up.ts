import { type Host, HostError } from '../core/host.ts';
import { groupBy, isMap, type JsonObject, listAt, mapAt, sum, textAt } from '../core/json.ts';
import {
  type AwsPlace,
  AwsRefusal,
  type CallAws,
  type CallPlace,
  callAt,
  pagesOf,
  regionOf,
  unlessBroken,
} from './aws.ts';
import {
  askedName,
  cannotBeAsked,
  type EntryFacts,
  type Found,
  type FoundAt,
  foundOf,
  isNumber,
  isThere,
  type ListingProgress,
  type LookedUp,
  listedPrefix,
  type NotesAt,
  notesOf,
  type PlaceNotes,
  type PrefixListing,
  parameterFacts,
  parameterName,
  placeId,
  progressOf,
  type RemoteEntry,
  secretFacts,
  valueFacts,
  wantedVersions,
} from './entry.ts';

/** Looks up which entries AWS has, by metadata, never values. Throws if AWS was too busy for any (with notes: for all). */
export async function lookUp(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
  notesAt?: NotesAt,
): Promise<FoundAt> {
  const foundAt = await lookUpSome(entries, call, host, notesAt);
  const cuts = entries.flatMap(entry => {
    const found = foundOf(entry, foundAt);
    return typeof found === 'object' && 'unknown' in found && isCut(found) ? [found.unknown] : [];
  });
  if (cuts[0] !== undefined && (notesAt === undefined || cuts.length === entries.length))
    throw new HostError(cuts[0]);
  return foundAt;
}

/** The same without throwing: entries that AWS was too busy for are unknown. */
export async function lookUpSome(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
  notesAt: NotesAt = notesOf(),
): Promise<FoundAt> {
  const asked = entries.filter(entry => cannotBeAsked(entry) === undefined);
  const found = new Map<string, LookedUp>();
  const places = byPlace(asked, entry => entry, host).map(({ place, items }) => {
    const notes = notesAt(place);
    const names = [...new Set(items.map(askedName))].sort();
    return { place, items, notes, names: names.filter(name => !notes.fine.has(name)) };
  });
  const total = sum(places.map(({ names }) => names.length));
  const done = progressOf(total, 'looked up', host);
  for (const { place, items, names, notes } of places) {
    const looked = await lookUpAt(place, names, items, call, { done, notes });
    const same: Found = { hasValue: true, account: notes.account };
    const fine = [...notes.fine].map((name): [string, Found] => [name, same]);
    found.set(placeId(place), { ...looked, found: new Map([...fine, ...looked.found]) });
  }
  return entry =>
    cannotBeAsked(entry) === undefined ? found.get(placeId(placeOf(entry, host))) : undefined;
}

/** Things by the place of their entries, in the order of their first ones. */
export function byPlace<T>(
  all: readonly T[],
  entryOf: (item: T) => RemoteEntry,
  host: Host,
): { readonly place: AwsPlace; readonly items: readonly T[] }[] {
  const groups = groupBy(all, item => placeId(placeOf(entryOf(item), host)));
  return [...groups.values()].map(items => ({ place: placeOf(entryOf(items[0]), host), items }));
}

export function placeOf({ store: { aws } }: RemoteEntry, host: Host): AwsPlace {
  if (aws === undefined) throw new Error('the entry is none of AWS');
  return { service: aws.service, region: regionOf(aws.region, host) };
}

interface LookUpRun {
  readonly done: (count: number) => void;
  readonly notes: PlaceNotes;
}

export function lookUpAt(
  place: AwsPlace,
  names: readonly string[],
  entries: readonly RemoteEntry[],
  call: CallAws,
  run: LookUpRun,
): Promise<LookedUp> {
  const callPlace = callAt(place, call);
  if (place.service === 'ParameterStore') return lookUpParameters(names, entries, callPlace, run);
  return lookUpSecrets(names, entries, callPlace, run);
}

type OnPage = (progress: ListingProgress) => void;

const NONE: ListingProgress = { names: [], pages: 0 };

/** Names of one call, and parameters of one page (docs/facts/aws.md#parameters). */
const PAGE = 50;

async function lookUpParameters(
  names: readonly string[],
  entries: readonly RemoteEntry[],
  call: CallPlace,
  { done, notes }: LookUpRun,
): Promise<LookedUp> {
  const prefixes = new Set(entries.flatMap(({ store }) => listedPrefix(store) ?? []));
  const wanted = new Set(names);
  let broken: AwsRefusal | undefined;
  const list = async (filter: JsonObject, from: ListingProgress, onPage?: OnPage) => {
    const take = ({ facts, progress }: ParameterPage): void => {
      for (const [name, found] of facts) notes.facts.set(name, found);
      onPage?.(progress);
      done([...facts.keys()].filter(name => wanted.has(name)).length);
    };
    const last = broken ?? (await unlessBroken(listParameters(filter, from, call, take)));
    if (last instanceof AwsRefusal) broken = last;
    return last !== from && 'names' in last && last.next === undefined;
  };
  // Parameters that an earlier run has listed may be gone since, so they are looked up by name.
  const isListed: string[] = [];
  for (const prefix of [...prefixes].sort()) {
    const before = notes.listings.get(prefix);
    const isWhole =
      (before !== undefined && before.next === undefined) ||
      (await list(below(prefix), before ?? NONE, now => notes.listings.set(prefix, now)));
    if (isWhole && before === undefined) isListed.push(prefix);
  }
  const rest = names.filter(
    name => !notes.facts.has(name) && !isListed.some(prefix => isBelow(name, prefix)),
  );
  for (let at = 0; at < rest.length; at += PAGE) {
    const filter = { Key: 'Name', Option: 'Equals', Values: rest.slice(at, at + PAGE) };
    await list(filter, { ...NONE, pages: Number.NEGATIVE_INFINITY });
  }
  const others: Found = broken === undefined ? 'missing' : { unknown: broken.message, isCut: true };
  const found = names.map((name): [string, Found] => [name, notes.facts.get(name) ?? others]);
  return { found: new Map(found), listed: listingsIn(notes) };
}

/** The most pages of a listing: a prefix with more is not only ours. */
const MOST_PAGES = 40;

interface ParameterPage {
  readonly facts: ReadonlyMap<string, EntryFacts>;
  readonly progress: ListingProgress;
}

/** Lists parameters; from the first page on where AWS has forgotten where an earlier run stopped. */
async function listParameters(
  filter: JsonObject,
  from: ListingProgress,
  call: CallPlace,
  take: (page: ParameterPage) => void,
): Promise<ListingProgress> {
  if (from.pages >= MOST_PAGES) return from;
  let progress = from;
  const input = { ParameterFilters: [filter], MaxResults: PAGE };
  try {
    for await (const { page, next } of pagesOf(call, 'DescribeParameters', input, from.next)) {
      const parameters = listAt(page, 'Parameters').filter(isMap);
      const facts = new Map(parameters.map(one => [parameterName(one), parameterFacts(one)]));
      const names = [...progress.names, ...facts.keys()];
      progress = { names, pages: progress.pages + 1, ...(next !== undefined && { next }) };
      take({ facts, progress });
      if (progress.pages >= MOST_PAGES) break;
    }
    return progress;
  } catch (error) {
    const isForgotten = error instanceof AwsRefusal && error.type === 'InvalidNextToken';
    if (!isForgotten || progress.next === undefined) throw error;
    return listParameters(filter, NONE, call, take);
  }
}

/** The filter for a prefix. That of a path is one, so that `/rem` does not find `/remote`. */
function below(prefix: string): JsonObject {
  if (prefix.startsWith('/')) return { Key: 'Path', Option: 'Recursive', Values: [pathOf(prefix)] };
  return { Key: 'Name', Option: 'BeginsWith', Values: [prefix] };
}

function isBelow(name: string, prefix: string): boolean {
  return name.startsWith(prefix.startsWith('/') ? `${pathOf(prefix)}/` : prefix);
}

function pathOf(prefix: string): string {
  return prefix.replace(/\/$/, '');
}

function listingsIn({ listings }: PlaceNotes): PrefixListing[] {
  return [...listings].flatMap(([prefix, { names, next }]) =>
    next === undefined ? [{ prefix, names }] : [],
  );
}

/** From so many names on all secrets are listed; and how many a page of that has. */
const [MANY, SECRETS_PAGE] = [20, 100];

async function lookUpSecrets(
  names: readonly string[],
  entries: readonly RemoteEntry[],
  call: CallPlace,
  { done, notes }: LookUpRun,
): Promise<LookedUp> {
  const versioned = new Set(
    entries.filter(entry => wantedVersions(entry).length > 0).map(askedName),
  );
  const found = new Map<string, Found>();
  const add = (name: string, facts: Found): void => {
    found.set(name, facts);
    if (isThere(facts)) notes.facts.set(name, facts);
  };
  const listed = new Map<string, Found>();
  const isMany = names.length > MANY;
  const pages = 2 * Math.ceil((names.length + notes.fine.size) / SECRETS_PAGE);
  let broken = isMany ? await listSecrets(listed, pages, call) : undefined;
  for (const name of names) {
    const facts = versioned.has(name) ? undefined : listed.get(name);
    if (facts !== undefined) add(name, facts);
  }
  done(found.size);
  const rest = names.filter(name => !found.has(name));
  broken ??= await describeEach(rest, call, add, done);
  const others: Found = broken === undefined ? 'missing' : { unknown: broken.message, isCut: true };
  return { found: new Map(names.map(name => [name, found.get(name) ?? others])), listed: [] };
}

/** Adds the secrets of an account: none if listing is not allowed, and not all of an account that has far more. */
async function listSecrets(found: Map<string, Found>, pages: number, call: CallPlace) {
  let left = pages;
  const add = (secret: JsonObject): void =>
    void found.set(textAt(secret, 'Name') ?? '', secretFacts(secret, 'SecretVersionsToStages'));
  try {
    for await (const { page } of pagesOf(call, 'ListSecrets', { MaxResults: SECRETS_PAGE })) {
      listAt(page, 'SecretList').filter(isMap).forEach(add);
      left -= 1;
      if (left === 0) break;
    }
  } catch (error) {
    if (!(error instanceof AwsRefusal) || (!error.isBreak && !error.isDenied)) throw error;
    if (error.isBreak) return error;
    found.clear();
  }
  return undefined;
}

/** How many secrets are described at a time. */
const TOGETHER = 5;

async function describeEach(
  names: readonly string[],
  call: CallPlace,
  add: (name: string, facts: Found) => void,
  done: LookUpRun['done'],
): Promise<AwsRefusal | undefined> {
  for (let at = 0; at < names.length; at += TOGETHER) {
    const some = names.slice(at, at + TOGETHER);
    const answers = await Promise.all(some.map(name => unlessBroken(secretOf(name, call))));
    const broken = answers.filter(answer => answer instanceof AwsRefusal);
    for (const [index, name] of some.entries()) {
      const answer = answers[index];
      if (answer !== undefined && !(answer instanceof AwsRefusal)) add(name, answer);
    }
    done(some.length - broken.length);
    if (broken[0] !== undefined) return broken[0];
  }
  return undefined;
}

async function secretOf(name: string, call: CallPlace): Promise<Found> {
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
    // A permission may be for some names only: others are refused whether they exist or not.
    if (error.isDenied) return { unknown: error.message };
    throw error;
  }
}

/** Whether AWS was too busy to answer all about an entry. */
export function isCut(found: Found): boolean {
  return found !== 'missing' && found.isCut === true;
}

/** What is kept of an entry that was read: facts about the value, never the value. */
type ReadFacts = Pick<EntryFacts, 'isCut' | 'labels' | 'value' | 'unread'>;

/** Reads the values of entries that are there, and keeps the facts that may be shown. */
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
  const readFacts = new Map<string, ReadFacts>();
  const readable = entries.filter(isReadable);
  const done = progressOf(new Set(readable.map(askedName)).size, 'read', host);
  for (const { place, items } of byPlace(readable, entry => entry, host)) {
    const { facts: noted } = notesAt(place);
    await readPlace(items, place, call, done, (name, facts) => {
      readFacts.set(idOf(place, name), facts);
      noted.set(name, { hasValue: true, ...noted.get(name), ...facts });
    });
  }
  return entry => {
    const before = foundAt(entry);
    if (before === undefined) return undefined;
    const name = askedName(entry);
    const found = before.found.get(name);
    const facts = readFacts.get(idOf(placeOf(entry, host), name));
    if (found === undefined || !isThere(found) || facts === undefined) return before;
    return { ...before, found: new Map([[name, { ...found, ...facts }]]) };
  };
}

function idOf(place: AwsPlace, name: string): string {
  return `${placeId(place)} ${name}`;
}

type ReadEntries = (readonly [name: string, facts: ReadFacts])[];

/** How many names a GetParameters takes (docs/facts/aws.md#parameters). */
const READ_TOGETHER = 10;

async function readPlace(
  entries: readonly RemoteEntry[],
  place: AwsPlace,
  call: CallAws,
  done: (count: number) => void,
  onRead: (name: string, facts: ReadFacts) => void,
): Promise<void> {
  const readFacts = new Map<string, ReadFacts>();
  const wanted = groupBy(entries, askedName);
  const propertiesOf = (name: string): string[] =>
    (wanted.get(name) ?? []).flatMap(({ properties }) => [...properties]);
  const callPlace = callAt(place, call);
  const isParameter = place.service === 'ParameterStore';
  const [step, reader] = isParameter ? [READ_TOGETHER, readParameters] : [1, readSecret];
  const names = [...wanted.keys()].sort();
  // After a refusal for good nothing more is read.
  let busy: ReadFacts | undefined;
  for (let at = 0; at < names.length; at += step) {
    const some = names.slice(at, at + step);
    const before = busy;
    const all =
      before === undefined
        ? await readSome(some, one => reader(one, propertiesOf, callPlace))
        : some.map((name): ReadEntries[number] => [name, before]);
    for (const [name, facts] of all) {
      readFacts.set(name, facts);
      onRead(name, facts);
    }
    busy = all.find(([, { isCut }]) => isCut)?.[1];
    done(some.length);
  }
  for (const [name, facts] of await labelsOf(isParameter ? entries : [], callPlace, busy?.unread))
    onRead(name, { ...readFacts.get(name), ...facts });
}

type Properties = (name: string) => readonly string[];

async function readParameters(names: readonly string[], propertiesOf: Properties, call: CallPlace) {
  const answer = await call('GetParameters', { Names: names, WithDecryption: true });
  return listAt(answer, 'Parameters').map((parameter): ReadEntries[number] => {
    const name = textAt(parameter, 'Name') ?? '';
    return [name, { value: valueFacts(textAt(parameter, 'Value') ?? '', propertiesOf(name)) }];
  });
}

async function readSecret(
  [name = '']: readonly string[],
  propertiesOf: Properties,
  call: CallPlace,
): Promise<ReadEntries> {
  const answer = await call('GetSecretValue', { SecretId: name });
  const text = textAt(answer, 'SecretString');
  if (text === undefined) return [[name, { unread: 'it is binary' }]];
  return [[name, { value: valueFacts(text, propertiesOf(name)) }]];
}

/** Reads names together; if one of them may not be read, AWS refuses all, so each is read by itself. */
async function readSome(
  names: readonly string[],
  read: (some: readonly string[]) => Promise<ReadEntries>,
): Promise<ReadEntries> {
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

/** Whether parameters have the labels that are asked for, which only a read shows. `busy`: why AWS answers no more. */
async function labelsOf(entries: readonly RemoteEntry[], call: CallPlace, busy?: string) {
  const found = new Map<string, Omit<ReadFacts, 'value'>>();
  const labels = entries.flatMap(entry =>
    wantedVersions(entry)
      .filter(({ version }) => !isNumber(version))
      .map(({ version }) => [askedName(entry), version] as const),
  );
  let unread = busy;
  for (const [name, label] of labels) {
    const before = found.get(name);
    if (before?.labels?.has(label) === true) continue;
    const hasLabel =
      unread === undefined ? await unlessBroken(isLabelled(`${name}:${label}`, call)) : undefined;
    if (hasLabel instanceof AwsRefusal) unread = hasLabel.message;
    if (unread !== undefined) found.set(name, { ...before, unread, isCut: true });
    else if (typeof hasLabel === 'boolean')
      found.set(name, { labels: new Map([...(before?.labels ?? []), [label, hasLabel]]) });
  }
  return found;
}

async function isLabelled(selected: string, call: CallPlace): Promise<boolean | undefined> {
  try {
    const answer = await call('GetParameters', { Names: [selected], WithDecryption: false });
    return !listAt(answer, 'InvalidParameters').includes(selected);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return undefined;
    throw error;
  }
}
