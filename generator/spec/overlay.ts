import { isMap, isSame, type Json, type JsonObject } from '../core/json.ts';
import { asJson, groupOf, identityOf, type KubeObject } from '../core/kube-object.ts';
import { kindOf } from '../kinds/kinds.ts';
import { renderValue } from '../yaml/write.ts';
import { CORE_MERGE_KEYS, itemLike, mergeKey } from './objects/patches.ts';
import { type FolderContent, inFileOrder } from './tree-files.ts';

/** An environment's object, and the same one as it would be in the base's namespace. */
interface Moved {
  readonly object: KubeObject;
  readonly inBase: KubeObject;
}

/** Objects, and the namespace that those are in which belong to no other team. */
interface Placed {
  readonly objects: readonly KubeObject[];
  readonly namespace: string;
}

/** What makes an environment's objects of those of the base. */
export function overlayChanges(
  { objects, namespace: to }: Placed,
  { objects: base, namespace: from }: Placed,
): FolderContent {
  const known = new Set(base.map(identityOf));
  const moved = movedObjects({ objects, namespace: to }, { objects: base, namespace: from });
  const wanted = new Map(moved.map(entry => [identityOf(entry.inBase), entry]));
  const patches = base.flatMap(object => {
    const found = wanted.get(identityOf(object));
    return found === undefined ? [deletion(object)] : (overlayPatch(object, found.inBase) ?? []);
  });
  const added = [...wanted].filter(([identity]) => !known.has(identity));
  const resources = added.map(([, { object }]) => object);
  return { resources, patches, inline: from === to ? [] : moves(from, to, moved, known) };
}

function movedObjects(
  { objects, namespace: to }: Placed,
  { objects: base, namespace: from }: Placed,
): Moved[] {
  const known = new Set(base.map(identityOf));
  return objects.map(object => {
    const isInPlace = object.kind !== 'Namespace' && known.has(identityOf(object));
    return { object, inBase: isInPlace ? object : moveTo(object, to, from) };
  });
}

/**
 * An environment's objects in the order in which kustomize builds its overlay: first those that the
 * base has, then its own, each as their files are sorted.
 */
export function builtOrder(own: Placed, base: Placed): KubeObject[] {
  const moved = movedObjects(own, base);
  const wanted = new Map(moved.map(({ object, inBase }) => [identityOf(inBase), object]));
  const known = new Set(base.objects.map(identityOf));
  const added = [...wanted].filter(([identity]) => !known.has(identity));
  return [
    ...inFileOrder(base.objects).flatMap(object => wanted.get(identityOf(object)) ?? []),
    ...inFileOrder(added.map(([, object]) => object)),
  ];
}

/** The object as another namespace's environment would have it. */
function moveTo(object: KubeObject, from: string, to: string): KubeObject {
  const { kind, metadata } = object;
  if (kind === 'Namespace' && metadata.name === from) {
    return { ...object, metadata: { ...metadata, name: to } };
  }
  if (metadata.namespace !== from) return object;
  return { ...object, metadata: { ...metadata, namespace: to } };
}

/**
 * Moves everything at once, or one by one where something of another team's stays in the base's
 * namespace. Kustomize's own `namespace:` would also give one to ClusterSecretStores
 * (docs/facts/kustomize.md#namespaces).
 */
function moves(
  from: string,
  to: string,
  moved: readonly Moved[],
  known: ReadonlySet<string>,
): Json[] {
  const replace = (path: string): string => renderValue([{ op: 'replace', path, value: to }]);
  const hasStaying = moved.some(({ object }) => object.metadata.namespace === from);
  const targets = hasStaying
    ? moved.flatMap(entry => moveTarget(entry, from))
    : [{ namespace: from }];
  const hasNamespace = moved.some(
    ({ inBase }) =>
      inBase.kind === 'Namespace' && inBase.metadata.name === from && known.has(identityOf(inBase)),
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
  const keys = keysOf(base);
  const { apiVersion, kind, metadata, ...fields } = changed;
  const { name, namespace, ...otherMetadata } = metadata;
  const before = asJson(base);
  const [beforeMetadata, beforeFields] = [withoutIdentity(before['metadata']), withoutType(before)];
  const metadataChange = mapPatch(beforeMetadata, otherMetadata as JsonObject, keys) ?? {};
  const change = mapPatch(beforeFields, fields as JsonObject, keys) ?? {};
  if (Object.keys({ ...metadataChange, ...change }).length === 0) return undefined;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...metadataChange },
    ...change,
  };
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

function withoutType({
  apiVersion: _,
  kind: __,
  metadata: ___,
  ...fields
}: JsonObject): JsonObject {
  return fields;
}

function withoutIdentity(metadata: Json | undefined): JsonObject {
  if (!isMap(metadata)) return {};
  const { name: _, namespace: __, ...rest } = metadata;
  return rest;
}

/** What a patch says of a map; undefined when nothing. */
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

function valuePatch(
  name: string,
  base: Json | undefined,
  changed: Json,
  keys: MergeKeys,
): Json | undefined {
  if (isSame(base, changed)) return undefined;
  if (isMap(base) && isMap(changed))
    return isReplaced(base, changed) ? replaced(changed) : mapPatch(base, changed, keys);
  if (!Array.isArray(base) || !Array.isArray(changed)) return changed;
  return listPatch(name, base, changed, keys);
}

/** Merging into an empty map, or one that loses all it has, is where patch tools differ. */
function isReplaced(base: JsonObject, changed: JsonObject): boolean {
  const kept = Object.keys(base).some(name => Object.hasOwn(changed, name));
  return !kept || Object.keys(changed).length === 0;
}

function replaced(changed: JsonObject): JsonObject {
  return { $patch: 'replace', ...changed };
}

/** Lists whose items Kubernetes tells apart by two fields: kustomize merges those in an order of its own. */
const TWO_KEYS = new Set(['containerPort', 'port', 'topologyKey']);

/**
 * Kustomize puts the items that a patch names first, in the patch's order, and then the others of
 * the base. So the patch names the items up to the last one that changes, most by their key alone.
 */
function listPatch(
  name: string,
  base: readonly Json[],
  changed: readonly Json[],
  keys: MergeKeys,
): Json {
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

/** How many items, from the first, a patch has to name for the rest to follow by themselves. */
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

function itemPatch(
  key: string,
  before: JsonObject | undefined,
  item: JsonObject,
  keys: MergeKeys,
): JsonObject {
  if (before === undefined) return item;
  return { [key]: item[key] ?? null, ...mapPatch(before, item, keys) };
}
