import type { Path } from '../../core/finding.ts';
import {
  isMap,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  scalarText,
  sortBy,
  textAt,
} from '../../core/json.ts';
import type { Brought } from '../kind.ts';
import { type App, type AppEntry, appObject, entriesOf, nameOfEntry } from './app-template.ts';
import {
  copied,
  type Located,
  listPart,
  mapPart,
  type Part,
  picked,
  RESOURCE_POLICY,
  UNKNOWN_VALUE,
} from './release.ts';

/** A container of a controller, in the values. */
interface ContainerEntry {
  readonly app: App;
  readonly controller: AppEntry;
  readonly id: string;
  readonly values: JsonObject;
  readonly at: Path;
  /** The options for all containers of the controller. */
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
    name: copied(at, textAt(values, 'nameOverride') ?? id),
    image: imagePart(container),
    command: wordsPart(container, 'command'),
    args: wordsPart(container, 'args'),
    env: envPart(optionOf(container, 'env')),
    envFrom: envFrom === undefined ? undefined : envFromPart(app, envFrom),
    restartPolicy: values['restartPolicy'] === 'Always' ? copied(at, 'Always') : undefined,
    volumeMounts: mountsPart(app, controller.id, id),
  });
}

/** The default of a field and the container's own value, as far as they count; the last one wins. */
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

/** The image: repository and tag, or one text. */
function imagePart(container: ContainerEntry): Part {
  const sources = optionOf(container, 'image');
  const image = Object.assign({}, ...sources.map(({ value }) => mapAt(value)));
  const whole = sources.map(({ value }) => value).findLast(value => typeof value === 'string');
  const [repository, tag] = [image.repository, image.tag].map(scalarText);
  const at = sources.at(-1)?.at ?? container.at;
  return copied(at, whole ?? (tag === '' ? `${repository}` : `${repository}:${tag}`));
}

/** A list of words; a text is one word. */
function wordsPart(container: ContainerEntry, field: 'command' | 'args'): Part | undefined {
  const [words] = optionOf(container, field).slice(-1);
  if (words === undefined) return undefined;
  const { at, value } = words;
  if (typeof value === 'string') return listPart(at, [copied(at, value)]);
  const list = Array.isArray(value) ? value : [];
  return listPart(
    at,
    list.map((word, index) => copied([...at, index], scalarText(word))),
  );
}

/** A variable in a map of the values, by its name, or in a list. */
interface Variable extends Located {
  readonly name: string;
}

/** The variables of a container. A later source replaces variables of the same name. */
function envPart(sources: readonly Located[]): Part | undefined {
  const [last] = sources.slice(-1);
  if (last === undefined) return undefined;
  const variables = Array.isArray(last.value) ? listed(last.value, last.at) : mapped(sources);
  return listPart(
    last.at,
    variables.map(({ name, value, at }) =>
      mapPart(at, { name: copied(at, name), ...contentOf(value, at) }),
    ),
  );
}

function listed(entries: readonly Json[], at: Path): Variable[] {
  return entries.flatMap((value, index) => {
    const name = textAt(value, 'name');
    return name === undefined ? [] : [{ name, value, at: [...at, index] }];
  });
}

function mapped(sources: readonly Located[]): Variable[] {
  const variables = sources.flatMap(({ at, value }) =>
    isMap(value)
      ? Object.entries(value).map(
          ([name, of]): Variable => ({ name, value: of, at: [...at, name] }),
        )
      : [],
  );
  return ordered(new Map(variables.map(variable => [variable.name, variable])));
}

/** How many variables are ordered by their dependencies. */
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
  const { dependsOn = [] } = isMap(value) ? value : {};
  return (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).filter(
    name => typeof name === 'string',
  );
}

/** A value, valueFrom, or the fields of valueFrom themselves. */
function contentOf(value: Json, at: Path): Record<string, Part | undefined> {
  if (!isMap(value)) return { value: textPart(value, at) };
  if (Object.hasOwn(value, 'value'))
    return { value: textPart(value['value'] ?? null, [...at, 'value']) };
  const { valueFrom } = value;
  const source = isMap(valueFrom)
    ? sourcePart(valueFrom, [...at, 'valueFrom'])
    : sourcePart(value, at);
  return source === undefined ? { value: copied(at, UNKNOWN_VALUE) } : { valueFrom: source };
}

function textPart(value: Json, at: Path): Part | undefined {
  return value === null ? undefined : copied(at, scalarText(value));
}

const SOURCES = ['secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef'];

/** The sources that Kubernetes knows too. */
function sourcePart(source: JsonObject, at: Path): Part | undefined {
  const known = SOURCES.filter(field => isMap(source[field]) && isNamed(source[field]));
  if (known.length === 0) return undefined;
  const fields = known.map(field => [field, copied([...at, field], source[field] ?? null)]);
  return mapPart(at, Object.fromEntries(fields));
}

/** Whether a reference is a name, and not an identifier of the values. */
function isNamed(ref: Json | undefined): boolean {
  return isMap(ref) && !Object.hasOwn(ref, 'identifier');
}

/** The forms of a reference in envFrom, where their identifiers are looked up, and the field that each becomes. */
const REFS = [
  { field: 'configMapRef', short: 'configMap', entries: 'configMaps', becomes: 'configMapRef' },
  { field: 'secretRef', short: 'secret', entries: 'secrets', becomes: 'secretRef' },
  { field: 'externalSecretRef', entries: 'externalSecrets', becomes: 'secretRef' },
] as const;

