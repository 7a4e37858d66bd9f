import { type Json, type JsonObject, textAt } from '../core/json.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { podOf, podReads } from '../kinds/pods.ts';
import type { Omission } from '../spec/spec.ts';
import type { DeployerSections } from './deployers.ts';
import { databaseForm } from './forms/database.ts';
import { type Alternative, type Form, given, type Section } from './forms/form.ts';
import { type Marks, type ResourceName, resourceWays } from './forms/resource.ts';
import { externalSecretForm, storeForm } from './forms/secrets.ts';
import { collectorForm, workloadForm } from './forms/workload.ts';
import { hasValues, valueKeys, type Wanted } from './wanted.ts';

/** What was found out about the ways to say objects: it only grows, so that the search has an end. */
export interface Choices extends Marks {
  /** How the tree is applied: it decides what objects are given. */
  readonly deployers: DeployerSections;
  /** Ways that do not do, by entry, and why. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Secrets that are read, and that nothing in an environment makes: `environment/name`. */
  readonly outside: ReadonlySet<string>;
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

/** An entry of the spec, and the objects that it stands for. */
export interface DraftEntry extends EntryName, Alternative {
  readonly section: Section | 'resources';
  /** Of an object as it is: why it has no shorter form. */
  readonly reason?: string;
}

/** An entry of the spec: its collection, and its name there. */
export interface EntryName {
  readonly section: string;
  readonly name: string;
}

interface Lost {
  readonly object: PlacedObject;
  readonly reason: string;
}

/** All inverses, in the order in which they may claim objects. */
const FORMS: readonly Form[] = [
  databaseForm,
  storeForm,
  externalSecretForm,
  workloadForm,
  collectorForm,
];

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

/** The Namespace that every environment has made, as an entry that can be refused. */
export const NAMESPACE: EntryName & { readonly way: string } = {
  section: 'namespace',
  name: '',
  way: 'made',
};

function madeNamespace({ find, namespace }: Wanted, choices: Choices): PlacedObject[] {
  const own = find('Namespace', namespace);
  const isMade = !isRefused(choices, NAMESPACE, NAMESPACE.way);
  return isMade && own !== undefined ? [own] : [];
}

function isRefused({ refused }: Choices, entry: EntryName, way: string): boolean {
  return refused.get(entryKey(entry))?.has(way) === true;
}

export function entryKey({ section, name }: EntryName): string {
  return `${section}/${name}`;
}

/** Entries make objects of the environment's own namespace, and of the cluster. */
function isOf({ kinds }: Form, object: PlacedObject, { namespace }: Wanted): boolean {
  const isHere = object.namespace === namespace || object.known?.isOfCluster === true;
  return isHere && object.known !== undefined && kinds.includes(object.known);
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

/** Why the shorter ways of an entry do not do: what was found out last. */
function whyLonger({ refused }: Choices, entry: EntryName): string | undefined {
  return [...(refused.get(entryKey(entry))?.values() ?? [])].at(-1);
}

/** What is said of most objects that stand as they are, and is told of none. */
export const NO_FORM = 'there is no short form of';

function whyVerbatim({ kind, known }: PlacedObject, { namespace }: Wanted): string {
  const isShort = FORMS.some(({ kinds }) => kinds.some(one => one === known));
  return isShort ? `it is not in ${namespace}` : `${NO_FORM} a ${kind}`;
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

/** The `spec` of one environment, with nothing under `environments`. */
export type WholeSpec = JsonObject;

/** A draft as a spec: its entries, the Secrets that people make, and what is outside. */
export function specOfDraft(draft: Draft, choices: Choices): WholeSpec {
  const { entries, wanted } = draft;
  const section = (name: DraftEntry['section']): JsonObject =>
    Object.fromEntries(
      entries.filter(one => one.section === name).map(one => [one.name, one.entry]),
    );
  return given({
    namespace: wanted.namespace,
    omit: omissions(wanted, choices),
    stores: { ...outsideStores(draft), ...section('stores') },
    databases: section('databases'),
    secrets: {
      ...outsideEntries(wanted, choices),
      ...handMadeEntries(draft, choices),
      ...section('secrets'),
    },
    workloads: section('workloads'),
    resources: section('resources'),
  });
}

/** No Namespace is made where none is there, or where its own is under `resources`. */
function omissions({ find, namespace }: Wanted, { omit }: Choices): readonly Omission[] {
  const isThere = find('Namespace', namespace) !== undefined;
  return isThere ? omit : [...omit, 'namespace' as const].sort();
}

/** Stores that secrets of the spec name, and that nothing in it makes. */
function outsideStores({ entries }: Draft): JsonObject {
  const made = new Set(
    entries.filter(({ section }) => section === 'stores').map(({ name }) => name),
  );
  const stores = entries
    .filter(({ section }) => section === 'secrets')
    .flatMap(({ covers }) => covers.slice(0, 1))
    .flatMap((object): [string, JsonObject][] => {
      const name = textAt(specOf(object), 'secretStoreRef', 'name');
      if (name === undefined || made.has(name)) return [];
      const kind = textAt(specOf(object), 'secretStoreRef', 'kind') ?? 'SecretStore';
      const isCluster = kind === 'ClusterSecretStore';
      return [[name, { ...(!isCluster && { kind }), external: true }]];
    });
  return Object.fromEntries(stores);
}

/** The way in which a Secret is declared that nothing of a spec makes. */
export const DECLARED = 'declared';

/** The Secrets that something reads and nothing makes, with the keys that are read. */
function outsideEntries(wanted: Wanted, choices: Choices): JsonObject {
  const start = outsideId(wanted, '');
  const names = [...choices.outside]
    .filter(id => id.startsWith(start))
    .map(id => id.slice(start.length))
    .filter(name => !isRefused(choices, { section: 'secrets', name }, DECLARED));
  return Object.fromEntries(names.map(name => [name, { external: keysRead(wanted, name) }]));
}

/** How a Secret outside is known among the choices. */
export function outsideId({ name }: Wanted, secret: string): string {
  return `${name}/${secret}`;
}

/** The keys that are read of a Secret; `true` where something reads it whole. */
function keysRead({ objects, namespace }: Wanted, secret: string): Json {
  const reads = objects
    .filter(object => object.namespace === namespace)
    .flatMap(object => {
      const pod = podOf(object);
      return [
        ...(object.known?.reads?.(object) ?? []),
        ...(pod === undefined ? [] : podReads(pod)),
      ];
    })
    .filter(read => read.secret === secret && (read.namespace ?? namespace) === namespace);
  const keys = [...new Set(reads.map(({ key }) => key))];
  if (keys.length === 0 || keys.includes(undefined)) return true;
  return keys.filter(key => key !== undefined).sort();
}

function handMadeEntries({ handMade, wanted }: Draft, choices: Choices): JsonObject {
  const own = handMade.filter(
    object =>
      object.namespace === wanted.namespace &&
      !isRefused(choices, { section: 'secrets', name: object.name }, DECLARED),
  );
  return Object.fromEntries(own.map(object => [object.name, { manual: valueKeys(object) }]));
}

/** A spec as a document. */
export function documentOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', metadata: { name }, spec };
}

/** Something found out. */
export type Lesson =
  | { readonly entry: EntryName; readonly way: string; readonly reason: string }
  | { readonly outside: string };

/**
 * The choices with what was found out. A way that one environment cannot go none goes: two ways to say an
 * object would be a longer spec than the one that all can go.
 */
export function learned(choices: Choices, lessons: readonly Lesson[]): Choices {
  const refused = new Map(choices.refused);
  const outside = new Set(choices.outside);
  for (const lesson of lessons) {
    if ('outside' in lesson) {
      outside.add(lesson.outside);
      continue;
    }
    const key = entryKey(lesson.entry);
    const before = refused.get(key) ?? new Map();
    if (!before.has(lesson.way))
      refused.set(key, new Map([...before, [lesson.way, lesson.reason]]));
  }
  return { ...choices, refused, outside };
}

/** How much is known. */
export function knownCount({ refused, outside }: Choices): number {
  return [...refused.values()].reduce((sum, ways) => sum + ways.size, outside.size);
}
