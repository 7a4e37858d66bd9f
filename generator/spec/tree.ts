import { type Outcome, ok } from '../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject, mapAt, sortBy } from '../core/json.ts';
import { asJson, groupOf, identityOf, type KubeObject } from '../core/kube-object.ts';
import { kindOf } from '../kinds/kinds.ts';
import { CORE_MERGE_KEYS, itemLike, mergeKey } from '../kinds/merge-keys.ts';
import { renderValue } from '../yaml/write.ts';
import { environmentNames, unitNames, unknownEnvironment } from './environment.ts';
import { type BuiltUnit, type Expansion, wholeUnits } from './pipeline.ts';
import { clusterNameOf, sharedClusters } from './shared-clusters.ts';
import type { ComponentObjects, SpecObject } from './spec.ts';
import {
  argocdFiles,
  type FolderContent,
  fluxFiles,
  folderFiles,
  inFileOrder,
  kustomization,
} from './tree-files.ts';

/** Files by path from the repository's root, with `/`. */
export type FileTree = ReadonlyMap<string, string>;

/**
 * A spec's objects as plain Kustomize: base/, overlays/, argocd/ and flux/, one object or patch a file. The AppProject
 * allows what components add, and Flux waits for it.
 */
export function renderTree(
  expansion: Expansion,
  components: ComponentObjects = new Map(),
): FileTree {
  const { base, units, argocd, flux } = expansion;
  const whole = wholeUnits(expansion);
  const files = [
    ...folderFiles('base', withGenerators({ resources: objectsOf(base), patches: [] }, base)),
    ...units.flatMap(unit => overlayFiles(unit, base)),
    ...(argocd === undefined ? [] : argocdFiles(argocd, whole, components)),
    ...(flux === undefined ? [] : fluxFiles(flux, whole, components)),
  ];
  return new Map(sortBy(files, ([path]) => path));
}

/**
 * A unit's objects in the order in which kustomize builds them: in an overlay first those that the base has too, then
 * the others, each sorted as their files are.
 */
export function builtObjects(unit: BuiltUnit, base: BuiltUnit): KubeObject[] {
  if (unit === base || unit.namespace === undefined) return inFileOrder(objectsOf(unit));
  const { byIdentity, added } = besideBase(unit, base);
  return [
    ...inFileOrder(objectsOf(base)).flatMap(
      object => byIdentity.get(identityOf(object))?.object ?? [],
    ),
    ...inFileOrder(added),
  ];
}

function objectsOf({ objects }: BuiltUnit): KubeObject[] {
  return objects.map(({ object }) => object);
}

/** Contents of a unit's folder, in which the ConfigMaps that get a hash are no resources. */
function withGenerators(content: FolderContent, { objects }: BuiltUnit): FolderContent {
  const hashed = new Set(objects.filter(one => one.isHashed === true).map(one => one.object));
  const [generated, resources] = [true, false].map(isHashed =>
    content.resources.filter(object => hashed.has(object) === isHashed),
  );
  return { ...content, resources: resources ?? [], generated: generated ?? [] };
}

/**
 * The files of an overlay. Components come after the environment's patches, as they do under the plugin, so an
 * environment with components has its patches one folder further down. The patches that inject into workloads of
 * components come last.
 */
function overlayFiles(unit: BuiltUnit, base: BuiltUnit): [string, string][] {
  const objects = objectsOf(unit);
  const folder = `overlays/${unit.name}`;
  if (unit.namespace === undefined) return folderFiles(folder, { resources: objects, patches: [] });
  const changes = withGenerators(overlayChanges(unit, unit.namespace, base), unit);
  const { patches } = unit.injected;
  const components = unit.components.map(name => `../../components/${name}`);
  if (components.length === 0) return folderFiles(folder, changes, '../../base');
  return [
    ...folderFiles(`${folder}/environment`, changes, '../../../base'),
    [
      `${folder}/kustomization.yaml`,
      kustomization({
        resources: ['environment'],
        components,
        ...(patches.length > 0 && {
          patches: patches.map(({ target, patch }) => ({ target, patch: renderValue(patch) })),
        }),
      }),
    ],
  ];
}

/**
 * Tells which files of the tree belong to an environment or are shared: all but those of other environments, of other
 * clusters, and of overlays that the spec does not know.
 */
export function touchedFiles(
  spec: SpecObject,
  environment: string,
): Outcome<(path: string) => boolean> {
  const known = environmentNames(spec);
  if (!known.includes(environment))
    return { faults: [unknownEnvironment(environment, known, ['spec', 'environments'])] };
  const clusters = sharedClusters(spec).filter(({ environments }) =>
    environments.includes(environment),
  );
  const units = new Set([environment, ...clusters.map(({ name }) => name)]);
  const fluxCluster = clusterNameOf(spec, environment);
  const others = new Set(unitNames(spec).filter(name => !units.has(name)));
  return ok(path => {
    const [folder, file = ''] = path.split('/');
    const name = file.replace(/\.\w+$/, '');
    if (folder === 'flux') return file === fluxCluster;
    return folder === 'overlays' ? units.has(name) : !others.has(name);
  });
}

/** An environment's object, and the same object as it would be in the base's namespace. */
type Moved = Readonly<Record<'object' | 'inBase', KubeObject>>;

