import { type Host, HostError } from '../core/host.ts';
import type { JsonObject } from '../core/json.ts';
import { groupBy, isMap, listAt, mapAt, scalarText, sum, textAt } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import type { Aws, AwsPlace, CallPlace } from './aws.ts';
import { AwsRefusal, callAt, pagesOf, regionOf, unlessRefused } from './aws.ts';
import type { EntryFacts, Found, RemoteEntry } from './entry.ts';
import {
  askedName,
  isAskable,
  isNumber,
  isThere,
  listedPrefix,
  parameterFacts,
  secretFacts,
  valueFacts,
  wantedVersions,
} from './entry.ts';

type Entries = readonly RemoteEntry[];
type Names = readonly string[];

export interface LookedUp {
  /** What is known by now. Undefined: AWS was not asked. */
  readonly found: (entry: RemoteEntry) => Found | undefined;
  /** All names below the prefix of an entry's store, if they were listed to the end. */
  readonly listed: (entry: RemoteEntry) => Names | undefined;
}

type Looked = LookedUp & { readonly notesAt: NotesAt };

/** Looks up which entries AWS has, by metadata, never values. Throws if AWS was too busy for any (with notes: for all). */
export async function lookUp(entries: Entries, aws: Aws, notesAt?: NotesAt): Promise<Looked> {
  const looked = await lookUpSome(entries, aws, notesAt);
  const cuts = entries.flatMap(entry => {
    const found = looked.found(entry);
    return typeof found === 'object' && 'unknown' in found && found.isCut ? [found.unknown] : [];
  });
  if (cuts[0] !== undefined && (notesAt === undefined || cuts.length === entries.length))
    throw new HostError(cuts[0]);
  return looked;
}

/** Like `lookUp`, but never throws: entries that AWS was too busy for are unknown. */
export async function lookUpSome(
  entries: Entries,
  aws: Aws,
  notesAt: NotesAt = notesOf(),
): Promise<Looked> {
  const { host } = aws;
  const places = byPlace(entries.filter(isAskable), host).map(({ names, ...at }) => {
    return { ...at, names: names.filter(name => !notesAt(at.place).fine.has(name)) };
  });
  const done = progressOf(sum(places.map(({ names }) => names.length)), 'looked up', host);
  for (const { place, entries, names } of places) {
    const notes = notesAt(place);
    const { fine, account } = notes;
    await lookUpAt(place, { names, entries, done, notes }, aws);
    for (const name of fine) notes.found.set(name, { hasValue: true, account });
  }
  const notesOn = (entry: RemoteEntry): PlaceNotes | undefined =>
    isAskable(entry) ? notesAt(placeOf(entry, host)) : undefined;
  return {
    notesAt,
    found: entry => notesOn(entry)?.found.get(askedName(entry)),
    listed: entry => {
      const listing = notesOn(entry)?.listings.get(listedPrefix(entry.store) ?? '');
      return listing && listing.next === undefined ? listing.names : undefined;
    },
  };
}

/** The answers, with entries unknown whose store reads another account than that of the credentials. */
export function inOwnAccount(entries: Entries, looked: LookedUp): LookedUp {
  // An entry found by a plain name, not by an ARN, is in the account of the credentials.
  const plain = entries.filter(entry => !askedName(entry).startsWith('arn:')).map(looked.found);
  const callerAccount = plain.filter(isThere).find(({ account }) => account !== undefined)?.account;
  const isElsewhere = ({ store: { account } }: RemoteEntry): boolean =>
    account !== undefined && callerAccount !== undefined && account !== callerAccount;
  return {
    found: entry => {
      const found = looked.found(entry);
      if (found === undefined || !isElsewhere(entry)) return found;
      const { account, name } = entry.store;
      const of = `${name.kind} "${name.name}" reads account ${account}`;
      return { unknown: `these credentials are of account ${callerAccount}, and ${of}` };
    },
    listed: entry => (isElsewhere(entry) ? undefined : looked.listed(entry)),
  };
}

type EntriesAt = Pick<LookUpRun, 'names' | 'entries'> & { readonly place: AwsPlace };

/** Groups entries by place, in the order in which the places come first. */
export function byPlace(all: Entries, host: Host): EntriesAt[] {
  const groups = groupBy(all, entry => placeId(placeOf(entry, host)));
  return [...groups.values()].map(entries => {
    const names = [...new Set(entries.map(askedName))].sort();
    return { place: placeOf(entries[0], host), entries, names };
  });
}

