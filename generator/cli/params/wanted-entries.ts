import { graphOf } from '../../graph/graph-of.ts';
import type { Host } from '../../ground/host.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { mergeEnvironment } from '../../make/spec/merge-environment.ts';
import { specClusters } from '../../operate/iam/spec-settings.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import { type EntryList, remoteEntries } from '../../operate/params/remote-entries.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import {
  type ManifestSet,
  objectsOf,
  shownObjects,
  shownSources,
} from '../../read/sets/manifest-set.ts';
import { manifestsAt } from '../manifest-sets.ts';
import { type Unseen, unseenIn } from '../unread.ts';
import { wrongUsage } from '../usage.ts';
import type { WantedOptions } from './params-flags.ts';

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
