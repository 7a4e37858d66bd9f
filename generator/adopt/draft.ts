import type { JsonObject } from '../ground/json.ts';
import type { Item } from '../kinds/kind.ts';
import { type Choices, type EntryName, isRefused, reasonFor } from './choices.ts';
import type { Alternative, Form, Section } from './forms/form.ts';
import { FORMS } from './forms/forms.ts';
import { hasValues } from './hand-made.ts';
import type { ResourceName } from './resource-names.ts';
import { resourceWays } from './resource-ways.ts';
import type { Wanted } from './wanted.ts';

/** An entry of the spec, and the objects that it stands for. */
export interface DraftEntry extends EntryName, Alternative {
  readonly section: Section | 'resources';
  /** Of an object as it is: why it has no shorter form. */
  readonly reason?: string;
}

/** The spec of one environment, as far as it has been found. */
export interface Draft {
  readonly wanted: Wanted;
  readonly entries: readonly DraftEntry[];
  /** Secrets with values: they are declared, and nothing makes them. */
  readonly handMade: readonly Item[];
  /** Objects that no way can say, and why. */
  readonly lost: readonly Lost[];
}

interface Lost {
  readonly item: Item;
  readonly reason: string;
}

/** The Namespace that every environment has made, as an entry that can be refused. */
export const NAMESPACE: EntryName & { readonly way: string } = {
  section: 'namespace',
  name: '',
  way: 'made',
};

/** Says each object in the first way that was not refused. */
export function draftOf(wanted: Wanted, choices: Choices, resourceName: ResourceName): Draft {
  const handMade = wanted.items.filter(hasValues);
  const claimed = new Set<Item>([...handMade, ...madeNamespace(wanted, choices)]);
  const entries: DraftEntry[] = [];
  for (const form of FORMS) {
    for (const item of wanted.items.filter(one => isOf(form, one, wanted))) {
      const entry = shortEntry(form, item, { wanted, choices, claimed, entries });
      if (entry === undefined) continue;
      for (const cover of entry.covers) claimed.add(cover);
      entries.push(entry);
    }
  }
  const rest = wanted.items.filter(item => !claimed.has(item));
  const kept = rest.map(item => verbatim(item, wanted, choices, resourceName));
  return {
    wanted,
    handMade,
    entries: [...entries, ...kept.filter(one => 'way' in one)],
    lost: kept.filter(one => 'item' in one),
  };
}

/** What has been said so far. */
interface SoFar {
  readonly wanted: Wanted;
  readonly choices: Choices;
  readonly claimed: ReadonlySet<Item>;
  readonly entries: readonly DraftEntry[];
}

function shortEntry(form: Form, item: Item, soFar: SoFar): DraftEntry | undefined {
  const { wanted, choices, claimed, entries } = soFar;
  const entry = { section: form.section, name: item.name };
  const isTaken = entries.some(one => one.section === entry.section && one.name === entry.name);
  if (isTaken || claimed.has(item)) return undefined;
  const chosen = (section: Section): ReadonlyMap<string, JsonObject> =>
    new Map(entries.filter(one => one.section === section).map(one => [one.name, one.entry]));
  const context = { wanted, stores: chosen('stores'), databases: chosen('databases') };
  const found = form
    .ways(item, context)
    .find(
      ({ way, covers }) =>
        !isRefused(choices, entry, way) && covers.every(cover => !claimed.has(cover)),
    );
  return found && { ...entry, ...found };
}

/** Entries make objects of the environment's own namespace, and of the cluster. */
function isOf({ kinds }: Form, item: Item, { namespace }: Wanted): boolean {
  const isHere = item.namespace === namespace || item.known?.isOfCluster === true;
  return isHere && item.known !== undefined && kinds.includes(item.known);
}

function madeNamespace({ find, namespace }: Wanted, choices: Choices): Item[] {
  const own = find('Namespace', namespace);
  const isMade = !isRefused(choices, NAMESPACE, NAMESPACE.way);
  return isMade && own !== undefined ? [own] : [];
}

function verbatim(
  item: Item,
  wanted: Wanted,
  choices: Choices,
  resourceName: ResourceName,
): DraftEntry | Lost {
  const entry = { section: 'resources', name: resourceName(item, wanted) } as const;
  const way = resourceWays(item, wanted, choices).find(one => !isRefused(choices, entry, one.way));
  if (way === undefined) return { item, reason: reasonFor(choices, entry) ?? '' };
  return { ...entry, ...way, reason: whyVerbatim(item, choices) };
}

function whyVerbatim(item: Item, choices: Choices): string {
  const form = FORMS.find(({ kinds }) => kinds.some(kind => kind === item.known));
  if (form === undefined) return `there is no short form of a ${item.kind}`;
  const reason = reasonFor(choices, { section: form.section, name: item.name });
  return reason ?? `its ${item.kind} has what the short form of ${form.section} does not say`;
}
