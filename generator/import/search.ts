import { andThen, type Fault, type Outcome, ok, type Path } from '../core/finding.ts';
import { groupBy, isMap, isSame, type JsonObject, textAt, valueAt } from '../core/json.ts';
import { identityOf, type KubeObject } from '../core/kube-object.ts';
import type { Validators } from '../core/schema.ts';
import { compare } from '../diff/compare.ts';
import type { Change } from '../diff/comparison.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { argocdObjects } from '../spec/objects/application-set.ts';
import { fluxFolder, fluxObjects } from '../spec/objects/flux.ts';
import { checkSpec, parseSpec } from '../spec/parse.ts';
import {
  type BuiltUnit,
  type Expansion,
  expand,
  expandUnit,
  wholeUnits,
} from '../spec/pipeline.ts';
import { nothingOutside, type ObjectSet } from '../world/object-set.ts';
import type { DeployerSections, DeployerTree } from './deployers.ts';
import {
  type Draft,
  type DraftEntry,
  documentOf,
  draftOf,
  NAMESPACE,
  outsideId,
  specOfDraft,
} from './import.ts';
import {
  type Choices,
  DECLARED,
  differingFields,
  type EntryName,
  entryKey,
  isAlike,
  knownCount,
  type Lesson,
  learned,
  minimalPatch,
} from './minimal-patch.ts';
import { marksOf, type ResourceName, resourceNames } from './spec-text.ts';
import { hasValues, type Wanted } from './wanted.ts';

/** What differs in an environment between what is there and what the spec makes. */
export interface Proof {
  /** Empty where there is one set of manifests alone. */
  readonly environment: string;
  /** How many objects were compared. */
  readonly objects: number;
  readonly changes: readonly Change[];
}

/** What was compared. */
export interface Proven {
  /** Of each environment. */
  readonly proofs: readonly Proof[];
  /** Of each folder with what applies them. */
  readonly deployers: readonly Proof[];
}

/**
 * Holds what a spec makes against what is wanted, environment by environment, as `diff` compares them.
 * It starts from the text of the spec: what is proven is what is written. Secrets with values are not
 * compared, as no spec makes them.
 */
export function prove(
  text: string,
  all: readonly Wanted[],
  folders: DeployerTree['folders'],
  validators: Validators,
): Outcome<Proven> {
  return andThen(parseSpec(text), spec =>
    andThen(expand(spec, validators), expansion => {
      const units = wholeUnits(expansion);
      return ok({
        proofs: all.map(wanted => proofOf(wanted, unitFor(wanted, units), validators)),
        deployers: deployerProofs(expansion, folders, validators),
      });
    }),
  );
}

/** What applies the overlays, folder by folder, as far as the spec says how that is done. */
function deployerProofs(
  expansion: Expansion,
  folders: DeployerTree['folders'],
  validators: Validators,
): Proof[] {
  return [...deployerFolders(expansion)].map(([folder, objects]) => {
    const before = folders.get(folder) ?? [];
    const after = objects.map(object => placed(object, ''));
    const sides = { name: folder, base: setOf(before), head: setOf(after) };
    const { changes } = compare(sides, validators);
    return { environment: folder, objects: before.length, changes };
  });
}

function unitFor({ name }: Wanted, units: readonly BuiltUnit[]): BuiltUnit | undefined {
  return units.find(unit => unit.name === (name === '' ? 'base' : name));
}

function proofOf(wanted: Wanted, unit: BuiltUnit | undefined, validators: Validators): Proof {
  const before = wanted.objects.filter(object => !hasValues(object));
  const after = (unit?.objects ?? []).map(({ object }) => placed(object, wanted.namespace));
  const sides = { name: wanted.name, base: setOf(before), head: setOf(after) };
  const { changes } = compare(sides, validators);
  return { environment: wanted.name, objects: before.length, changes };
}

function placed(object: KubeObject, namespace: string): PlacedObject {
  return placedObject(object, 0, [], namespace);
}

function setOf(objects: readonly PlacedObject[]): ObjectSet {
  return { objects, context: [], outside: nothingOutside };
}

/** What a spec makes to have its overlays applied, by the folders of a tree; `argocd` has all below it. */
function deployerFolders(expansion: Expansion): Map<string, readonly KubeObject[]> {
  const { argocd, flux } = expansion;
  const units = wholeUnits(expansion);
  const made = new Map<string, readonly KubeObject[]>();
  if (argocd !== undefined) {
    const { bootstrap, applications } = argocdObjects(argocd, units, new Map());
    made.set('argocd', [...bootstrap, ...applications]);
  }
  const folders = flux === undefined ? [] : fluxObjects(flux, units, new Map());
  for (const [cluster, objects] of folders) made.set(fluxFolder(cluster), objects);
  return made;
}

