import { andThen, type Fault, type Outcome, ok, type Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import {
  fieldsWhere,
  groupBy,
  isMap,
  isSame,
  mapAt,
  stableText,
  textAt,
  valueAt,
} from '../core/json.ts';
import { asJson, identityOf, type KubeObject } from '../core/kube-object.ts';
import { onceFor } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import { type Change, compare } from '../diff/diff.ts';
import { effectiveForm, type FieldChange, fieldChanges } from '../diff/field-changes.ts';
import { daemonSet, deployment, statefulSet } from '../kinds/apps.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';
import { itemLike, mergeKey } from '../kinds/merge-keys.ts';
import { argocdObjects } from '../spec/objects/application-set.ts';
import { generatedLabels } from '../spec/objects/applied-units.ts';
import { fluxFolder, fluxObjects } from '../spec/objects/flux.ts';
import { checkSpec } from '../spec/parse.ts';
import { type Expansion, expand, expandUnit, wholeUnits } from '../spec/pipeline.ts';
import { nothingOutside } from '../world/object-set.ts';
import type { DeployerTree } from './deployers.ts';
import {
  type Choices,
  DECLARED,
  type DeployerSections,
  type Draft,
  type DraftEntry,
  documentOf,
  draftOf,
  entryKey,
  hintCount,
  NAMESPACE,
  outsideId,
  parseFiles,
  type SearchHint,
  type SpecFiles,
  specOfDraft,
  withHints,
} from './draft.ts';
import type { SpecDefaults } from './forms/form.ts';
import { specDefaults } from './forms/resource.ts';
import { hasValues, type Original } from './originals.ts';

/** The shortest spec of each environment that makes its objects: rounds refuse ways that do not work, until one refuses none. */
export function search(
  all: readonly Original[],
  name: string,
  deployers: DeployerSections,
  validators: Validators,
): { readonly drafts: readonly Draft[]; readonly choices: Choices } {
  const defaults = specDefaults(all, name);
  const choices = {
    ...defaults,
    marks: specMarks(all, defaults),
    deployers,
    refused: new Map(),
    outside: new Set<string>(),
  };
  const first = rounds(all, choices, validators);
  // Some Secrets were declared for ways that were refused later: the second search declares only those needed.
  return rounds(all, { ...first.choices, outside: new Set() }, validators);
}

function rounds(all: readonly Original[], first: Choices, validators: Validators) {
  let choices = first;
  for (;;) {
    const settled = all.map(original => settle(draftOf(original, choices), choices, validators));
    const hints = settled.flatMap(found => found.hints);
    const next = withHints(choices, hints);
    if (hintCount(next) === hintCount(choices))
      return { drafts: settled.map(({ draft }) => draft), choices };
    choices = next;
  }
}

/** If this share of the objects has a label, the spec sets it on all, and the other objects remove it. */
const SHARE = 0.9;

/** Labels and annotations that each environment's spec sets on all objects. */
function specMarks(all: readonly Original[], { name, omit }: SpecDefaults) {
  const usual = omit.includes('labels') ? {} : generatedLabels(name);
  const [labels = [], annotations = []] = ['labels', 'annotations'].map(field =>
    sharedMarks(all, field).map(marks => fieldsWhere(marks, mark => !Object.hasOwn(usual, mark))),
  );
  const isCommon = (label: string): boolean =>
    all.every((original, index) => isSelected(original, label, labels[index] ?? {}));
  const marks = all.map((original, index) => {
    const ofAll = labels[index] ?? {};
    const commonLabels = fieldsWhere(ofAll, isCommon);
    const others = fieldsWhere(ofAll, label => !isCommon(label));
    const set = { labels: others, annotations: annotations[index] ?? {}, commonLabels };
    return [original.name, set] as const;
  });
  return new Map(marks);
}

/** The marks of each environment that nearly all of its objects share: in any other they are shared too, or on no object. */
function sharedMarks(all: readonly Original[], field: string): JsonObject[] {
  const shared = all.map(original => sharedIn(original, field));
  const isOn = ({ objects }: Original, mark: string): boolean =>
    objects.some(({ json }) => Object.hasOwn(mapAt(json, 'metadata', field), mark));
  const isInAll = (mark: string): boolean =>
    all.every((original, at) => Object.hasOwn(shared[at] ?? {}, mark) || !isOn(original, mark));
  return shared.map(marks => fieldsWhere(marks, isInAll));
}

function sharedIn(original: Original, field: string): JsonObject {
  const objects = original.objects.filter(object => !hasValues(object));
  if (objects.length < 3) return {};
  const maps = objects.map(({ json }) => mapAt(json, 'metadata', field));
  const marks = groupBy(maps.flatMap(Object.entries<Json>), mark => stableText([...mark]));
  const most = [...marks.values()].filter(({ length }) => length >= SHARE * objects.length);
  return Object.fromEntries(most.map(([mark]) => mark));
}

function isSelected({ objects }: Original, label: string, labels: JsonObject): boolean {
  const selectors = objects
    .filter(({ knownKind }) =>
      [deployment, statefulSet, daemonSet].some(kind => kind === knownKind),
    )
    .map(object => mapAt(specOf(object), 'selector', 'matchLabels'));
  return selectors.length > 0 && selectors.every(map => isSame(map[label], labels[label]));
}

/** Expands a draft, patches entries whose objects nearly fit, and finds out which ways do not work. Without hints the draft makes its objects. */
function settle(draft: Draft, choices: Choices, validators: Validators) {
  const hintsIn = (faults: readonly Fault[], of: Draft): SearchHint[] => {
    const document = onceFor(() => documentOf(choices.name, specOfDraft(of, choices)));
    return faults.flatMap(fault => hintOf(fault, { ...of, document }, choices) ?? []);
  };
  const made = makeDraft(draft, choices, validators);
  if (made.value === undefined) return { draft, hints: hintsIn(made.faults, draft) };
  const first = withPatches(draft, made.value);
  if (first.hints.length > 0 || first.draft === draft) return first;
  const again = makeDraft(first.draft, choices, validators);
  if (again.value === undefined) return { draft, hints: hintsIn(again.faults, first.draft) };
  const isDone = (index: number): boolean => draft.entries[index] === first.draft.entries[index];
  return { draft: first.draft, hints: unlike(first.draft, again.value, isDone) };
}

type Made = ReadonlyMap<string, readonly KubeObject[]>;

function makeDraft(draft: Draft, choices: Choices, validators: Validators): Outcome<Made> {
  const { name, deployers } = choices;
  const spec = checkSpec(documentOf(name, { ...specOfDraft(draft, choices), ...deployers }));
  return andThen(spec, checked =>
    andThen(expandUnit(checked, undefined, validators), ({ objects }) => {
      const groups = groupBy(objects, ({ path: [section = '', name = ''] }) =>
        entryKey({ section: String(section), name: String(name) }),
      );
      return ok(new Map([...groups].map(([key, all]) => [key, all.map(({ object }) => object)])));
    }),
  );
}

type Written = Draft & { readonly document: () => JsonObject };

function hintOf(fault: Fault, draft: Written, choices: Choices): SearchHint | undefined {
  const { path, message, related = [] } = fault;
  const outside = fault.id === 'unknown-secret' ? outsideOf(fault, draft, choices) : undefined;
  if (outside !== undefined) return { outside };
  const faulty = entryAt(path, draft);
  const others = related.map(({ path }) => entryAt(path, draft));
  const short = others.find(entry => entry !== undefined && entry.section !== 'resources');
  // Where two entries make one object, the short form is refused: the one under `resources` has no other way.
  const entry = faulty?.section === 'resources' && short !== undefined ? short : faulty;
  if (entry !== undefined) return { entry, way: entry.way, reason: message };
  // A Secret that is declared has a name or a key that no spec can have.
  const [, section, name] = path;
  if (section !== 'secrets' || name === undefined) return undefined;
  return { entry: { section, name: String(name) }, way: DECLARED, reason: message };
}

function entryAt([, section, name]: Path, { entries }: Draft): DraftEntry | undefined {
  return entries.find(entry => entry.section === section && entry.name === name);
}

/** The Secret that a fault says nothing makes, unless it is declared already. */
function outsideOf(fault: Fault, draft: Written, choices: Choices): string | undefined {
  const value = valueAt(draft.document(), fault.path);
  const secret = isMap(value) ? textAt(value, 'secret') : value;
  if (typeof secret !== 'string' || !fault.message.includes(`"${secret}"`)) return undefined;
  const id = outsideId(draft.original, secret);
  return choices.outside.has(id) ? undefined : id;
}

/** The draft with patches for what its entries make differently; the same draft where none is needed. */
function withPatches(draft: Draft, made: Made) {
  const hints: SearchHint[] = [];
  const entries = draft.entries.flatMap(entry => {
    const found = fitted(entry, made.get(entryKey(entry)) ?? []);
    if (typeof found !== 'string') return found;
    hints.push({ entry, way: entry.way, reason: found });
    return [];
  });
  const { find, namespace } = draft.original;
  const [home] = made.get(entryKey(NAMESPACE)) ?? [];
  const wanted = find('Namespace', namespace);
  if (home !== undefined && !(wanted && isAlike(home, wanted.json)))
    hints.push({ entry: NAMESPACE, way: NAMESPACE.way, reason: 'the Namespace has more to it' });
  const isSame = entries.every((entry, index) => entry === draft.entries[index]);
  return { draft: isSame ? draft : { ...draft, entries }, hints };
}

/** The entry with patches for the fields that it makes differently from the objects it covers, or why it cannot make them. */
function fitted(entry: DraftEntry, made: readonly KubeObject[]): DraftEntry | string {
  const byIdentity = new Map(entry.covers.map(({ json }) => [identityOf(json), json]));
  const extra = made.find(object => !byIdentity.has(identityOf(object)));
  if (extra !== undefined) return `it would make the ${extra.kind} "${extra.metadata.name}" too`;
  if (made.length < byIdentity.size) return 'it would not make all that is there';
  const pairs = made.map(object => {
    return { made: object, want: byIdentity.get(identityOf(object)) ?? object };
  });
  const unlike = pairs.filter(pair => !isAlike(pair.made, pair.want));
  if (unlike.length === 0) return entry;
  if (entry.section === 'resources') return 'expand would change it';
  const patch = patchByKind(unlike, pairs);
  if (patch === undefined) return 'its objects of one kind differ in several ways';
  const whole = { ...entry, entry: { ...entry.entry, patch } };
  const objects = JSON.stringify(entry.covers.map(({ json }) => json));
  const isLonger = JSON.stringify(whole.entry).length > objects.length;
  return isLonger ? 'the short form with its patch is longer' : whole;
}

function unlike(draft: Draft, made: Made, isDone: (index: number) => boolean): SearchHint[] {
  return draft.entries.flatMap((entry, index) => {
    if (isDone(index)) return [];
    const objects = made.get(entryKey(entry)) ?? [];
    const isFit = fitted(entry, objects) === entry;
    return isFit ? [] : [{ entry, way: entry.way, reason: whyUnlike(entry, objects) }];
  });
}

function whyUnlike({ covers }: DraftEntry, made: readonly KubeObject[]): string {
  const [first] = covers.flatMap(({ json }) => {
    const object = made.find(candidate => identityOf(candidate) === identityOf(json));
    return object === undefined ? [] : differingFields(object, json);
  });
  if (first?.what === 'reordered') return `${first.field} would stand in another order`;
  return `${first?.field ?? 'an object'} would be another`;
}

function differingFields(made: KubeObject, original: KubeObject): FieldChange[] {
  return fieldChanges(asJson(effectiveForm(made)), asJson(effectiveForm(original)));
}

function isAlike(made: KubeObject, original: KubeObject): boolean {
  return isSame(made, original) || differingFields(made, original).length === 0;
}

type Pair = Readonly<Record<'made' | 'want', KubeObject>>;

/** The smallest strategic-merge patches, by kind. One is merged into all objects of its kind, so all have to need the same. */
function patchByKind(unlike: readonly Pair[], all: readonly Pair[]): JsonObject | undefined {
  const patches = new Map<string, JsonObject>();
  for (const { made, want } of unlike) {
    const [from, to] = [asJson(effectiveForm(made)), asJson(effectiveForm(want))];
    const patch = mapPatch(from, to, asJson(want)) ?? {};
    const before = patches.get(made.kind);
    if (before !== undefined && !isSame(before, patch)) return undefined;
    patches.set(made.kind, patch);
  }
  const ofKinds = all.filter(({ made }) => patches.has(made.kind));
  return ofKinds.length > unlike.length ? undefined : Object.fromEntries(patches);
}

/** The patch from the short form to the original object, with values as its manifest writes them. */
function mapPatch(made: JsonObject, want: JsonObject, written: JsonObject): JsonObject | undefined {
  return changesOf(made, want, (name, before, after) => {
    if (after === undefined) return null;
    const text = Object.hasOwn(written, name) ? written[name] : undefined;
    return before === undefined ? (text ?? after) : valuePatch(name, before, after, text);
  });
}

function valuePatch(name: string, made: Json, want: Json, written: Json | undefined) {
  if (fieldChanges({ [name]: made }, { [name]: want }).length === 0) return undefined;
  if (isMap(made) && isMap(want)) return mapPatch(made, want, isMap(written) ? written : {});
  if (Array.isArray(made) && Array.isArray(want)) return listPatch(name, made, want, written);
  return written ?? want;
}

/** The changes of the fields from one map to another; undefined: there is none. */
export function changesOf(
  before: JsonObject,
  after: JsonObject,
  change: (name: string, before: Json | undefined, after: Json | undefined) => Json | undefined,
): JsonObject | undefined {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changes = [...names].flatMap((name): [string, Json][] => {
    // Not what every map inherits, as `constructor`.
    const [was, is] = [before, after].map(map => valueAt(map, [name]) as Json | undefined);
    const value = change(name, was, is);
    return value === undefined ? [] : [[name, value]];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** A keyed list item by item, with what changes in each; any other list as a whole. */
function listPatch(name: string, made: readonly Json[], want: readonly Json[], text?: Json): Json {
  const key = mergeKey(name, [made, want]);
  const written = Array.isArray(text) ? text : want;
  if (key === undefined) return written;
  const changed = want.filter(isMap).flatMap((item): JsonObject[] => {
    const before = itemLike(made, key, item);
    const source = itemLike(written, key, item) ?? item;
    if (before === undefined) return [source];
    const change = mapPatch(before, item, source);
    return change === undefined ? [] : [{ [key]: item[key] ?? null, ...change }];
  });
  const unwanted = made.filter(isMap).filter(item => itemLike(want, key, item) === undefined);
  const gone = unwanted.map((item): JsonObject => ({ [key]: item[key] ?? null, $patch: 'delete' }));
  return [...changed, ...gone];
}

type Objects = readonly PlacedObject[];

/** The comparisons of all environments, and of the folders with what applies them. */
export type Proven = Readonly<Record<'proofs' | 'deployers', readonly Proof[]>>;

/** How the objects that a spec makes for an environment differ from its manifests. */
export interface Proof {
  /** Empty where there is one set of manifests alone. */
  readonly environment: string;
  readonly objects: number;
  readonly changes: readonly Change[];
}

/**
 * Compares what a spec makes with the manifests of each environment, as `diff` compares. It starts from the text of the
 * spec, so that what is proven is what is written. Secrets with values are left out, as no spec makes them.
 */
export function prove(
  spec: SpecFiles,
  all: readonly Original[],
  folders: DeployerTree['folders'],
  validators: Validators,
): Outcome<Proven> {
  const alone = { context: [], outside: nothingOutside };
  const proofOf = (name: string, base: Objects, made: readonly KubeObject[], home = ''): Proof => {
    const head = made.map(object => placedObject(object, 0, [], home));
    const sides = { base: { ...alone, objects: base }, head: { ...alone, objects: head } };
    const { changes } = compare({ name, ...sides }, validators);
    return { environment: name, objects: base.length, changes };
  };
  return andThen(parseFiles(spec), parsed =>
    andThen(expand(parsed, validators), expansion => {
      const units = wholeUnits(expansion);
      return ok({
        proofs: all.map(({ name, namespace, objects }) => {
          const unit = units.find(unit => unit.name === (name || 'base'));
          const before = objects.filter(object => !hasValues(object));
          const after = (unit?.objects ?? []).map(({ object }) => object);
          return proofOf(name, before, after, namespace);
        }),
        deployers: [...deployerFolders(expansion)].map(([folder, objects]) =>
          proofOf(folder, folders.get(folder) ?? [], objects),
        ),
      });
    }),
  );
}

/** The objects that a spec makes to have its overlays applied, by folder; `argocd` includes its subfolders. */
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