/** The resources and patches that turn the base's objects into those of an environment. */
function overlayChanges(unit: BuiltUnit, to: string, base: BuiltUnit): FolderContent {
  const { moved, byIdentity, added, inBase } = besideBase(unit, base);
  const patches = objectsOf(base).flatMap(object => {
    const found = byIdentity.get(identityOf(object));
    return found === undefined ? [deletion(object)] : (overlayPatch(object, found.inBase) ?? []);
  });
  const { namespace: from = '' } = base;
  const inline = from === to ? [] : moves(from, to, moved, inBase);
  return { resources: added, patches, inline };
}

/** A unit's objects by their identities in the base's namespace, and those that the base has not. */
function besideBase({ objects, namespace: to = '' }: BuiltUnit, base: BuiltUnit) {
  const inBase = new Set(objectsOf(base).map(identityOf));
  const moved = objects.map(({ object }): Moved => {
    const isInPlace = object.kind !== 'Namespace' && inBase.has(identityOf(object));
    return { object, inBase: isInPlace ? object : moveTo(object, to, base.namespace ?? '') };
  });
  const byIdentity = new Map(moved.map(entry => [identityOf(entry.inBase), entry]));
  const added = [...byIdentity].filter(([identity]) => !inBase.has(identity));
  return { moved, byIdentity, added: added.map(([, { object }]) => object), inBase };
}

function moveTo(object: KubeObject, from: string, to: string): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Namespace' && metadata.name === from) {
    return { ...object, metadata: { ...metadata, name: to } };
  }
  if (metadata.namespace !== from) return object;
  return { ...object, metadata: { ...metadata, namespace: to } };
}

/**
 * Patches that move the objects to the environment's namespace: all with one patch, or one by one if an object stays
 * in the base's namespace. Kustomize's `namespace:` would also give one to ClusterSecretStores
 * (docs/facts/kustomize.md#namespaces).
 */
function moves(
  from: string,
  to: string,
  moved: readonly Moved[],
  inBaseAlready: ReadonlySet<string>,
): Json[] {
  const replace = (path: string): string => renderValue([{ op: 'replace', path, value: to }]);
  const hasStaying = moved.some(({ object }) => object.metadata.namespace === from);
  const targets = hasStaying
    ? moved.flatMap(entry => moveTarget(entry, from))
    : [{ namespace: from }];
  const hasNamespace = moved.some(
    ({ inBase }) =>
      inBase.kind === 'Namespace' &&
      inBase.metadata.name === from &&
      inBaseAlready.has(identityOf(inBase)),
  );
  return [
    ...(hasNamespace
      ? [
          {
            target: { kind: 'Namespace', name: from },
            options: { allowNameChange: true },
            patch: replace('/metadata/name'),
          },
        ]
      : []),
    ...targets.map(target => ({ target, patch: replace('/metadata/namespace') })),
  ];
}

function moveTarget({ object, inBase }: Moved, namespace: string): Record<string, string>[] {
  const isMoved = inBase !== object && inBase.kind !== 'Namespace';
  return isMoved ? [{ kind: object.kind, name: object.metadata.name, namespace }] : [];
}

function deletion({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion, kind, metadata, $patch: 'delete' };
}

/**
 * The strategic-merge patch that turns one object into the other, or undefined when they are the
 * same. Both have the same identity. Kustomize merges the keyed lists of Kubernetes' own kinds and
 * replaces those of custom resources (docs/facts/kustomize.md#patches).
 */
function overlayPatch(base: KubeObject, changed: KubeObject): KubeObject | undefined {
  const { apiVersion, kind } = changed;
  const { name, namespace } = changed.metadata;
  const whole = mapPatch(asJson(base), asJson(changed), keysOf(base)) ?? {};
  const { apiVersion: _, metadata, ...change } = whole;
  if (metadata === undefined && Object.keys(change).length === 0) return undefined;
  const marks = { name, ...(namespace !== undefined && { namespace }), ...mapAt(metadata) };
  return { apiVersion, kind, metadata: marks, ...change };
}

/** Which field tells the items of a list apart, by the list's name. */
type MergeKeys = Readonly<Record<string, readonly string[]>>;

/** Keyed lists of Kubernetes' own kinds that run no pods. */
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

/**
 * Kustomize puts the items that a patch names first, in the patch's order, and then the other items of the base. So the
 * patch names all items up to the last one that changes, most of them by their key alone.
 */
function listPatch(name: string, base: readonly Json[], changed: readonly Json[], keys: MergeKeys) {
  const key = mergeKey(name, [base, changed], keys);
  if (key === undefined) return changed;
  if (TWO_KEYS.has(key)) return [{ $patch: 'replace' }, ...changed];
  const named = changed.slice(0, namedCount(base, changed, key));
  const deleted = base.filter(item => itemLike(changed, key, item) === undefined);
  return [
    ...named.filter(isMap).map(item => itemPatch(key, itemLike(base, key, item), item, keys)),
    ...deleted.filter(isMap).map(item => ({ [key]: item[key] ?? null, $patch: 'delete' })),
  ];
}

/** How many items a patch has to name, from the first on, so that the other items follow in the right order. */
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

function itemPatch(key: string, before: JsonObject | undefined, item: JsonObject, keys: MergeKeys) {
  if (before === undefined) return item;
  return { [key]: item[key] ?? null, ...mapPatch(before, item, keys) };
}
