import type { Outcome, Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { fieldsWhere, groupBy, isMap, mapAt, textAt, withFields } from '../core/json.ts';
import { plainName, shortHash } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { podOf, podReads } from '../kinds/pods.ts';
import { checkSpec } from '../spec/parse.ts';
import type { DeployerSpecs, SpecObject } from '../spec/spec.ts';
import { changedPlaces, TEXTS, withTexts } from '../spec/text-files.ts';
import { parseDocument } from '../yaml/parse.ts';
import { databaseForm } from './forms/database.ts';
import type { Alternative, Form, Section, SpecDefaults, SpecMarks } from './forms/form.ts';
import { withoutEmpty } from './forms/form.ts';
import { configMapForm, resourceWays } from './forms/resource.ts';
import { externalSecretForm, storeForm } from './forms/secrets.ts';
import { collectorForm, workloadForm } from './forms/workload.ts';
import { hasValues, type Original, valueKeys } from './originals.ts';

/** What the search has learned about the ways to write objects. It only grows, so the search ends. */
export interface Choices extends SpecDefaults {
  /** The labels and annotations that the spec of each environment sets on all objects. */
  readonly marks: ReadonlyMap<string, SpecMarks>;
  /** The sections on how the tree is applied: they add labels and waves to objects. */
  readonly deployers: DeployerSections;
  /** The ways of each entry that do not work, and why. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Secrets that an environment reads and nothing in it makes, as `environment/name`. */
  readonly outside: ReadonlySet<string>;
}

/** The sections on what applies the objects. */
export type DeployerSections = Readonly<Partial<Record<'iam' | 'argocd' | 'flux', JsonObject>>>;

/** The entries that the search has found for one environment. */
export interface Draft {
  readonly original: Original;
  readonly entries: readonly DraftEntry[];
  readonly handMade: readonly PlacedObject[];
  /** Objects that no entry can make, and why. */
  readonly lost: readonly { readonly object: PlacedObject; readonly reason: string }[];
}

/** An entry of the spec, and the objects that it makes. */
export interface DraftEntry extends EntryName, Alternative {
  readonly section: Section | 'resources';
  /** For an object under `resources`: why it has no short form. */
  readonly reason?: string;
}

export type EntryName = Readonly<Record<'section' | 'name', string>>;

const FORMS: readonly Form[] = [
  databaseForm,
  storeForm,
  externalSecretForm,
  workloadForm,
  collectorForm,
  configMapForm,
];

function marksIn({ marks }: Choices, { name }: Original): SpecMarks {
  return marks.get(name) ?? { labels: {}, annotations: {}, commonLabels: {} };
}

/** Writes each object in the first way that is not refused. */
export function draftOf(original: Original, choices: Choices): Draft {
  const handMade = original.objects.filter(hasValues);
  const namespace = original.find('Namespace', original.namespace);
  const isMade = namespace !== undefined && !isRefused(choices, NAMESPACE, NAMESPACE.way);
  const claimed = new Set([...handMade, ...(isMade ? [namespace] : [])]);
  const entries: DraftEntry[] = [];
  const taken = new Set<string>();
  const reasons = new Map<PlacedObject, string>();
  const sections = { stores: new Map(), databases: new Map(), workloads: new Map() };
  const written: Partial<Record<Section, Map<string, JsonObject>>> = sections;
  const deployers = choices.deployers as unknown as DeployerSpecs;
  const marks = marksIn(choices, original);
  const context = { ...choices, ...sections, original, deployers, marks };
  const formed = FORMS.flatMap(form =>
    original.objects
      .filter(object => isOf(form, object, original.namespace))
      .map(object => ({ form, object })),
  );
  for (const { form, object } of formed.filter(({ object }) => !claimed.has(object))) {
    const entry = { section: form.section, name: form.nameOf?.(object) ?? object.name };
    const found = taken.has(entryKey(entry))
      ? `another object is ${entry.section}.${entry.name} already`
      : wayOf(entry, form.ways(object, context), choices, claimed);
    if (typeof found === 'string') reasons.set(object, found);
    else {
      for (const cover of found.covers) claimed.add(cover);
      entries.push({ ...entry, ...found });
      taken.add(entryKey(entry));
      written[form.section]?.set(entry.name, found.entry);
    }
  }
  const rest = original.objects.filter(object => !claimed.has(object));
  const lost: Draft['lost'][number][] = [];
  const kept = rest.flatMap((object): DraftEntry[] => {
    const name = choices.resourceName(object, original);
    const entry = { section: 'resources', name } as const;
    const found = resourceWays(object, context).find(({ way }) => !isRefused(choices, entry, way));
    const reason = reasons.get(object) ?? whyVerbatim(object, original);
    if (found !== undefined) return [{ ...entry, ...found, reason }];
    lost.push({ object, reason: whyLonger(choices, entry) ?? '' });
    return [];
  });
  return { original, handMade, entries: [...entries, ...kept], lost };
}

/** The Namespace that `expand` makes for every environment, as an entry that can be refused. */
export const NAMESPACE = { section: 'namespace', name: '', way: 'made' } as const;

function isRefused({ refused }: Choices, entry: EntryName, way: string): boolean {
  return refused.get(entryKey(entry))?.has(way) === true;
}

export function entryKey({ section, name }: EntryName): string {
  return `${section}/${name}`;
}

/** Whether a form can make an object: entries make objects of the environment's namespace and of the cluster. */
function isOf({ kinds }: Form, { namespace, knownKind }: PlacedObject, home: string): boolean {
  const isHere = namespace === home || knownKind?.isOfCluster === true;
  return isHere && knownKind !== undefined && kinds.includes(knownKind);
}

function wayOf(
  entry: EntryName,
  ways: ReturnType<Form['ways']>,
  choices: Choices,
  claimed: ReadonlySet<PlacedObject>,
): Alternative | string {
  if (typeof ways === 'string') return ways;
  const found = ways.find(
    ({ way, covers }) =>
      !isRefused(choices, entry, way) && !covers.some(cover => claimed.has(cover)),
  );
  return found ?? whyLonger(choices, entry) ?? 'what it would make is said already';
}

function whyLonger({ refused }: Choices, entry: EntryName): string | undefined {
  return [...(refused.get(entryKey(entry))?.values() ?? [])].at(-1);
}

/** Begins the reason of objects whose kind has no short form. Most have none, so no comment or report says it. */
export const NO_FORM = 'there is no short form of';

function whyVerbatim({ kind, knownKind }: PlacedObject, { namespace }: Original): string {
  const isShort = FORMS.some(({ kinds }) => kinds.some(listed => listed === knownKind));
  return isShort ? `it is not in ${namespace}` : `${NO_FORM} a ${kind}`;
}

/** The `spec` of one environment, with nothing under `environments`. */
export type WholeSpec = JsonObject;

/** A draft as a spec: its entries, Secrets made by hand, and stores and Secrets from outside. */
export function specOfDraft(draft: Draft, choices: Choices): WholeSpec {
  const { entries, handMade, original } = draft;
  const isDeclared = (name: string): boolean =>
    !isRefused(choices, { section: 'secrets', name }, DECLARED);
  const start = outsideId(original, '');
  const ids = [...choices.outside].filter(id => id.startsWith(start));
  const outside = ids.map(id => id.slice(start.length)).filter(isDeclared);
  const here = handMade.filter(({ namespace }) => namespace === original.namespace);
  const manual = here.filter(({ name }) => isDeclared(name));
  const section = (name: DraftEntry['section']): JsonObject =>
    Object.fromEntries(
      entries
        .filter(entry => entry.section === name)
        .map(entry => [entry.name, specEntry(entry.entry)]),
    );
  return withoutEmpty({
    namespace: original.namespace,
    ...marksIn(choices, original),
    omit: original.find('Namespace', original.namespace)
      ? choices.omit
      : [...choices.omit, 'namespace'].sort(),
    stores: { ...outsideStores(draft), ...section('stores') },
    databases: section('databases'),
    secrets: {
      ...Object.fromEntries(outside.map(name => [name, { external: keysRead(original, name) }])),
      ...Object.fromEntries(manual.map(object => [object.name, { manual: valueKeys(object) }])),
      ...section('secrets'),
    },
    workloads: section('workloads'),
    configMaps: section('configMaps'),
    resources: section('resources'),
  });
}

/** Fields with terms of Kubernetes or of a program, in which null may mean something. */
const FOREIGN_FIELDS: ReadonlySet<string> = new Set(['patch', 'object', 'objects', 'config']);

/** Fields in which null takes away what the spec says of all objects. */
const MARKS: ReadonlySet<string> = new Set(['labels', 'annotations', 'podLabels']);

/** An entry without nulls: they say nothing, and in an environment would remove what the base does not have. */
function specEntry(entry: JsonObject): JsonObject {
  const foreign = fieldsWhere(entry, name => FOREIGN_FIELDS.has(name));
  return { ...withoutNulls(entry, MARKS), ...foreign };
}

/** A map without nulls at any depth, but for those in `kept` fields. */
export function withoutNulls(map: JsonObject, kept: ReadonlySet<string> = new Set()): JsonObject {
  return withFields(map, Object.keys(map), (name, value = null) => {
    if (value === null) return undefined;
    return isMap(value) && !kept.has(name) ? withoutNulls(value, kept) : value;
  });
}

function outsideStores({ entries }: Draft): JsonObject {
  const made = new Set(
    entries.filter(({ section }) => section === 'stores').map(({ name }) => name),
  );
  const stores = entries.flatMap(({ section, covers: [object] }): [string, JsonObject][] => {
    const ref = object && mapAt(specOf(object), 'secretStoreRef');
    const name = textAt(ref, 'name');
    if (section !== 'secrets' || name === undefined || made.has(name)) return [];
    const kind = textAt(ref, 'kind') ?? 'SecretStore';
    return [[name, { ...(kind !== 'ClusterSecretStore' && { kind }), external: true }]];
  });
  return Object.fromEntries(stores);
}

/** The name of the way to write a Secret that the spec declares and does not make. */
export const DECLARED = 'declared';

export function outsideId({ name }: Original, secret: string): string {
  return `${name}/${secret}`;
}

/** The keys that are read of a Secret; `true` where something reads it whole. */
function keysRead(original: Original, secret: string): Json {
  const reads = readsOf(original).get(secret) ?? [];
  const keys = new Set(reads.map(({ key }) => key));
  if (keys.size === 0 || keys.has(undefined)) return true;
  return [...keys].filter(key => key !== undefined).sort();
}

/** The reads of the environment's namespace, by Secret: each that nothing makes asks for its few. */
const readsOf = oncePer(({ objects, namespace }: Original) => {
  const ofNamespace = objects.filter(object => object.namespace === namespace);
  const reads = ofNamespace.flatMap(object => {
    const pod = podOf(object);
    return [...(object.knownKind?.reads?.(object) ?? []), ...(pod ? podReads(pod) : [])];
  });
  const here = reads.filter(read => (read.namespace ?? namespace) === namespace);
  return groupBy(here, ({ secret }) => secret);
});

export function documentOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', metadata: { name }, spec };
}

