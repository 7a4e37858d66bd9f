import type { Path } from '../../../ground/finding.ts';
import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, listPart, mapPart, type Part } from '../part.ts';
import { UNKNOWN_VALUE } from '../release.ts';
import { RESOURCE_POLICY } from '../resource-policy.ts';
import { type App, type AppEntry, entriesOf, nameOfEntry } from './app.ts';
import { appObject } from './app-object.ts';

/** The volumes of a controller's pods that are claims, Secrets, ConfigMaps or written out. */
export function volumesPart(app: App, controller: string): Part | undefined {
  const volumes = entriesOf(app, 'persistence').flatMap(entry =>
    isMounted(entry, controller) ? (volumePart(app, entry) ?? []) : [],
  );
  return listPart(['persistence'], volumes);
}

/** Where a container mounts them. */
export function mountsPart(app: App, controller: string, container: string): Part | undefined {
  const mounts = entriesOf(app, 'persistence').flatMap(entry =>
    volumePart(app, entry) === undefined ? [] : mountsOf(entry, controller, container),
  );
  return listPart(['persistence'], mounts);
}

/** Without any mounts a volume is in every container (docs/facts/helm.md#volumes-of-app-template). */
function isMounted({ values }: AppEntry, controller: string): boolean {
  const { globalMounts, advancedMounts } = values;
  const isForAll = isFilled(globalMounts) || !isFilled(advancedMounts);
  return isForAll || isFilled(mapAt(advancedMounts)[controller]);
}

function isFilled(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Whether an entry is a claim: one that is there, or one that the chart makes. */
function isClaim({ type = 'persistentVolumeClaim' }: JsonObject): boolean {
  return type === 'persistentVolumeClaim' || type === 'pvc';
}

function claimPart({ values, at, name }: Pick<AppEntry, 'values' | 'at' | 'name'>): Part {
  const existing = textAt(values, 'existingClaim') || undefined;
  const place = existing === undefined ? at : [...at, 'existingClaim'];
  return mapPart(at, { claimName: copied(place, existing ?? name) });
}

/** Volumes of other types hold no Secrets. */
function volumePart(app: App, { id, values, at, name }: AppEntry): Part | undefined {
  const source = isClaim(values)
    ? { persistentVolumeClaim: claimPart({ values, at, name }) }
    : sourceOf(app, values, at);
  return source === undefined ? undefined : mapPart(at, { name: copied(at, id), ...source });
}

function sourceOf(app: App, values: JsonObject, at: Path): Record<string, Part> | undefined {
  const { type, volumeSpec } = values;
  const own = ['items', 'defaultMode', 'optional'];
  if (type === 'secret')
    return {
      secret: mapPart(at, { secretName: nameIn(app, values, at), ...picked(values, at, own) }),
    };
  if (type === 'configMap')
    return {
      configMap: mapPart(at, { name: nameIn(app, values, at), ...picked(values, at, own) }),
    };
  if (type === 'projected')
    return { projected: mapPart(at, picked(values, at, ['sources', 'defaultMode'])) };
  if (type !== 'custom' || !isMap(volumeSpec)) return undefined;
  const fields = Object.entries(volumeSpec).filter(([field]) => field !== 'name');
  return Object.fromEntries(
    fields.map(([field, value]) => [field, copied([...at, 'volumeSpec', field], value)]),
  );
}

function picked(
  values: JsonObject,
  at: Path,
  fields: readonly string[],
): Record<string, Part | undefined> {
  const given = fields.filter(field => Object.hasOwn(values, field) && values[field] !== null);
  return Object.fromEntries(
    given.map(field => [field, copied([...at, field], values[field] ?? null)]),
  );
}

/** A name goes before an identifier. */
function nameIn(app: App, values: JsonObject, at: Path): Part {
  const { type, name, identifier, externalSecretRef } = values;
  if (typeof name === 'string' && name !== '') return copied([...at, 'name'], name);
  if (typeof externalSecretRef === 'string' && !identifier)
    return named(app, 'externalSecrets', externalSecretRef, [...at, 'externalSecretRef']);
  const field = type === 'secret' ? 'secrets' : 'configMaps';
  return named(app, field, String(identifier), [...at, 'identifier']);
}

function named(app: App, field: Parameters<typeof nameOfEntry>[1], id: string, at: Path): Part {
  return copied(at, nameOfEntry(app, field, id) ?? UNKNOWN_VALUE);
}

function mountsOf({ id, values, at }: AppEntry, controller: string, container: string): Part[] {
  const { globalMounts, advancedMounts } = values;
  if (!isFilled(globalMounts) && !isFilled(advancedMounts))
    return [mapPart(at, { name: copied(at, id), mountPath: copied(at, `/${id}`) })];
  const places: Path[] = [['globalMounts'], ['advancedMounts', controller, container]];
  return places.flatMap(place =>
    listAt(values, ...place.map(String)).flatMap((mount, index) =>
      isMap(mount) ? [mountPart(id, mount, [...at, ...place, index])] : [],
    ),
  );
}

function mountPart(id: string, mount: JsonObject, at: Path): Part {
  return mapPart(at, {
    name: copied(at, id),
    mountPath: copied([...at, 'path'], textAt(mount, 'path') ?? `/${id}`),
    ...picked(mount, at, ['subPath', 'subPathExpr', 'readOnly']),
  });
}

/** The claims that it makes, and not those that are there (docs/facts/helm.md#volumes-of-app-template). */
export function claims(app: App): Brought[] {
  return entriesOf(app, 'persistence').flatMap(entry =>
    isMade(entry) ? [appObject(app, withPolicy(entry), TYPE, { spec: specPart(entry) })] : [],
  );
}

const TYPE = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

function isMade({ values }: AppEntry): boolean {
  return isClaim(values) && !values['existingClaim'];
}

/** `retain` is short for the annotation that has Helm leave it. */
function withPolicy(entry: AppEntry): AppEntry {
  if (entry.values['retain'] !== true) return entry;
  const both = { ...mapAt(entry.values, 'annotations'), [RESOURCE_POLICY]: 'keep' };
  return { ...entry, values: { ...entry.values, annotations: both } };
}

function specPart({ values, at }: AppEntry): Part {
  const text = (field: string): Part | undefined => {
    const value = textAt(values, field);
    return value === undefined ? undefined : copied([...at, field], value === '-' ? '' : value);
  };
  const storage = mapPart(at, { storage: text('size') });
  return mapPart(at, {
    resources: mapPart(at, { requests: storage }),
    storageClassName: text('storageClass'),
    volumeName: text('volumeName'),
  });
}
