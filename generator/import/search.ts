import { andThen, type Fault, type Outcome, ok, type Path } from '../core/finding.ts';
import {
  groupBy,
  isMap,
  isSame,
  type Json,
  type JsonObject,
  textAt,
  valueAt,
} from '../core/json.ts';
import { asJson, identityOf, type KubeObject } from '../core/kube-object.ts';
import type { Validators } from '../core/schema.ts';
import { compare } from '../diff/compare.ts';
import { type Change, type FieldChange, fieldChanges } from '../diff/field-changes.ts';
import { effectiveForm } from '../diff/forms.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { argocdObjects } from '../spec/objects/application-set.ts';
import { fluxFolder, fluxObjects } from '../spec/objects/flux.ts';
import { itemLike, mergeKey } from '../spec/objects/patches.ts';
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
  type Choices,
  DECLARED,
  type Draft,
  type DraftEntry,
  documentOf,
  draftOf,
  type EntryName,
  entryKey,
  knownCount,
  type Lesson,
  learned,
  NAMESPACE,
  outsideId,
  specOfDraft,
} from './draft.ts';
import { marksOf, type ResourceName, resourceNames } from './forms/resource.ts';
import { hasValues, type Wanted } from './wanted.ts';

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

/** What a draft makes, by `entryKey`. */
type Made = ReadonlyMap<string, readonly KubeObject[]>;

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

function own(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function entryAt([, section, name]: Path, { entries }: Draft): DraftEntry | undefined {
  return entries.find(entry => entry.section === section && entry.name === name);
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

/** A Secret that is declared as made by hand, under a name or with a key that no spec can have. */
function declared([, section, name]: Path): EntryName | undefined {
  return section === 'secrets' && name !== undefined ? { section, name: String(name) } : undefined;
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

/** The fields in which two objects take effect otherwise. */
function differingFields(made: KubeObject, wanted: KubeObject): FieldChange[] {
  return fieldChanges(asJson(effectiveForm(made)), asJson(effectiveForm(wanted)));
}

/** Whether two objects take effect alike, as `diff` sees it. */
function isAlike(made: KubeObject, wanted: KubeObject): boolean {
  return isSame(made, wanted) || differingFields(made, wanted).length === 0;
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

/**
 * The least that has to be merged into an object that the short form makes to have the one that is
 * wanted, as a strategic-merge patch; undefined: they take effect alike. Where a value is new it is as
 * the manifest has it.
 */
function minimalPatch(made: KubeObject, wanted: KubeObject): JsonObject | undefined {
  const values = {
    made: asJson(effectiveForm(made)),
    want: asJson(effectiveForm(wanted)),
    written: asJson(wanted),
  };
  const patch = valuePatch('', values);
  return patch !== undefined && isMap(patch) ? patch : undefined;
}

/** A value as it is compared, of what is made and of what is wanted, and as it is written. */
interface Values {
  readonly made: Json;
  readonly want: Json;
  readonly written: Json | undefined;
}

function valuePatch(name: string, values: Values): Json | undefined {
  const { made, want, written } = values;
  if (fieldChanges({ [name]: made }, { [name]: want }).length === 0) return undefined;
  if (isMap(made) && isMap(want)) return mapPatch(made, want, isMap(written) ? written : {});
  if (Array.isArray(made) && Array.isArray(want)) return listPatch(name, made, want, written);
  return written ?? want;
}

function mapPatch(made: JsonObject, want: JsonObject, written: JsonObject): JsonObject | undefined {
  const patch: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(made), ...Object.keys(want)])) {
    const change = fieldPatch(name, own(made, name), own(want, name), own(written, name));
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function fieldPatch(
  name: string,
  made: Json | undefined,
  want: Json | undefined,
  written: Json | undefined,
): Json | undefined {
  if (want === undefined) return made === undefined ? undefined : null;
  return made === undefined ? (written ?? want) : valuePatch(name, { made, want, written });
}

/** Entries of a keyed list by what changes in them; any other list as a whole. */
function listPatch(
  name: string,
  made: readonly Json[],
  want: readonly Json[],
  written: Json | undefined,
): Json {
  const key = mergeKey(name, [made, want]);
  const given = Array.isArray(written) ? written : want;
  if (key === undefined) return given;
  const changed = want.filter(isMap).flatMap((item): JsonObject[] => {
    const before = itemLike(made, key, item);
    const source = itemLike(given, key, item) ?? item;
    if (before === undefined) return [source];
    const change = mapPatch(before, item, source);
    return change === undefined ? [] : [{ [key]: item[key] ?? null, ...change }];
  });
  const gone = made
    .filter(isMap)
    .filter(item => itemLike(want, key, item) === undefined)
    .map((item): JsonObject => ({ [key]: item[key] ?? null, $patch: 'delete' }));
  return [...changed, ...gone];
}

/** Whether the objects themselves would be the shorter text. */
function isLonger({ entry, covers }: DraftEntry): boolean {
  const objects = covers.map(({ json }) => json);
  return JSON.stringify(entry).length > JSON.stringify(objects).length;
}

/** The Namespace that is made, when the one that is wanted has more to it. */
function namespaceLessons({ wanted }: Draft, made: Made): Lesson[] {
  const [own] = made.get(entryKey(NAMESPACE)) ?? [];
  const want = wanted.find('Namespace', wanted.namespace);
  if (own === undefined || (want !== undefined && isAlike(own, want.json))) return [];
  return [{ entry: NAMESPACE, way: NAMESPACE.way, reason: 'the Namespace has more to it' }];
}

/** What was compared. */
export interface Proven {
  /** Of each environment. */
  readonly proofs: readonly Proof[];
  /** Of each folder with what applies them. */
  readonly deployers: readonly Proof[];
}

/** What differs in an environment between what is there and what the spec makes. */
export interface Proof {
  /** Empty where there is one set of manifests alone. */
  readonly environment: string;
  /** How many objects were compared. */
  readonly objects: number;
  readonly changes: readonly Change[];
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

function unitFor({ name }: Wanted, units: readonly BuiltUnit[]): BuiltUnit | undefined {
  return units.find(unit => unit.name === (name === '' ? 'base' : name));
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
