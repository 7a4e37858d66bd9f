import type { JsonObject } from '../ground/json.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type Choices, type EntryName, isRefused, whyLonger } from './choices.ts';
import type { Alternative, Form, Section } from './forms/form.ts';
import { FORMS } from './forms/forms.ts';
import { type ResourceName, resourceWays } from './resources.ts';
import { hasValues, type Wanted } from './wanted.ts';

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
  readonly handMade: readonly PlacedObject[];
  /** Objects that no way can say, and why. */
  readonly lost: readonly Lost[];
}

interface Lost {
  readonly object: PlacedObject;
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
  const handMade = wanted.objects.filter(hasValues);
  const claimed = new Set<PlacedObject>([...handMade, ...madeNamespace(wanted, choices)]);
  const entries: DraftEntry[] = [];
  const reasons = new Map<PlacedObject, string>();
  for (const form of FORMS) {
    for (const object of wanted.objects.filter(
      one => isOf(form, one, wanted) && !claimed.has(one),
    )) {
      const entry = shortEntry(form, object, { wanted, choices, claimed, entries });
      if (typeof entry === 'string') {
        reasons.set(object, entry);
        continue;
      }
      for (const cover of entry.covers) claimed.add(cover);
      entries.push(entry);
    }
  }
  const rest = wanted.objects.filter(object => !claimed.has(object));
  const kept = rest.map(object => {
    const reason = reasons.get(object) ?? whyVerbatim(object, wanted);
    return verbatim(object, { wanted, choices, resourceName, reason });
  });
  return {
    wanted,
    handMade,
    entries: [...entries, ...kept.filter(one => 'way' in one)],
    lost: kept.filter(one => 'object' in one),
  };
}

/** What has been said so far. */
interface SoFar {
  readonly wanted: Wanted;
  readonly choices: Choices;
  readonly claimed: ReadonlySet<PlacedObject>;
  readonly entries: readonly DraftEntry[];
}

/** The entry of an object, or why it has none. */
function shortEntry(form: Form, object: PlacedObject, soFar: SoFar): DraftEntry | string {
  const { wanted, choices, claimed, entries } = soFar;
  const entry = { section: form.section, name: form.nameOf?.(object) ?? object.name };
  const isTaken = entries.some(one => one.section === entry.section && one.name === entry.name);
  if (isTaken) return `another object is ${entry.section}.${entry.name} already`;
  const chosen = (section: Section): ReadonlyMap<string, JsonObject> =>
    new Map(entries.filter(one => one.section === section).map(one => [one.name, one.entry]));
  const context = { wanted, stores: chosen('stores'), databases: chosen('databases') };
  const ways = form.ways(object, context);
  if (typeof ways === 'string') return ways;
  const found = ways.find(
    ({ way, covers }) =>
      !isRefused(choices, entry, way) && covers.every(cover => !claimed.has(cover)),
  );
  if (found !== undefined) return { ...entry, ...found };
  return whyLonger(choices, entry) ?? 'what it would make is said already';
}

/** Entries make objects of the environment's own namespace, and of the cluster. */
function isOf({ kinds }: Form, object: PlacedObject, { namespace }: Wanted): boolean {
  const isHere = object.namespace === namespace || object.known?.isOfCluster === true;
  return isHere && object.known !== undefined && kinds.includes(object.known);
}

function madeNamespace({ find, namespace }: Wanted, choices: Choices): PlacedObject[] {
  const own = find('Namespace', namespace);
  const isMade = !isRefused(choices, NAMESPACE, NAMESPACE.way);
  return isMade && own !== undefined ? [own] : [];
}

interface Remaining {
  readonly wanted: Wanted;
  readonly choices: Choices;
  readonly resourceName: ResourceName;
  readonly reason: string;
}

function verbatim(
  object: PlacedObject,
  { wanted, choices, resourceName, reason }: Remaining,
): DraftEntry | Lost {
  const entry = { section: 'resources', name: resourceName(object, wanted) } as const;
  const way = resourceWays(object, wanted, choices).find(
    one => !isRefused(choices, entry, one.way),
  );
  if (way === undefined) return { object, reason: whyLonger(choices, entry) ?? '' };
  return { ...entry, ...way, reason };
}

function whyVerbatim({ kind, known }: PlacedObject, { namespace }: Wanted): string {
  const isShort = FORMS.some(({ kinds }) => kinds.some(one => one === known));
  return isShort ? `it is not in ${namespace}` : `${NO_FORM} a ${kind}`;
}

/** What is said of most objects that stand as they are, and is told of none. */
export const NO_FORM = 'there is no short form of';
