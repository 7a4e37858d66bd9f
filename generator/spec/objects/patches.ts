import { defaults } from '#validators/defaults';
import { versionDefaults } from '#validators/version-defaults';
import type { Path, Report } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isBelow, isMap, isSame, valueAt, withFields, withItems } from '../../core/json.ts';
import { asJson, type KubeObject } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { checkSchema, type Validators } from '../../core/schema.ts';
import { canonicalQuantity, goDuration } from '../../core/units.ts';
import { itemLike, mergeKey, patchPath } from '../../kinds/merge-keys.ts';
import type { ProductRelease, Versions } from '../../kinds/products.ts';
import { hasOwnDefaults, releaseFor } from '../../kinds/products.ts';
import type { EntryObject, OwnTerm, SpecEntry } from '../model/model.ts';

/** The objects of an entry with its patches merged in, checked against the schemas of their kinds. */
export function applyPatches(
  entry: SpecEntry,
  objects: readonly EntryObject[],
  validators: Validators,
  report: Report,
): EntryObject[] {
  const kinds = new Set(objects.map(made => made.object.kind));
  for (const kind of Object.keys(entry.patch).filter(name => !kinds.has(name))) {
    const message = `"${entry.name}" makes no object of kind "${kind}"`;
    const hint = knownNames('kinds it makes', kind, kinds);
    const path = [...entry.path, 'patch', kind];
    report({ id: 'unknown-kind', message, hint, path, isAboutName: true });
  }
  return objects.map(made => {
    const { object, ownTerms = [] } = made;
    const patch = Object.hasOwn(entry.patch, object.kind) ? entry.patch[object.kind] : undefined;
    if (patch === undefined && ownTerms.length === 0) return made;
    const patched = patch === undefined ? object : patchObject(entry, object, patch, report);
    for (const fault of checkSchema(patched, validators)) {
      const path = specPath(entry, { ...made, object: patched }, patch ?? {}, fault.path);
      const message = `${fault.message} (${object.kind} ${object.metadata.name})`;
      report({ ...fault, path, message });
    }
    if (patch === undefined) return made;
    const path = [...entry.path, 'patch', object.kind];
    return { ...made, object: patched, patch: { path, isIdle: isSame(object, patched) } };
  });
}

function patchObject(entry: SpecEntry, object: KubeObject, patch: JsonObject, report: Report) {
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  for (const path of IDENTITY) {
    const change = valueAt(patch, path);
    if (change === undefined || change === valueAt(object, path)) continue;
    const message = `a patch cannot change ${path.join('.')}`;
    const hint = 'Remove it: references to the object would lead nowhere.';
    report({ id: 'patch-identity', message, hint, path: [...entry.path, 'patch', kind, ...path] });
  }
  const merged = mergePatch(asJson(object), patch) as unknown as KubeObject;
  return {
    ...merged,
    apiVersion,
    kind,
    metadata: { ...merged.metadata, name, ...(namespace !== undefined && { namespace }) },
  };
}

const IDENTITY = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']];

function specPath(entry: SpecEntry, made: EntryObject, patch: JsonObject, path: Path): Path {
  const inPatch = patchPath(asJson(made.object), patch, path);
  if (inPatch.length > 0) return [...entry.path, 'patch', made.object.kind, ...inPatch];
  return [...entry.path, ...(ownTermPath(made.ownTerms ?? [], path) ?? [])];
}

/** The path in an entry from which a path of its object comes; undefined: no field of the entry is the same field. */
export function ownTermPath(ownTerms: readonly OwnTerm[], path: Path): Path | undefined {
  const term = ownTerms.find(([inObject]) => isBelow(path, inObject));
  return term && [...term[1], ...path.slice(term[0].length)];
}

/** A strategic-merge patch: maps by key, lists by merge keys (new items last); null and `$patch` remove or replace. */
function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergeValue(name, merged[name], value);
  }
  return merged;
}

function mergeValue(name: string, before: Json | undefined, value: Json): Json {
  if (Array.isArray(value)) return mergeList(name, Array.isArray(before) ? before : [], value);
  if (!isMap(value)) return value;
  const { $patch, ...fields } = value;
  return mergePatch($patch !== 'replace' && isMap(before) ? before : {}, fields);
}