/** The drafts of all environments, and what was found out. */
interface Search {
  readonly drafts: readonly Draft[];
  readonly choices: Choices;
}

/**
 * Looks for the shortest spec of each environment that makes what is wanted. Each round tells ways that do
 * not do; when one tells nothing new, the drafts stand.
 */
export function search(
  all: readonly Wanted[],
  name: string,
  deployers: DeployerSections,
  validators: Validators,
): Search {
  const resourceName = resourceNames(all);
  const begun = {
    ...marksOf(all, name),
    deployers,
    refused: new Map(),
    outside: new Set<string>(),
  };
  const first = rounds(all, begun, resourceName, validators);
  // Some Secrets were asked for by ways that were refused later: which are needed is seen anew.
  return rounds(all, { ...first.choices, outside: new Set() }, resourceName, validators);
}

function rounds(
  all: readonly Wanted[],
  first: Choices,
  resourceName: ResourceName,
  validators: Validators,
): Search {
  let choices = first;
  for (;;) {
    const settled = all.map(wanted =>
      settle(draftOf(wanted, choices, resourceName), choices, validators),
    );
    const next = learned(
      choices,
      settled.flatMap(({ lessons }) => lessons),
    );
    if (knownCount(next) === knownCount(choices))
      return { drafts: settled.map(({ draft }) => draft), choices };
    choices = next;
  }
}

/** A draft, and what was found out about it; nothing: it makes what is wanted. */
interface Settled {
  readonly draft: Draft;
  readonly lessons: readonly Lesson[];
}

/** What a draft makes, by `entryKey`. */
type Made = ReadonlyMap<string, readonly KubeObject[]>;

/**
 * Expands a draft and holds what comes of it against what is wanted: patches what nearly fits, and
 * finds out which ways do not do.
 */
function settle(draft: Draft, choices: Choices, validators: Validators): Settled {
  const made = makeDraft(draft, choices, validators);
  if (made.value === undefined)
    return { draft, lessons: faultLessons(made.faults, draft, choices) };
  const first = withPatches(draft, made.value);
  if (first.lessons.length > 0 || first.draft === draft) return first;
  const again = makeDraft(first.draft, choices, validators);
  if (again.value === undefined)
    return { draft, lessons: faultLessons(again.faults, first.draft, choices) };
  const isDone = (index: number): boolean => draft.entries[index] === first.draft.entries[index];
  return { draft: first.draft, lessons: unlike(first.draft, again.value, isDone) };
}

function makeDraft(draft: Draft, choices: Choices, validators: Validators): Outcome<Made> {
  const { name, deployers } = choices;
  const spec = checkSpec(documentOf(name, { ...specOfDraft(draft, choices), ...deployers }));
  return andThen(spec, checked =>
    andThen(expandUnit(checked, undefined, validators), ({ objects }) => {
      const groups = groupBy(objects, ({ path: [section = '', name = ''] }) =>
        entryKey({ section: String(section), name: String(name) }),
      );
      return ok(
        new Map([...groups].map(([key, built]) => [key, built.map(({ object }) => object)])),
      );
    }),
  );
}

/** The draft with what its entries lack as patches; the same draft where they lack nothing. */
function withPatches(draft: Draft, made: Made): Settled {
  const all = draft.entries.map(entry => fitted(entry, made.get(entryKey(entry)) ?? []));
  const entries = all.flatMap(one => one.entry ?? []);
  const isSame = entries.every((entry, index) => entry === draft.entries[index]);
  return {
    draft: isSame ? draft : { ...draft, entries },
    lessons: [...all.flatMap(one => one.lesson ?? []), ...namespaceLessons(draft, made)],
  };
}

/** The Namespace that is made, when the one that is wanted has more to it. */
function namespaceLessons({ wanted }: Draft, made: Made): Lesson[] {
  const [own] = made.get(entryKey(NAMESPACE)) ?? [];
  const want = wanted.find('Namespace', wanted.namespace);
  if (own === undefined || (want !== undefined && isAlike(own, want.json))) return [];
  return [{ entry: NAMESPACE, way: NAMESPACE.way, reason: 'the Namespace has more to it' }];
}

/** The patched entries whose objects are still not as they are wanted. */
function unlike(draft: Draft, made: Made, isDone: (index: number) => boolean): Lesson[] {
  return draft.entries.flatMap((entry, index) => {
    if (isDone(index)) return [];
    const objects = made.get(entryKey(entry)) ?? [];
    const isFit = fitted(entry, objects).entry === entry;
    return isFit ? [] : [{ entry, way: entry.way, reason: whyUnlike(entry, objects) }];
  });
}

