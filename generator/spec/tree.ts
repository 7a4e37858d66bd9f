import { type Outcome, ok } from '../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject, mapAt, sortBy } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { asJson, groupOf, identityOf, shortHash, unlessEmpty } from '../core/kube-object.ts';
import { kindOf } from '../kinds/kinds.ts';
import { kustomizationFile } from '../kinds/krm.ts';
import { CORE_MERGE_KEYS, itemLike, mergeKey } from '../kinds/merge-keys.ts';
import { renderObject, renderValue } from '../yaml/write.ts';
import { environmentNames, unitNames, unknownEnvironment } from './environment.ts';
import { APPLICATIONS, argocdObjects } from './objects/application-set.ts';
import { type FluxModel, fluxFolder, fluxObjects } from './objects/flux.ts';
import { namespace as namespaceObject } from './objects/workloads.ts';
import { type BuiltUnit, type Expansion, wholeUnits } from './pipeline.ts';
import { clusterNameOf, sharedClusters } from './shared-clusters.ts';
import type { ComponentObjects, SpecObject } from './spec.ts';

/** Files by path from the repository's root, with `/`. */
export type FileTree = ReadonlyMap<string, string>;

/** A spec's objects as plain Kustomize: base/, overlays/, argocd/ and flux/, one object or patch a file. */
export function renderTree(expansion: Expansion, added: ComponentObjects = new Map()): FileTree {
  const { base, units, argocd, flux } = expansion;
  const whole = wholeUnits(expansion);
  const toArgocd = argocd && argocdObjects(argocd, whole, added);
  const ofFlux = flux === undefined ? [] : [...fluxObjects(flux, whole, added)];
  const files = [
    ...folderFiles('base', withGenerators({ resources: objectsOf(base) }, base)),
    ...units.flatMap(unit => overlayFiles(unit, base)),
    ...(toArgocd === undefined ? [] : argocdFiles(toArgocd)),
    ...ofFlux.flatMap(([cluster, resources]) => folderFiles(fluxFolder(cluster), { resources })),
  ];
  return new Map(sortBy(files, ([path]) => path));
}

/** The objects in kustomize's order: in an overlay first those of the base, each part sorted by file name. */
export function builtObjects(unit: BuiltUnit, base: BuiltUnit): KubeObject[] {
  if (unit === base || unit.namespace === undefined) return inFileOrder(objectsOf(unit));
  const { byIdentity, added } = comparedToBase(unit, base);
  const ofBase = inFileOrder(objectsOf(base)).map(identityOf);
  const made = ofBase.flatMap(identity => byIdentity.get(identity)?.object ?? []);
  return [...made, ...inFileOrder(added)];
}

function objectsOf({ objects }: BuiltUnit): KubeObject[] {
  return objects.map(({ object }) => object);
}

function withGenerators(content: FolderContent, { objects }: BuiltUnit): FolderContent {
  const hashed = new Set(objects.filter(made => made.isHashed === true).map(made => made.object));
  const generated = content.resources.filter(object => hashed.has(object));
  return { ...content, resources: content.resources.filter(made => !hashed.has(made)), generated };
}

/** With components the environment's patches are one folder down, so components come after them, injections last. */
function overlayFiles(unit: BuiltUnit, base: BuiltUnit): TreeFile[] {
  const objects = objectsOf(unit);
  const folder = `overlays/${unit.name}`;
  if (unit.namespace === undefined) return folderFiles(folder, { resources: objects });
  const changes = withGenerators(overlayChanges(unit, unit.namespace, base), unit);
  const injected = unit.injected.patches.map(({ target, patch }) => {
    return { target, patch: renderValue(patch) };
  });
  const components = unit.components.map(name => `../../components/${name}`);
  if (components.length === 0) return folderFiles(folder, changes, '../../base');
  const fields = { resources: ['environment'], components, ...unlessEmpty('patches', injected) };
  return [
    ...folderFiles(`${folder}/environment`, changes, '../../../base'),
    [`${folder}/kustomization.yaml`, kustomization(fields)],
  ];
}