type Ref = (typeof REFS)[number];

/** The sources of many variables: each names an object, or an entry of the values. */
function envFromPart(app: App, { at, value }: Located): Part | undefined {
  // The chart fails, as the schema of a pod says too.
  if (typeof value === 'string') return copied(at, value);
  const entries = Array.isArray(value) ? value : [];
  return listPart(
    at,
    entries.flatMap((entry, index) =>
      isMap(entry) ? (fromPart(app, entry, [...at, index]) ?? []) : [],
    ),
  );
}

function fromPart(app: App, entry: JsonObject, at: Path): Part | undefined {
  const { prefix } = entry;
  const [ref] = REFS.flatMap(kind => {
    const part = refPart(app, kind, entry, at);
    return part === undefined ? [] : [[kind.becomes, part] as const];
  });
  if (ref === undefined) return undefined;
  const [field, part] = ref;
  const written = typeof prefix === 'string' ? copied([...at, 'prefix'], prefix) : undefined;
  return mapPart(at, { [field]: part, prefix: written });
}

function refPart(app: App, kind: Ref, entry: JsonObject, at: Path): Part | undefined {
  const short = 'short' in kind ? entry[kind.short] : undefined;
  if ('short' in kind && typeof short === 'string') {
    const place = [...at, kind.short];
    const name = nameOfEntry(app, kind.entries, short) ?? short;
    return mapPart(place, { name: copied(place, name) });
  }
  const ref = entry[kind.field];
  return isMap(ref) ? longRef(app, kind, ref, [...at, kind.field]) : undefined;
}

function longRef(app: App, kind: Ref, ref: JsonObject, at: Path): Part | undefined {
  const id = textAt(ref, 'identifier') ?? '';
  const field = id === '' ? 'name' : 'identifier';
  const name: Json | undefined =
    id === '' ? ref['name'] : (nameOfEntry(app, kind.entries, id) ?? UNKNOWN_VALUE);
  return mapPart(at, {
    name: name === undefined ? undefined : copied([...at, field], name),
    optional: ref['optional'] === true ? copied([...at, 'optional'], true) : undefined,
  });
}

/** The volumes of a controller's pods: claims, Secrets, ConfigMaps, and those that are written out. */
export function volumesPart(app: App, controller: string): Part | undefined {
  const volumes = entriesOf(app, 'persistence').flatMap(entry =>
    isMounted(entry, controller) ? (volumePart(app, entry) ?? []) : [],
  );
  return listPart(['persistence'], volumes);
}

function mountsPart(app: App, controller: string, container: string): Part | undefined {
  const mounts = entriesOf(app, 'persistence').flatMap(entry =>
    volumePart(app, entry) === undefined ? [] : mountsOf(entry, controller, container),
  );
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

/** Whether an entry is a claim, existing or made by the chart. */
function isClaim({ type = 'persistentVolumeClaim' }: JsonObject): boolean {
  return type === 'persistentVolumeClaim' || type === 'pvc';
}

function claimPart({ values, at, name }: Pick<AppEntry, 'values' | 'at' | 'name'>): Part {
  const existing = textAt(values, 'existingClaim') || undefined;
  const place = existing === undefined ? at : [...at, 'existingClaim'];
  return mapPart(at, { claimName: copied(place, existing ?? name) });
}

/** The volume of an entry; undefined for types that hold no Secrets. */
function volumePart(app: App, { id, values, at, name }: AppEntry): Part | undefined {
  const source = isClaim(values)
    ? { persistentVolumeClaim: claimPart({ values, at, name }) }
    : sourceOf(app, values, at);
  return source === undefined ? undefined : mapPart(at, { name: copied(at, id), ...source });
}

function sourceOf(app: App, values: JsonObject, at: Path): Record<string, Part> | undefined {
  const { type, volumeSpec } = values;
  const sourceFields = ['items', 'defaultMode', 'optional'];
  if (type === 'secret')
    return {
      secret: mapPart(at, {
        secretName: nameIn(app, values, at),
        ...picked(values, at, sourceFields),
      }),
    };
  if (type === 'configMap')
    return {
      configMap: mapPart(at, {
        name: nameIn(app, values, at),
        ...picked(values, at, sourceFields),
      }),
    };
  if (type === 'projected')
    return { projected: mapPart(at, picked(values, at, ['sources', 'defaultMode'])) };
  if (type !== 'custom' || !isMap(volumeSpec)) return undefined;
  const fields = Object.entries(volumeSpec).filter(([field]) => field !== 'name');
  return Object.fromEntries(
    fields.map(([field, value]) => [field, copied([...at, 'volumeSpec', field], value)]),
  );
}

/** The name of a Secret or ConfigMap; a name is preferred to an identifier. */
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

/** The claims that the chart makes, without existing ones (docs/facts/helm.md#volumes-of-app-template). */
export function claims(app: App): Brought[] {
  return entriesOf(app, 'persistence').flatMap(entry =>
    isClaim(entry.values) && !entry.values['existingClaim']
      ? [appObject(app, withPolicy(entry), TYPE, { spec: specPart(entry) })]
      : [],
  );
}

const TYPE = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/** `retain` stands for the annotation with which Helm keeps the claim. */
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