/** What a patch cannot reach: the first field that is still another. */
function whyUnlike({ covers }: DraftEntry, made: readonly KubeObject[]): string {
  const fields = covers.flatMap(({ json }) => {
    const own = made.find(other => identityOf(other) === identityOf(json));
    return own === undefined ? [] : differingFields(own, json);
  });
  const [first] = fields;
  if (first?.what === 'reordered') return `${first.field} would stand in another order`;
  return `${first?.field ?? 'an object'} would be another`;
}

/** An entry that makes what it stands for, or why it cannot. */
type Fitted =
  | { readonly entry: DraftEntry; readonly lesson?: undefined }
  | { readonly entry?: undefined; readonly lesson: Lesson };

/** The entry with patches for what it makes otherwise than it is wanted. */
function fitted(entry: DraftEntry, made: readonly KubeObject[]): Fitted {
  const wanted = new Map(entry.covers.map(({ json }) => [identityOf(json), json]));
  const extra = made.find(object => !wanted.has(identityOf(object)));
  if (extra !== undefined)
    return refusal(entry, `it would make the ${extra.kind} "${extra.metadata.name}" too`);
  if (made.length < wanted.size) return refusal(entry, 'it would not make all that is there');
  const pairs = made.map(object => ({
    made: object,
    want: wanted.get(identityOf(object)) ?? object,
  }));
  const unlike = pairs.filter(pair => !isAlike(pair.made, pair.want));
  if (unlike.length === 0) return { entry };
  if (entry.section === 'resources') return refusal(entry, 'expand would change it');
  const patch = patchByKind(unlike, pairs);
  if (patch === undefined) return refusal(entry, 'its objects of one kind differ in several ways');
  const whole = { ...entry, entry: { ...entry.entry, patch } };
  return isLonger(whole)
    ? refusal(entry, 'the short form with its patch is longer')
    : { entry: whole };
}

function refusal(entry: DraftEntry, reason: string): Fitted {
  return { lesson: { entry, way: entry.way, reason } };
}

interface Pair {
  readonly made: KubeObject;
  readonly want: KubeObject;
}

/** A patch is merged into all objects of its kind: they have to want the same of it. */
function patchByKind(unlike: readonly Pair[], all: readonly Pair[]): JsonObject | undefined {
  const patches = new Map<string, JsonObject>();
  for (const { made, want } of unlike) {
    const patch = minimalPatch(made, want) ?? {};
    const before = patches.get(made.kind);
    if (before !== undefined && !isSame(before, patch)) return undefined;
    patches.set(made.kind, patch);
  }
  const ofKinds = all.filter(({ made }) => patches.has(made.kind));
  return ofKinds.length > unlike.length ? undefined : Object.fromEntries(patches);
}

/** Whether the objects themselves would be the shorter text. */
function isLonger({ entry, covers }: DraftEntry): boolean {
  const objects = covers.map(({ json }) => json);
  return JSON.stringify(entry).length > JSON.stringify(objects).length;
}

/** What the faults of a draft's spec say about the ways of its entries. */
function faultLessons(faults: readonly Fault[], draft: Draft, choices: Choices): Lesson[] {
  return faults.flatMap(fault => lessonOf(fault, draft, choices) ?? []);
}

function lessonOf(fault: Fault, draft: Draft, choices: Choices): Lesson | undefined {
  const own = entryAt(fault.path, draft);
  if (fault.id === 'unknown-secret') {
    const outside = outsideOf(fault, draft, choices);
    if (outside !== undefined) return { outside };
  }
  const other = (fault.related ?? [])
    .map(({ path }) => entryAt(path, draft))
    .find(one => one !== undefined && one.section !== 'resources');
  // Of two that make one object the one goes that can be said otherwise.
  const entry = own?.section === 'resources' && other !== undefined ? other : own;
  if (entry !== undefined) return { entry, way: entry.way, reason: fault.message };
  const name = declared(fault.path);
  return name && { entry: name, way: DECLARED, reason: fault.message };
}

/** The Secret that a fault says is nowhere, if it can be declared. */
function outsideOf(fault: Fault, draft: Draft, choices: Choices): string | undefined {
  const document = documentOf(choices.name, specOfDraft(draft, choices));
  const value = valueAt(document, fault.path);
  const secret = isMap(value) ? textAt(value, 'secret') : value;
  if (typeof secret !== 'string' || !fault.message.includes(`"${secret}"`)) return undefined;
  const id = outsideId(draft.wanted, secret);
  return choices.outside.has(id) ? undefined : id;
}

function entryAt([, section, name]: Path, { entries }: Draft): DraftEntry | undefined {
  return entries.find(entry => entry.section === section && entry.name === name);
}

/** A Secret that is declared as made by hand, under a name or with a key that no spec can have. */
function declared([, section, name]: Path): EntryName | undefined {
  return section === 'secrets' && name !== undefined ? { section, name: String(name) } : undefined;
}