/** What a round of the search learned: a way that does not work, or a Secret that comes from outside. */
export type SearchHint =
  | { readonly entry: EntryName; readonly way: string; readonly reason: string }
  | { readonly outside: string };

/** The choices with what was learned. A way that fails in one environment is refused in all: two ways make a longer spec. */
export function withHints(choices: Choices, hints: readonly SearchHint[]): Choices {
  const refused = new Map(choices.refused);
  const outside = new Set(choices.outside);
  for (const hint of hints) {
    if ('outside' in hint) outside.add(hint.outside);
    else {
      const key = entryKey(hint.entry);
      const before = refused.get(key) ?? new Map();
      if (!before.has(hint.way)) refused.set(key, new Map([...before, [hint.way, hint.reason]]));
    }
  }
  return { ...choices, refused, outside };
}

export function hintCount({ refused, outside }: Choices): number {
  return [...refused.values()].reduce((sum, ways) => sum + ways.size, outside.size);
}

/** The text of a spec, and its long texts by the paths of their files, from its folder. */
export interface SpecFiles {
  readonly text: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A spec from its text and its files, with all that is wrong with it. */
export function parseFiles({ text, files }: SpecFiles): Outcome<SpecObject> {
  const { value, faults } = parseDocument(text);
  if (value === undefined) return { faults };
  return checkSpec(withTexts(value, name => files.get(name) ?? ''));
}

/** A document whose texts of more lines than `most` stand in files, one file for equal texts; 0: none of them. */
export function withLongTexts(
  document: JsonObject,
  most: number,
): { readonly document: JsonObject; readonly files: ReadonlyMap<string, string> } {
  const files = new Map<string, string>();
  const changed = changedPlaces(document, TEXTS, (value, path) => {
    if (typeof value !== 'string' || most === 0 || value.split('\n').length <= most + 1)
      return value;
    const file = namesFor(path, value).find(name => (files.get(name) ?? value) === value) ?? '';
    files.set(file, value);
    return { file };
  });
  return { document: changed as JsonObject, files };
}

/** Names for the file of a text: by its own name, with that of its entry, of its environment, or a hash. */
function namesFor(path: Path, text: string): string[] {
  const names = path.map(String);
  const steps = names.slice(names[1] === 'environments' ? 3 : 1);
  const key =
    steps.findLast(step => !/^\d+$|^(?:command|args|env|data|template)$/.test(step)) ?? '';
  const isScript = steps.includes('command') || steps.includes('args');
  // Whoever wrote the manifests chose the name: it is that of a plain file, in no other folder.
  const plain = /^\w[\w.-]*$/.test(key) ? key : `${plainName(key) || 'text'}.txt`;
  const name = isScript ? `${plainName(key)}.sh` : plain;
  const [, entry = ''] = steps;
  return [
    name,
    `${entry}-${name}`,
    `${names[1] === 'environments' ? names[2] : 'base'}-${entry}-${name}`,
    `${shortHash(text)}-${name}`,
  ]
    .filter(file => !file.includes('/'))
    .map(file => `files/${file}`);
}