/** Whether a file is this environment's or shared: not another unit's, and no overlay that the spec does not have. */
export function touchedFiles(spec: SpecObject, chosen: string): Outcome<(path: string) => boolean> {
  const names = environmentNames(spec);
  if (!names.includes(chosen))
    return { faults: [unknownEnvironment(chosen, names, ['spec', 'environments'])] };
  const clusters = sharedClusters(spec).filter(({ environments }) => environments.includes(chosen));
  const units = new Set([chosen, ...clusters.map(({ name }) => name)]);
  const fluxCluster = clusterNameOf(spec, chosen);
  const others = new Set(unitNames(spec).filter(name => !units.has(name)));
  return ok(path => {
    const [folder, file = ''] = path.split('/');
    const name = file.replace(/\.\w+$/, '');
    if (folder === 'flux') return file === fluxCluster;
    return folder === 'overlays' ? units.has(name) : !others.has(name);
  });
}

function overlayChanges(unit: BuiltUnit, to: string, base: BuiltUnit): FolderContent {
  const compared = comparedToBase(unit, base);
  const { byIdentity, added: resources } = compared;
  const patches = objectsOf(base).flatMap(object => {
    const found = byIdentity.get(identityOf(object));
    return found === undefined ? deletion(object) : (overlayPatch(object, found.inBase) ?? []);
  });
  const { namespace: from = '' } = base;
  return { resources, patches, inline: from === to ? [] : moves(from, to, compared) };
}

function comparedToBase({ objects, namespace: to = '' }: BuiltUnit, base: BuiltUnit) {
  const inBase = new Set(objectsOf(base).map(identityOf));
  const moved = objects.map(({ object }): Readonly<Record<'object' | 'inBase', KubeObject>> => {
    const isInPlace = object.kind !== 'Namespace' && inBase.has(identityOf(object));
    return { object, inBase: isInPlace ? object : moveTo(object, to, base.namespace ?? '') };
  });
  const byIdentity = new Map(moved.map(entry => [identityOf(entry.inBase), entry]));
  const added = [...byIdentity].filter(([identity]) => !inBase.has(identity));
  return { moved, byIdentity, added: added.map(([, { object }]) => object), inBase };
}

function moveTo(object: KubeObject, from: string, to: string): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Namespace' && metadata.name === from)
    return { ...object, metadata: { ...metadata, name: to } };
  if (metadata.namespace !== from) return object;
  return { ...object, metadata: { ...metadata, namespace: to } };
}

/** Kustomize's `namespace:` would also give one to ClusterSecretStores (docs/facts/kustomize.md#namespaces). */
function moves(
  from: string,
  to: string,
  { moved, byIdentity, inBase }: ReturnType<typeof comparedToBase>,
): Json[] {
  const replace = (path: string): string => renderValue([{ op: 'replace', path, value: to }]);
  const isAnyStaying = moved.some(({ object }) => object.metadata.namespace === from);
  const targets: Json[] = moved
    .filter(({ object, inBase: before }) => before !== object && before.kind !== 'Namespace')
    .map(({ object: { kind, metadata } }) => ({ kind, name: metadata.name, namespace: from }));
  const home = identityOf(namespaceObject(from));
  const renaming = {
    target: { kind: 'Namespace', name: from },
    options: { allowNameChange: true },
    patch: replace('/metadata/name'),
  };
  return [
    ...(byIdentity.has(home) && inBase.has(home) ? [renaming] : []),
    ...(isAnyStaying ? targets : [{ namespace: from }]).map(target => {
      return { target, patch: replace('/metadata/namespace') };
    }),
  ];
}

function deletion({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion, kind, metadata, $patch: 'delete' };
}

/** A strategic-merge patch; undefined: they are the same. Keyed lists: docs/facts/kustomize.md#patches. */
function overlayPatch(base: KubeObject, changed: KubeObject): KubeObject | undefined {
  const { apiVersion, kind } = changed;
  const { name, namespace } = changed.metadata;
  const whole = mapPatch(asJson(base), asJson(changed), keysOf(base)) ?? {};
  const { apiVersion: _, metadata, ...change } = whole;
  if (metadata === undefined && Object.keys(change).length === 0) return undefined;
  const marks = { name, ...(namespace !== undefined && { namespace }), ...mapAt(metadata) };
  return { apiVersion, kind, metadata: marks, ...change };
}

type MergeKeys = Readonly<Record<string, readonly string[]>>;