function mergeList(name: string, target: readonly Json[], patch: readonly Json[]): Json {
  const items = patch.filter(
    item => !(isMap(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1),
  );
  if (items.length < patch.length) return items;
  const key = mergeKey(name, [target, patch]);
  if (key === undefined) return patch;
  const kept = target.flatMap((item): Json[] => {
    const change = itemLike(patch, key, item);
    if (!isMap(item) || change === undefined) return [item];
    return change['$patch'] === 'delete' ? [] : [mergePatch(item, change)];
  });
  const added = patch.filter(
    item => isMap(item) && itemLike(target, key, item) === undefined && item['$patch'] !== 'delete',
  );
  return [...kept, ...added];
}

/** Where a CRD has defaults: only the branches of its schema that lead to one. */
export interface Defaults {
  readonly default?: Json;
  readonly fields?: Readonly<Record<string, Defaults>>;
  readonly items?: Defaults;
}

/** The object as the API server stores it: Argo CD compares with that (docs/facts/argocd.md#differences). */
export function storedForm(object: KubeObject, versions: Versions = {}): KubeObject {
  const tree = defaultsOf(object, versions);
  const filled =
    tree === undefined ? object : (withDefaults(asJson(object), tree) as unknown as KubeObject);
  return { ...filled, ...(isMap(filled['spec']) && { spec: canonicalUnits(filled['spec']) }) };
}

/** The defaults of a kind. An older version of the kind has those of the version that we know: it converts to that. */
function defaultsOf({ apiVersion, kind }: KubeObject, versions: Versions): Defaults | undefined {
  const exact = `${apiVersion}/${kind}`;
  const ofVersion = defaultsIn(releaseFor(versions, apiVersion))[exact];
  if (ofVersion !== undefined) return ofVersion;
  const group = apiVersion.slice(0, apiVersion.indexOf('/') + 1);
  const isOfKind = (name: string): boolean =>
    group !== '' && name.startsWith(group) && name.endsWith(`/${kind}`);
  const nearest = Object.hasOwn(defaults, exact) ? exact : Object.keys(defaults).find(isOfKind);
  return nearest === undefined ? undefined : defaults[nearest];
}

function defaultsIn(release: ProductRelease | undefined): Readonly<Record<string, Defaults>> {
  const isVersioned = release?.schemas !== undefined && hasOwnDefaults(release);
  return isVersioned ? (versionDefaults[release.schemas] ?? {}) : {};
}

function withDefaults(value: Json, { fields, items }: Defaults): Json {
  if (Array.isArray(value))
    return items === undefined ? value : withItems(value, item => withDefaults(item, items));
  if (!isMap(value) || fields === undefined) return value;
  return withFields(value, Object.keys(fields), (name, before) => {
    const field = fields[name];
    const filled = before ?? field?.default;
    return field === undefined || filled === undefined ? before : withDefaults(filled, field);
  });
}

/** The inverse of `storedForm`, as far as the defaults of its kind go. */
export function withoutDefaults(object: KubeObject): JsonObject {
  const tree = defaultsOf(object, {});
  const json = asJson(object);
  const bare = tree === undefined ? json : stripped(json, tree);
  return isMap(bare) ? bare : json;
}

function stripped(value: Json, { fields = {}, items }: Defaults): Json {
  if (Array.isArray(value))
    return items === undefined ? value : withItems(value, item => stripped(item, items));
  if (!isMap(value)) return value;
  return withFields(value, Object.keys(fields), (name, child) => {
    const field = fields[name];
    if (field === undefined || child === undefined) return child;
    const usual = field.default === undefined ? undefined : withDefaults(field.default, field);
    if (isSame(withDefaults(child, field), usual)) return undefined;
    const bare = stripped(child, field);
    return isMap(bare) && Object.keys(bare).length === 0 ? child : bare;
  });
}

function canonicalUnits(map: JsonObject): JsonObject {
  return withFields(map, Object.keys(map), (name, value) => {
    if (name === 'refreshInterval' && typeof value === 'string') return goDuration(value);
    if (Array.isArray(value))
      return withItems(value, item => (isMap(item) ? canonicalUnits(item) : item));
    if (!isMap(value)) return value;
    if (name !== 'requests' && name !== 'limits') return canonicalUnits(value);
    return withFields(value, Object.keys(value), (_, json) =>
      typeof json === 'string' || typeof json === 'number' ? canonicalQuantity(String(json)) : json,
    );
  });
}