export function placeOf({ store: { aws } }: RemoteEntry, host: Host): AwsPlace {
  if (aws === undefined) throw new Error('the entry is none of AWS');
  return { service: aws.service, region: regionOf(aws.region, host) };
}

/** What an earlier run learned about one region of one service; names, never values. */
export interface KnownPlace {
  readonly account?: string | undefined;
  /** Names of entries without any fault, which are not looked up again. */
  readonly fine: Names;
  readonly listings: readonly (readonly [prefix: string, progress: ListingProgress])[];
}

interface ListingProgress {
  readonly names: Names;
  readonly pages: number;
  /** The token of the next page; absent after the last one. */
  readonly next?: string;
}

/** What this run knows about one region of one service. */
export interface PlaceNotes extends Pick<KnownPlace, 'account'> {
  readonly fine: ReadonlySet<string>;
  readonly found: Map<string, Found>;
  readonly listings: Map<string, ListingProgress>;
}

type NotesAt = (place: AwsPlace) => PlaceNotes;

/** The notes of a run that starts from what an earlier run learned. */
export function notesOf(earlier: ReadonlyMap<string, KnownPlace> = new Map()): NotesAt {
  const notes = oncePerText((id): PlaceNotes => {
    const { account, fine, listings } = earlier.get(id) ?? {};
    return { account, fine: new Set(fine), found: new Map(), listings: new Map(listings) };
  });
  return place => notes(placeId(place));
}

export function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}

const WIDTH = 20;