const OTHER_KEYS: Readonly<Record<string, MergeKeys>> = {
  Service: { ports: ['port'] },
  ServiceAccount: { imagePullSecrets: ['name'], secrets: ['name'] },
  MutatingWebhookConfiguration: { webhooks: ['name'] },
  ValidatingWebhookConfiguration: { webhooks: ['name'] },
};

/** The keyed lists of a kind: Kubernetes' own groups have no dot, or end in k8s.io. */
function keysOf(object: KubeObject): MergeKeys {
  const group = groupOf(object);
  if (group.includes('.') && !group.endsWith('.k8s.io')) return {};
  const { kind } = object;
  if (kindOf(group, kind)?.pods !== undefined) return CORE_MERGE_KEYS;
  return Object.hasOwn(OTHER_KEYS, kind) ? (OTHER_KEYS[kind] ?? {}) : {};
}

function mapPatch(base: JsonObject, changed: JsonObject, keys: MergeKeys): JsonObject | undefined {
  const patch: Record<string, Json> = {};
  for (const name of Object.keys(base)) if (!Object.hasOwn(changed, name)) patch[name] = null;
  for (const [name, value] of Object.entries(changed)) {
    const before = Object.hasOwn(base, name) ? base[name] : undefined;
    const change = valuePatch(name, before, value, keys);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function valuePatch(name: string, base: Json | undefined, changed: Json, keys: MergeKeys) {
  if (isSame(base, changed)) return undefined;
  if (isMap(base) && isMap(changed))
    return isReplaced(base, changed)
      ? { $patch: 'replace', ...changed }
      : mapPatch(base, changed, keys);
  if (!Array.isArray(base) || !Array.isArray(changed)) return changed;
  return listPatch(name, base, changed, keys);
}

/** Whether a map is replaced whole: tools differ in merging into an empty map, or one that loses all entries. */
function isReplaced(base: JsonObject, changed: JsonObject): boolean {
  const kept = Object.keys(base).some(name => Object.hasOwn(changed, name));
  return !kept || Object.keys(changed).length === 0;
}

/** Keys of lists that have two keys in Kubernetes: kustomize merges such lists in another order. */
const TWO_KEYS = new Set(['containerPort', 'port', 'topologyKey']);

/** kustomize puts the items that a patch names first, so the patch names all items up to the last that changes. */
function listPatch(name: string, base: readonly Json[], changed: readonly Json[], keys: MergeKeys) {
  const key = mergeKey(name, [base, changed], keys);
  if (key === undefined) return changed;
  if (TWO_KEYS.has(key)) return [{ $patch: 'replace' }, ...changed];
  const named = changed.slice(0, namedCount(base, changed, key));
  const deleted = base.filter(item => itemLike(changed, key, item) === undefined);
  return [
    ...named.filter(isMap).map(item => {
      const before = itemLike(base, key, item);
      return before ? { [key]: item[key] ?? null, ...mapPatch(before, item, keys) } : item;
    }),
    ...deleted.filter(isMap).map(item => ({ [key]: item[key] ?? null, $patch: 'delete' })),
  ];
}

function namedCount(base: readonly Json[], changed: readonly Json[], key: string): number {
  const isKept = (item: Json): boolean => isSame(itemLike(base, key, item), item);
  let count = changed.findLastIndex(item => !isKept(item)) + 1;
  for (; count < changed.length; count++) {
    const [named, rest] = [changed.slice(0, count), changed.slice(count)];
    const others = base.filter(
      item =>
        itemLike(changed, key, item) !== undefined && itemLike(named, key, item) === undefined,
    );
    if (others.every((item, index) => itemLike(rest.slice(index, index + 1), key, item))) break;
  }
  return count;
}

/** The folders of the kustomizations for Argo CD, besides the overlays. */
export const ARGOCD_FOLDERS: readonly string[] = ['argocd', APPLICATIONS];

/** Also writes the parameters in the overlays. No kustomization lists the patch of argocd-cm, which Argo CD owns. */
function argocdFiles(objects: ReturnType<typeof argocdObjects>): TreeFile[] {
  const { bootstrap, applications, parameters, settings } = objects;
  return [
    ...folderFiles('argocd', { resources: bootstrap }),
    ...folderFiles(APPLICATIONS, { resources: applications }),
    ...[...parameters].map(([path, values]): TreeFile => [path, GENERATED + renderValue(values)]),
    ['argocd/argocd-cm.patch.yaml', GENERATED + renderObject(settings)],
  ];
}

/** The folders of the kustomizations for the Flux of each cluster. */
export function fluxFolders({ clusters }: FluxModel): string[] {
  return [...clusters.keys()].map(fluxFolder);
}

/** The first line of every file that `expand` makes; it overwrites and removes no other file. */
export const GENERATED = '# Made by `rem-secrets expand` from rem-secrets.yaml. Do not edit.\n';

/** The same for JSON, which has no comments: its readers ignore this entry. */
export const GENERATED_JSON: string = `{\n  "//": ${JSON.stringify(GENERATED.slice(2, -1))}`;

/** The comment of a patch that names items without changing them. */
export const BARE_NAMES =
  '# Bare names only keep their place: kustomize puts the items of a patch first.\n';

/** The same for Markdown and HTML. */
export const GENERATED_MARKUP: string = `<!--${GENERATED.slice(1, -1)} -->\n`;

interface FolderContent {
  readonly resources: readonly KubeObject[];
  readonly patches?: readonly KubeObject[];
  /** ConfigMaps with a hash in their names: kustomize generates them empty, and a patch fills them. */
  readonly generated?: readonly KubeObject[];
  readonly inline?: readonly Json[];
}

type TreeFile = [path: string, text: string];

function folderFiles(
  folder: string,
  { resources, patches = [], generated = [], inline = [] }: FolderContent,
  above?: string,
): TreeFile[] {
  const objects = fileNames(resources, '.yaml');
  const changes = fileNames([...generated, ...patches], '.patch.yaml');
  const all = [...[...changes.keys()].sort().map(path => ({ path })), ...inline];
  const generators = generated.map(({ metadata }) => {
    return { name: metadata.name, namespace: metadata.namespace ?? '' };
  });
  const index = kustomization({
    resources: [...(above === undefined ? [] : [above]), ...[...objects.keys()].sort()],
    ...unlessEmpty('configMapGenerator', generators),
    ...unlessEmpty('patches', all),
  });
  const files = [
    ...[...objects].map(([file, object]): TreeFile => [file, GENERATED + renderObject(object)]),
    ...[...changes].map(([file, patch]): TreeFile => [file, patchText(patch)]),
    ['kustomization.yaml', index],
  ];
  return files.map(([file, text = '']): TreeFile => [`${folder}/${file}`, text]);
}

function inFileOrder(objects: readonly KubeObject[]): KubeObject[] {
  return sortBy([...fileNames(objects, '.yaml')], ([file]) => file).map(([, object]) => object);
}

function kustomization(fields: Readonly<Record<string, Json>>): string {
  const header = { apiVersion: `${kustomizationFile.group}/v1beta1`, kind: kustomizationFile.kind };
  return GENERATED + renderValue({ ...header, ...fields });
}

function patchText(patch: KubeObject): string {
  const { metadata: _, ...fields } = asJson(patch);
  return GENERATED + (hasBareName(fields) ? BARE_NAMES : '') + renderObject(patch);
}

function hasBareName(value: Json): boolean {
  if (Array.isArray(value)) {
    const isBare = (item: Json): boolean => isMap(item) && Object.keys(item).join() === 'name';
    return (value.length > 1 && value.some(isBare)) || value.some(hasBareName);
  }
  return isMap(value) && Object.values(value).some(hasBareName);
}

/** By file name: `kind-name`, or `kind-namespace-name` for a second; names too long for a disk get a hash. */
function fileNames(objects: readonly KubeObject[], ending: string): Map<string, KubeObject> {
  const files = new Map<string, KubeObject>();
  for (const object of objects) {
    const { kind, metadata } = object;
    const names = [
      `${kind}-${metadata.name}`,
      `${kind}-${metadata.namespace ?? 'cluster'}-${metadata.name}`,
      `${kind}-${metadata.name}-${shortHash(identityOf(object))}`,
    ].map(name => shortened(name.toLowerCase()) + ending);
    files.set(names.find(name => !files.has(name)) ?? '', object);
  }
  return files;
}

function shortened(name: string): string {
  return name.length > 200 ? `${name.slice(0, 180)}-${shortHash(name)}` : name;
}
