import type { Host } from '../core/host.ts';
import { groupBy, sum } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import { specClusters } from '../environments/clusters.ts';
import { placesFor } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { graphOf } from '../graph/graph.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { wrongUsage } from '../shell/flags.ts';
import { type Unseen, unseenIn } from '../shell/print.ts';
import { mergeEnvironment } from '../spec/shared-clusters.ts';
import { type ManifestSet, objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import type { FieldPlace } from '../world/places.ts';
import { type AwsPlace, type CallAws, endpointOf } from './aws.ts';
import { type RemoteEntry, wantedType } from './entry.ts';
import { type EntryList, remoteEntries } from './entry-uses.ts';
import type { EntryFacts } from './facts.ts';
import { entryFaults, isNumber, wantedVersions } from './faults.ts';
import type { WantedOptions } from './flags.ts';
import { lookUpAt, placeOf } from './look-up.ts';
import { type KnownPlace, type NotesAt, notesOf, type PlaceNotes, placeId } from './notes.ts';
import { askedName, type KeptCheck, type KeptPlace, keptCheckIn, keptCheckText } from './values.ts';

/** A check that goes on where one of the same entries was broken off. */
interface ResumedCheck {
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

/** An entry, and the keys that should encrypt it. */
interface HeldEntry {
  readonly entry: RemoteEntry;
  readonly keys: readonly string[];
}

/** The names whose entries are as they should be, as far as notes tell: what is wrong is asked for again. */
function fineNames(
  own: readonly HeldEntry[],
  { fine, told }: PlaceNotes,
  isReading: boolean,
): string[] {
  const byName = groupBy(own, ({ entry }) => askedName(entry));
  return [...byName].flatMap(([name, all]) => {
    const facts = told.get(name);
    const isFine = fine.has(name) || (facts !== undefined && areFine(all, facts, isReading));
    return isFine ? [name] : [];
  });
}

/** Whether one name has what all entries of it want. */
function areFine(held: readonly HeldEntry[], found: EntryFacts, isReading: boolean): boolean {
  return held.every(
    ({ entry, keys }) =>
      (!isReading || isRead(entry, found)) &&
      entryFaults({ entry, found, region: '', keys, elsewhere: [] }).length === 0,
  );
}

function isRead(entry: RemoteEntry, { value, labels }: EntryFacts): boolean {
  const isParameter = entry.store.aws?.service === 'ParameterStore';
  const wanted = isParameter ? wantedVersions(entry) : [];
  const isLabelled = wanted.every(({ version }) => isNumber(version) || labels?.has(version));
  return value !== undefined && isLabelled;
}

/** The names that AWS is asked for. */
function namesIn(own: readonly HeldEntry[]): Set<string> {
  return new Set(own.map(({ entry }) => askedName(entry)));
}

/** Raised when what is kept comes to mean something else. */
const FORM = 1;

/** What has to be the same for the answers to be: where AWS is, and all that is asked of the entries. */
function askedParts(held: readonly HeldEntry[], isReading: boolean, host: Host): string[] {
  const all = held.map(({ entry, keys }) => {
    const { service, region } = placeOf(entry, host);
    const versions = wantedVersions(entry).map(({ version, isId }) => [version, isId]);
    const uses = entry.uses.map(({ how, isBase64 }) => [how, isBase64]);
    return [
      ...[service, endpointOf(service, region, host), region, askedName(entry), entry.store.prefix],
      ...[wantedType(entry), entry.properties, versions, uses, keys],
    ];
  });
  return ['params check', JSON.stringify([FORM, isReading, all])];
}

/** What the manifests want of stores, by environment, and what kept it from being known. */
export interface WantedEntries extends Unseen {
  readonly lists: readonly EntryList[];
  readonly placeOf: FieldPlace;
  readonly specStoreOf: SpecStoreOf;
  /** All that is read, also by what is not at the paths. */
  readonly used: () => readonly RemoteEntry[];
}

/** Of the paths, or of every overlay of the spec; or the exit code, when the spec is wrong. */
export function wantedEntries(options: WantedOptions, host: Host): WantedEntries | number {
  const looked = manifestsAt(options, host);
  return typeof looked === 'number' ? looked : entriesOf(looked.sets, host, looked.read);
}

function entriesOf(sets: readonly ManifestSet[], host: Host, read?: ReadSpec): WantedEntries {
  const specStoreOf = read === undefined ? noSpec : specStores(read);
  const graphs = sets.map(set => ({ set, graph: graphOf(objectsOf(set)) }));
  const listed = (set: ManifestSet, entries: readonly RemoteEntry[]): EntryList => {
    const environment = set.unit?.name ?? '';
    const store = oncePerText((name: string) => specStoreOf(environment, name));
    return { environment, entries: entries.map(entry => asTheSpecSays(entry, store)) };
  };
  const lists = graphs.map(({ set, graph }) =>
    listed(set, remoteEntries(graph, new Set(shownObjects(set)))),
  );
  return {
    lists: shownLists(lists),
    used: () =>
      graphs.flatMap(({ set, graph }) => [
        ...listed(set, remoteEntries(graph, new Set(graph.objects))).entries,
      ]),
    placeOf: placesFor(sets, host, read),
    specStoreOf,
    ...unseenIn(sets.flatMap(shownSources)),
  };
}

/** Where manifests are named, one that reads nothing says nothing beside others. */
function shownLists(lists: readonly EntryList[]): readonly EntryList[] {
  const shown = lists.filter(
    ({ environment, entries }) => environment !== '' || entries.length > 0,
  );
  return shown.length === 0 ? [{ environment: '', entries: [] }] : shown;
}

function asTheSpecSays(entry: RemoteEntry, specStore: (store: string) => SpecStore): RemoteEntry {
  const { store } = entry;
  const { prefix, account } = specStore(store.name.name);
  const more = {
    ...(prefix !== undefined && { prefix }),
    ...(account !== undefined && store.isOwn === true && { account }),
  };
  return { ...entry, store: { ...store, ...more } };
}

/** The entries of an environment that somebody names. */
export function listOf(environment: string, lists: readonly EntryList[]): EntryList {
  const found = lists.find(list => list.environment === environment);
  if (found !== undefined) return found;
  const known = lists.map(list => list.environment).filter(name => name !== '');
  const all =
    known.length === 0
      ? 'there are no environments: the manifests are named'
      : `there is no environment ${JSON.stringify(environment)}, only ${known.join(', ')}`;
  return wrongUsage(all);
}

/** The entries of all lists. */
export function entriesIn(lists: readonly EntryList[]): RemoteEntry[] {
  return lists.flatMap(({ entries }) => [...entries]);
}

/** What a spec says of a store of an environment that its manifests do not. */
interface SpecStore {
  /** What the names of its entries begin with: `expand` writes whole names. */
  readonly prefix?: string;
  /** The account that External Secrets itself has, and reads where a store names no other. */
  readonly account?: string;
  /** A customer's keys that should encrypt what it holds. */
  readonly keys: readonly string[];
}

type SpecStoreOf = (environment: string, store: string) => SpecStore;

/** Manifests that were named one by one have no spec. */
const noSpec: SpecStoreOf = () => ({ keys: [] });

/** What a spec says of its stores. */
function specStores({ spec }: ReadSpec): SpecStoreOf {
  const clusters = specClusters(spec).value ?? [];
  return (environment, store) => {
    const isNamed = Object.hasOwn(spec.spec.environments ?? {}, environment);
    const { stores = {} } = mergeEnvironment(spec, isNamed ? environment : undefined);
    const prefix = Object.hasOwn(stores, store) ? stores[store]?.aws?.prefix : undefined;
    const own = clusters.find(
      ({ name, environments }) => name === environment || environments.includes(environment),
    );
    const keys = own?.settings.keys.get(store) ?? [];
    const account = own?.settings.account ?? '';
    const isKnown = /^\d{12}$/.test(account);
    return { keys, ...(isKnown && { account }), ...(prefix !== undefined && { prefix }) };
  };
}
