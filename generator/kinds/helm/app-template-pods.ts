import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject, MapInValue } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, scalarText, sortBy, textAt } from '../../core/json.ts';
import type { Brought } from '../kind.ts';
import type { App, AppEntry, Located, Part, Parts, ReferredField } from './release.ts';
import {
  appObject,
  below,
  copied,
  entriesOf,
  listPart,
  mapPart,
  nameOfEntry,
  picked,
  RESOURCE_POLICY,
  textPart,
  UNKNOWN_VALUE,
} from './release.ts';

interface ContainerEntry extends Omit<AppEntry, 'name'> {
  readonly app: App;
  readonly controller: AppEntry;
  readonly defaults: JsonObject;
}

/** The containers in a field of a controller, sorted by name as the library does. */
export function containersPart(
  app: App,
  controller: AppEntry,
  field: 'initContainers' | 'containers',
): Part | undefined {
  const at = [...controller.at, field];
  const { values } = controller;
  const hasDefaults =
    field === 'containers' || values['applyDefaultContainerOptionsToInitContainers'] !== false;
  const defaults = hasDefaults ? mapAt(values, 'defaultContainerOptions') : {};
  const entries = Object.entries(mapAt(values, field)).flatMap(([id, options]) =>
    isMap(options) && options['enabled'] !== false
      ? [{ app, controller, id, values: options, at: [...at, id], defaults }]
      : [],
  );
  return listPart(at, sortBy(entries, ({ id }) => id).map(containerPart));
}

function containerPart(container: ContainerEntry): Part {
  const { app, controller, id, values, at } = container;
  const [envFrom] = optionOf(container, 'envFrom').slice(-1);
  return mapPart(at, {
    name: textAt(values, 'nameOverride') ?? id,
    image: imagePart(container),
    command: wordsPart(container, 'command'),
    args: wordsPart(container, 'args'),
    env: envPart(optionOf(container, 'env')),
    envFrom: envFrom === undefined ? undefined : envFromPart(app, envFrom),
    restartPolicy: values['restartPolicy'] === 'Always' ? 'Always' : undefined,
    volumeMounts: mountsPart(app, controller.id, id),
  });
}

function optionOf({ values, at, defaults, controller }: ContainerEntry, field: string): Located[] {
  const [common, ofContainer] = [defaults, values].map(options => options[field]);
  const place = [...controller.at, 'defaultContainerOptions', field];
  const isMerging = controller.values['defaultContainerOptionsStrategy'] === 'merge';
  const isCommon = isGiven(common) && (!isGiven(ofContainer) || (isMerging && isMap(ofContainer)));
  return [
    ...(isCommon ? [{ at: place, value: common }] : []),
    ...(isGiven(ofContainer) ? [{ at: [...at, field], value: ofContainer }] : []),
  ];
}