function progressOf(total: number, what: string, host: Host) {
  let at = 0;
  return (count: number): void => {
    at = Math.min(total, at + count);
    const filled = total === 0 ? WIDTH : Math.floor((at / total) * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    host.progress(`[${bar}] ${at} of ${total} entries ${what}`);
  };
}

interface LookUpRun {
  readonly names: Names;
  /** The entries with these names. */
  readonly entries: Entries;
  readonly done: (count: number) => void;
  readonly notes: PlaceNotes;
}

/** Notes what AWS has of the names; where it answered no more, the other names are unknown. */
export async function lookUpAt(place: AwsPlace, run: LookUpRun, aws: Aws): Promise<void> {
  const lookUpNames = place.service === 'ParameterStore' ? listNeeded : lookUpSecrets;
  const broken = await unlessRefused(lookUpNames(run, callAt(place, aws)), 'isBreak');
  const others: Found = broken ? { unknown: broken.message, isCut: true } : 'missing';
  const { found } = run.notes;
  for (const name of run.names) found.set(name, found.get(name) ?? others);
}

const NONE: ListingProgress = { names: [], pages: 0 };

/** Names of one call, and parameters of one page (docs/facts/aws.md#parameters). */
const PAGE = 50;

async function listNeeded({ names, entries, done, notes }: LookUpRun, call: CallPlace) {
  const needed = new Set(names);
  const take = (facts: ReadonlyMap<string, EntryFacts>): void => {
    for (const [name, found] of facts) notes.found.set(name, found);
    done([...facts.keys()].filter(name => needed.has(name)).length);
  };
  // Parameters that an earlier run has listed may be gone since, so they are looked up by name.
  const isListed: string[] = [];
  for (const prefix of new Set(entries.flatMap(({ store }) => listedPrefix(store) ?? []).sort())) {
    const before = notes.listings.get(prefix);
    if (before !== undefined && before.next === undefined) continue;
    const last = await listParameters(below(prefix), before ?? NONE, call, (facts, progress) => {
      notes.listings.set(prefix, progress);
      take(facts);
    });
    if (last.next === undefined && before === undefined) isListed.push(prefix);
  }
  const rest = names.filter(
    name => !notes.found.has(name) && !isListed.some(prefix => isBelow(name, prefix)),
  );
  for (let at = 0; at < rest.length; at += PAGE) {
    const filter = { Key: 'Name', Option: 'Equals', Values: rest.slice(at, at + PAGE) };
    await listParameters(filter, { ...NONE, pages: Number.NEGATIVE_INFINITY }, call, take);
  }
}

/** The most pages of a listing: a prefix with more is not only ours. */
const MOST_PAGES = 40;

/** Lists parameters; from the first page on where AWS has forgotten where an earlier run stopped. */
async function listParameters(
  filter: JsonObject,
  from: ListingProgress,
  call: CallPlace,
  take: (facts: ReadonlyMap<string, EntryFacts>, progress: ListingProgress) => void,
): Promise<ListingProgress> {
  if (from.pages >= MOST_PAGES) return from;
  let progress = from;
  const input = { ParameterFilters: [filter], MaxResults: PAGE };
  try {
    for await (const { page, next } of pagesOf(call, 'DescribeParameters', input, from.next)) {
      const parameters = listAt(page, 'Parameters').filter(isMap);
      const facts = new Map(parameters.map(entry => [nameIn(entry), parameterFacts(entry)]));
      const names = [...progress.names, ...facts.keys()];
      progress = { names, pages: progress.pages + 1, ...(next !== undefined && { next }) };
      take(facts, progress);
      if (progress.pages >= MOST_PAGES) break;
    }
    return progress;
  } catch (error) {
    const isForgotten = error instanceof AwsRefusal && error.type === 'InvalidNextToken';
    if (!isForgotten || progress.next === undefined) throw error;
    return listParameters(filter, NONE, call, take);
  }
}

function nameIn(answer: unknown): string {
  return textAt(answer, 'Name') ?? '';
}

/** The filter for a prefix. A prefix with slashes is a path, so that `/rem` does not find `/remote`. */
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

/** More names than MANY are looked up by listing all secrets, SECRETS_PAGE to a page. */
const [MANY, SECRETS_PAGE] = [20, 100];

async function lookUpSecrets({ names, entries, done, notes }: LookUpRun, call: CallPlace) {
  const versioned = new Set(entries.filter(entry => wantedVersions(entry)[0]).map(askedName));
  const listed = new Set(names.filter(name => !versioned.has(name)));
  const pages = 2 * Math.ceil((names.length + notes.fine.size) / SECRETS_PAGE);
  const take = (name: string, facts: EntryFacts): void => {
    if (listed.has(name)) notes.found.set(name, facts);
  };
  if (names.length > MANY) await unlessRefused(listSecrets(pages, call, take), 'isDenied');
  const rest = names.filter(name => !notes.found.has(name));
  done(names.length - rest.length);
  for (let at = 0; at < rest.length; at += TOGETHER) {
    const described = rest.slice(at, at + TOGETHER).map(async name => {
      notes.found.set(name, await secretOf(name, call));
    });
    const answers = await Promise.allSettled(described);
    const failed = answers.filter(({ status }) => status === 'rejected');
    done(answers.length - failed.length);
    await Promise.all(described);
  }
}

type Take = (name: string, facts: EntryFacts) => void;

/** Takes the secrets of an account, no more than `pages` pages of them. */
async function listSecrets(pages: number, call: CallPlace, take: Take): Promise<void> {
  let left = pages;
  for await (const { page } of pagesOf(call, 'ListSecrets', { MaxResults: SECRETS_PAGE })) {
    for (const secret of listAt(page, 'SecretList').filter(isMap))
      take(nameIn(secret), secretFacts(secret, 'SecretVersionsToStages'));
    left -= 1;
    if (left === 0) break;
  }
}

const TOGETHER = 5;

async function secretOf(name: string, call: CallPlace): Promise<Found> {
  // A permission may be for some names only.
  const secret = await unlessRefused(describedSecret(name, call), 'isDenied');
  if (secret instanceof AwsRefusal) return { unknown: secret.message };
  if (secret === undefined) return 'missing';
  const stages = mapAt(secret, 'VersionIdsToStages');
  const versions = Object.keys(stages).flatMap(id => [id, ...listAt(stages, id).map(scalarText)]);
  return { ...secretFacts(secret, 'VersionIdsToStages'), versions: new Set(versions) };
}

/** What AWS says about a secret; undefined: it is not there. */
export async function describedSecret(
  name: string,
  call: CallPlace,
): Promise<JsonObject | undefined> {
  const secret = await unlessRefused(call('DescribeSecret', { SecretId: name }), 'isAbsent');
  return secret instanceof AwsRefusal ? undefined : secret;
}

/** What is kept of an entry that was read: facts about the value, never the value. */
type ReadFacts = Pick<EntryFacts, 'isCut' | 'labels' | 'value' | 'unread'>;

/** Reads the values of entries that are there, and notes the facts that may be shown. */
export async function readValues(entries: Entries, looked: Looked, aws: Aws): Promise<void> {
  const { found, notesAt } = looked;
  const { host } = aws;
  const readable = entries.filter(entry => {
    const facts = found(entry);
    if (!isThere(facts) || !facts.hasValue || facts.deleted !== undefined) return false;
    return !notesAt(placeOf(entry, host)).fine.has(askedName(entry));
  });
  const done = progressOf(new Set(readable.map(askedName)).size, 'read', host);
  for (const { place, ...entriesAt } of byPlace(readable, host))
    await readPlace(place, { ...entriesAt, done, notes: notesAt(place) }, aws);
}

type ReadEntries = (readonly [name: string, facts: ReadFacts])[];

/** How many names a GetParameters takes (docs/facts/aws.md#parameters). */
const READ_TOGETHER = 10;

async function readPlace(place: AwsPlace, run: LookUpRun, aws: Aws): Promise<void> {
  const { names, entries, done, notes } = run;
  const note = (name: string, facts: ReadFacts): void => {
    const before = notes.found.get(name);
    notes.found.set(name, { hasValue: true, ...(isThere(before) ? before : {}), ...facts });
  };
  const byName = groupBy(entries, askedName);
  const propertiesOf = (name: string): string[] =>
    (byName.get(name) ?? []).flatMap(({ properties }) => [...properties]);
  const call = callAt(place, aws);
  const isParameter = place.service === 'ParameterStore';
  const [step, reader] = isParameter ? [READ_TOGETHER, readParameters] : [1, readSecret];
  for (let at = 0; at < names.length; at += step) {
    const some = names.slice(at, at + step);
    const all = await readSome(some, batch => reader(batch, propertiesOf, call));
    for (const [name, facts] of all) note(name, facts);
    done(some.length);
  }
  for (const [name, facts] of await labelsOf(isParameter ? entries : [], call)) note(name, facts);
}

type Properties = (name: string) => Names;

async function readParameters(names: Names, propertiesOf: Properties, call: CallPlace) {
  const answer = await call('GetParameters', { Names: names, WithDecryption: true });
  return listAt(answer, 'Parameters').map((parameter): ReadEntries[number] => {
    const name = nameIn(parameter);
    return [name, { value: valueFacts(textAt(parameter, 'Value') ?? '', propertiesOf(name)) }];
  });
}

async function readSecret([name = '']: Names, propertiesOf: Properties, call: CallPlace) {
  const answer = await call('GetSecretValue', { SecretId: name });
  const text = textAt(answer, 'SecretString');
  const value = text === undefined ? undefined : valueFacts(text, propertiesOf(name));
  return [[name, value === undefined ? { unread: 'it is binary' } : { value }] as const];
}

/** Reads names together; if one of them may not be read, AWS refuses all, so each is read by itself. */
async function readSome(
  names: Names,
  read: (some: Names) => Promise<ReadEntries>,
): Promise<ReadEntries> {
  const all = await unlessRefused(read(names), 'isBreak', 'isDenied');
  if (!(all instanceof AwsRefusal)) return all;
  if (all.isBreak) return names.map(name => [name, { unread: all.message, isCut: true }]);
  if (names.length === 1) return names.map(name => [name, { unread: all.message }]);
  const each = [];
  for (const name of names) each.push(...(await readSome([name], read)));
  return each;
}

/** Which of the labels that manifests name the parameters have; only a read shows it. */
async function labelsOf(entries: Entries, call: CallPlace) {
  const found = new Map<string, Omit<ReadFacts, 'value'>>();
  const labels = entries.flatMap(entry =>
    wantedVersions(entry)
      .filter(({ version }) => !isNumber(version))
      .map(({ version }) => [askedName(entry), version] as const),
  );
  for (const [name, label] of labels) {
    const before = found.get(name);
    if (before?.labels?.has(label) === true) continue;
    const selected = `${name}:${label}`;
    const input = { Names: [selected], WithDecryption: false };
    const answer = await unlessRefused(call('GetParameters', input), 'isBreak', 'isDenied');
    if (!(answer instanceof AwsRefusal)) {
      const hasLabel = !listAt(answer, 'InvalidParameters').includes(selected);
      found.set(name, { labels: new Map([...(before?.labels ?? []), [label, hasLabel]]) });
    } else if (answer.isBreak) found.set(name, { ...before, unread: answer.message, isCut: true });
  }
  return found;
}