function isGiven(value: Json | undefined): value is Json {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function imagePart(container: ContainerEntry): Part {
  const sources = optionOf(container, 'image');
  const values = sources.map(({ value }) => value);
  const image = Object.assign({}, ...values.map(value => mapAt(value)));
  const whole = values.findLast(value => typeof value === 'string');
  const [repository, tag] = [image.repository, image.tag].map(scalarText);
  const at = sources.at(-1)?.at ?? container.at;
  return copied(at, whole ?? (tag === '' ? `${repository}` : `${repository}:${tag}`));
}

function wordsPart(container: ContainerEntry, field: 'command' | 'args'): Part | undefined {
  const [words] = optionOf(container, field).slice(-1);
  if (words === undefined) return undefined;
  const { at, value } = words;
  if (typeof value === 'string') return listPart(at, [copied(at, value)]);
  const list = listAt(value).map((word, index) => copied([...at, index], scalarText(word)));
  return listPart(at, list);
}

interface Variable extends Located {
  readonly name: string;
}

function envPart(sources: readonly Located[]): Part | undefined {
  const [last] = sources.slice(-1);
  if (last === undefined) return undefined;
  const all = Array.isArray(last.value) ? listed(last.value, last.at) : mapped(sources);
  const parts = all.map(({ name, value, at }) => mapPart(at, { name, ...contentOf(value, at) }));
  return listPart(last.at, parts);
}

function listed(entries: readonly Json[], at: Path): Variable[] {
  return entries.flatMap((value, index) => {
    const name = textAt(value, 'name');
    return name === undefined ? [] : [{ name, value, at: [...at, index] }];
  });
}

function mapped(sources: readonly Located[]): Variable[] {
  const variables = sources.flatMap(({ at, value: map }) =>
    Object.entries(mapAt(map)).map(([name, value]) => ({ name, value, at: [...at, name] })),
  );
  return ordered(new Map(variables.map(variable => [variable.name, variable])));
}

const MOST_ORDERED = 1000;

/** Variables by name, each after those that it depends on (docs/facts/helm.md#variables-of-app-template). */
function ordered(variables: ReadonlyMap<string, Variable>): Variable[] {
  const waiting = sortBy([...variables.values()], ({ name }) => name);
  const depends = waiting.some(({ value }) => needs(value).length > 0);
  if (!depends || waiting.length > MOST_ORDERED) return waiting;
  const done = new Set<string>();
  const order: Variable[] = [];
  const isReady = ({ value }: Variable): boolean => needs(value).every(name => done.has(name));
  for (let next = waiting.findIndex(isReady); next >= 0; next = waiting.findIndex(isReady)) {
    order.push(...waiting.splice(next, 1));
    done.add(order.at(-1)?.name ?? '');
  }
  return [...order, ...waiting];
}

function needs(value: Json): readonly string[] {
  const { dependsOn = [] } = mapAt(value);
  return [dependsOn].flat().filter(name => typeof name === 'string');
}

function contentOf(value: Json, at: Path): Record<string, Part | undefined> {
  if (!isMap(value)) return { value: scalarPart(value, at) };
  if (Object.hasOwn(value, 'value'))
    return { value: scalarPart(value['value'] ?? null, [...at, 'value']) };
  const source = isMap(value['valueFrom'])
    ? sourcePart(value['valueFrom'], [...at, 'valueFrom'])
    : sourcePart(value, at);
  return source === undefined ? { value: copied(at, UNKNOWN_VALUE) } : { valueFrom: source };
}

function scalarPart(value: Json, at: Path): Part | undefined {
  return value === null ? undefined : copied(at, scalarText(value));
}

const SOURCES = ['secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef'];

function sourcePart(source: JsonObject, at: Path): Part | undefined {
  const fields = SOURCES.filter(
    field => isMap(source[field]) && !Object.hasOwn(mapAt(source, field), 'identifier'),
  );
  return fields.length === 0 ? undefined : mapPart(at, picked({ values: source, at }, fields));
}

const REFS = [
  { field: 'configMapRef', short: 'configMap', entries: 'configMaps' },
  { field: 'secretRef', short: 'secret', entries: 'secrets' },
  { field: 'externalSecretRef', short: '', entries: 'externalSecrets' },
] as const;

function envFromPart(app: App, { at, value }: Located): Part | undefined {
  // The chart fails, as the schema of a pod says too.
  if (typeof value === 'string') return copied(at, value);
  const parts = mapsAt(value, at).flatMap(entry => {
    const { map, path } = entry;
    const [ref] = REFS.flatMap(form => {
      const field = form.entries === 'configMaps' ? 'configMapRef' : 'secretRef';
      const part = refPart(app, form, entry);
      return part === undefined ? [] : [{ [field]: part }];
    });
    const prefix = textPart({ values: map, at: path }, 'prefix');
    return ref === undefined ? [] : mapPart(path, { ...ref, prefix });
  });
  return listPart(at, parts);
}

function refPart(app: App, { field, short, entries }: (typeof REFS)[number], entry: MapInValue) {
  const { map, path: at } = entry;
  const id = textAt(map, short);
  if (id !== undefined) {
    const place = [...at, short];
    return mapPart(place, { name: copied(place, nameOfEntry(app, entries, id) ?? id) });
  }
  const ref = map[field];
  if (!isMap(ref)) return undefined;
  const place = [...at, field];
  const name = textAt(ref, 'identifier') ?? '';
  return mapPart(place, {
    ...picked({ values: ref, at: place }, ['name']),
    ...(name !== '' && { name: named(app, entries, name, [...place, 'identifier']) }),
    optional: ref['optional'] === true ? copied([...place, 'optional'], true) : undefined,
  });
}

/** The volumes of a controller's pods: claims, Secrets, ConfigMaps, and those that are written out. */
export function volumesPart(app: App, controller: string): Part | undefined {
  const mounted = entriesOf(app, 'persistence').filter(entry => isMounted(entry, controller));
  const volumes = mounted.flatMap(entry => volumePart(app, entry) ?? []);
  return listPart(['persistence'], volumes);
}

function mountsPart(app: App, controller: string, container: string): Part | undefined {
  const entries = entriesOf(app, 'persistence').filter(entry => volumePart(app, entry));
  const mounts = entries.flatMap(entry => mountsOf(entry, controller, container));
  return listPart(['persistence'], mounts);
}

/** A volume without mounts is in every container (docs/facts/helm.md#volumes-of-app-template). */
function isMounted({ values }: AppEntry, controller: string): boolean {
  const { globalMounts, advancedMounts } = values;
  const isForAll = isFilled(globalMounts) || !isFilled(advancedMounts);
  return isForAll || isFilled(mapAt(advancedMounts)[controller]);
}

function isFilled(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function isClaim({ type = 'persistentVolumeClaim' }: JsonObject): boolean {
  return type === 'persistentVolumeClaim' || type === 'pvc';
}

function volumePart(app: App, entry: AppEntry): Part | undefined {
  const source = sourceOf(app, entry);
  return source && mapPart(entry.at, { name: entry.id, ...source });
}

function sourceOf(app: App, entry: AppEntry): Parts | undefined {
  const { name: ownName, values, at } = entry;
  const { type, volumeSpec } = values;
  if (isClaim(values)) {
    const existing = values['existingClaim'] ? textPart(entry, 'existingClaim') : undefined;
    return { persistentVolumeClaim: { claimName: existing ?? ownName } };
  }
  if (type === 'secret' || type === 'configMap') {
    const field = type === 'secret' ? 'secretName' : 'name';
    const files = picked(entry, ['items', 'defaultMode', 'optional']);
    return { [type]: { [field]: nameIn(app, values, at), ...files } };
  }
  if (type === 'projected') return { projected: picked(entry, ['sources', 'defaultMode']) };
  if (type !== 'custom' || !isMap(volumeSpec)) return undefined;
  const fields = Object.keys(volumeSpec).filter(field => field !== 'name');
  return picked(below(entry, 'volumeSpec'), fields);
}

function nameIn(app: App, values: JsonObject, at: Path): Part {
  const { type, name, identifier, externalSecretRef } = values;
  if (typeof name === 'string' && name !== '') return copied([...at, 'name'], name);
  if (typeof externalSecretRef === 'string' && !identifier)
    return named(app, 'externalSecrets', externalSecretRef, [...at, 'externalSecretRef']);
  const field = type === 'secret' ? 'secrets' : 'configMaps';
  return named(app, field, scalarText(identifier), [...at, 'identifier']);
}

function named(app: App, field: ReferredField, id: string, at: Path): Part {
  return copied(at, nameOfEntry(app, field, id) ?? UNKNOWN_VALUE);
}

function mountsOf({ id, values, at }: AppEntry, controller: string, container: string): Part[] {
  const { globalMounts, advancedMounts } = values;
  if (!isFilled(globalMounts) && !isFilled(advancedMounts))
    return [mapPart(at, { name: id, mountPath: `/${id}` })];
  return [['globalMounts'], ['advancedMounts', controller, container]].flatMap(place =>
    mapsAt(values, at, ...place).map(({ map, path }) => {
      const mountPath = copied([...path, 'path'], textAt(map, 'path') ?? `/${id}`);
      const options = picked({ values: map, at: path }, ['subPath', 'subPathExpr', 'readOnly']);
      return mapPart(path, { name: id, mountPath, ...options });
    }),
  );
}

/** The claims that the chart makes, without existing ones (docs/facts/helm.md#volumes-of-app-template). */
export function claims(app: App): Brought[] {
  const type = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
  return entriesOf(app, 'persistence')
    .filter(({ values }) => isClaim(values) && !values['existingClaim'])
    .map(entry => appObject(app, withPolicy(entry), type, { spec: claimSpec(entry) }));
}

function withPolicy(entry: AppEntry): AppEntry {
  if (entry.values['retain'] !== true) return entry;
  const both = { ...mapAt(entry.values, 'annotations'), [RESOURCE_POLICY]: 'keep' };
  return { ...entry, values: { ...entry.values, annotations: both } };
}

function claimSpec(entry: AppEntry): Parts {
  const storageClass = textPart(entry, 'storageClass');
  const isNone = entry.values['storageClass'] === '-';
  return {
    resources: { requests: { storage: textPart(entry, 'size') } },
    storageClassName: isNone ? copied([...entry.at, 'storageClass'], '') : storageClass,
    volumeName: textPart(entry, 'volumeName'),
  };
}
