import type { Fault, Path, Report } from '../core/finding.ts';
import type { Json, JsonObject, MapInValue } from '../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, scalarText, textAt, textsIn } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { oncePer } from '../core/once.ts';
import type { How, KeySet, ObjectField, PlacedObject, Read } from './kind.ts';
import { specOf } from './kind.ts';
import { fieldReads, readOf } from './secret-refs.ts';

/** The pod spec in an object: of a Pod, or of a template. */
export interface Pod extends ObjectField {
  readonly spec: JsonObject;
  readonly containers: readonly Container[];
}

/** A container; an OpenTelemetryCollector's spec counts as one. */
export interface Container extends ObjectField {
  readonly spec: JsonObject;
  readonly name: string;
  readonly role: 'init' | 'sidecar' | 'main' | 'ephemeral';
  readonly env: readonly EnvEntry[];
  readonly envFrom: readonly EnvFromEntry[];
}

interface EnvEntry {
  readonly name: string;
  readonly path: Path;
  readonly value: string | undefined;
  readonly secret: (Pick<Read, 'key' | 'isOptional'> & { readonly name: string }) | undefined;
  readonly configMap: EnvEntry['secret'];
}

export interface EnvFromEntry {
  readonly path: Path;
  readonly prefix: string;
  readonly secret: string | undefined;
  readonly configMap: string | undefined;
  readonly isOptional: boolean;
}

export function podOf(object: PlacedObject): Pod | undefined {
  const place = object.knownKind?.pods;
  if (place === undefined) return undefined;
  const pod = podAt(object, place.path, mapAt(object.json, ...place.path));
  if (!place.isContainer) return pod;
  const main = containerOf(object, specOf(object), place.path, 'main');
  return { ...pod, containers: [main, ...pod.containers] };
}

const CONTAINERS = ['initContainers', 'containers', 'additionalContainers', 'ephemeralContainers'];

export function podAt(object: PlacedObject, path: Path, spec: JsonObject): Pod {
  const containers = CONTAINERS.flatMap(field =>
    mapsAt(spec, path, field).map(({ map, path: at }) =>
      containerOf(object, map, at, roleOf(field, map)),
    ),
  );
  return { object, path, spec, containers };
}

/** A container, or another map with env and envFrom. */
export function containerOf(
  object: PlacedObject,
  spec: JsonObject,
  path: Path,
  role: Container['role'],
): Container {
  return {
    object,
    path,
    spec,
    name: scalarText(spec['name'] ?? object.name),
    role,
    env: mapsAt(spec, path, 'env').map(envEntry),
    envFrom: mapsAt(spec, path, 'envFrom').map(envFromEntry),
  };
}

function envEntry({ map, path }: MapInValue): EnvEntry {
  const [name, value] = [scalarText(map['name']), textAt(map, 'value')];
  const { secretKeyRef, configMapKeyRef } = mapAt(map, 'valueFrom');
  return { name, path, value, secret: keyIn(secretKeyRef), configMap: keyIn(configMapKeyRef) };
}

function keyIn(ref: Json | undefined): EnvEntry['secret'] {
  if (!isMap(ref)) return undefined;
  const isOptional = ref['optional'] === true;
  return { name: scalarText(ref['name']), key: textAt(ref, 'key'), isOptional };
}

function envFromEntry({ map, path }: MapInValue): EnvFromEntry {
  const [field] = ['secretRef', 'configMapRef'].filter(name => isMap(map[name]));
  const ref = mapAt(map, field ?? '');
  const name = scalarText(ref['name']);
  return {
    path,
    prefix: textAt(map, 'prefix') ?? '',
    secret: field === 'secretRef' ? name : undefined,
    configMap: field === 'configMapRef' ? name : undefined,
    isOptional: ref['optional'] === true,
  };
}

function roleOf(field: string, { restartPolicy }: JsonObject): Container['role'] {
  if (field === 'ephemeralContainers') return 'ephemeral';
  if (field !== 'initContainers') return 'main';
  return restartPolicy === 'Always' ? 'sidecar' : 'init';
}

/** A text of a container in which the kubelet replaces `$(NAME)`. */
export interface ExpandedText {
  readonly text: string;
  readonly path: Path;
  /** Its index in env; absent for words of the command and its arguments, which may name all variables. */
  readonly index?: number;
}

/** The texts of a container in which the kubelet replaces `$(NAME)`. A collector's arguments are a map. */
export function expandedTexts({ env, path, spec }: Container): ExpandedText[] {
  return [
    ...env.flatMap(({ value, path: at }, index): ExpandedText[] =>
      value === undefined ? [] : [{ text: value, path: [...at, 'value'], index }],
    ),
    ...['command', 'args'].flatMap(field => textsIn(spec[field], [...path, field])),
    ...mapsAt(spec, path, 'volumeMounts').flatMap(({ map, path: at }) =>
      textsIn(map['subPathExpr'], [...at, 'subPathExpr']),
    ),
  ];
}

/** Whether a pod is whole, and not a patch of one: each container has an image. */
export function isWholePod({ object, containers }: Pod): boolean {
  const isContainer = object.knownKind?.pods?.isContainer === true;
  return containers.every(({ spec }) => isContainer || spec['image'] !== undefined);
}

/** Whether the pods of a workload run until something replaces them: those of a Job do not. */
export function isLasting({ object }: Pod): boolean {
  return object.knownKind?.pods?.isLasting?.(object) ?? false;
}

export const PULLS = { 'imagePullSecrets.*': [] } as const;

/** All reads of a pod: by variables, volumes and pull secrets. */
export function podReads({ path, spec, containers }: Pod): Read[] {
  return [
    ...containers.flatMap(container => containerReads(container)),
    ...mapsAt(spec, path, 'volumes').flatMap(volumeReads),
    ...fieldReads(spec, path, 'pull', PULLS),
  ];
}

/** The ConfigMaps that a pod needs by name, and the keys of them that it names. */
export const configMapReads: (pod: Pod) => readonly Read[] = oncePer(
  ({ path, spec, containers }) => {
    const inVolumes = mapsAt(spec, path, 'volumes').flatMap(volume =>
      [volume, ...mapsAt(volume.map, volume.path, 'projected', 'sources')].flatMap(
        ({ map, path: at }) =>
          sourceReads(mapAt(map, 'configMap'), 'name', [...at, 'configMap'], 'volume'),
      ),
    );
    return [...containers.flatMap(each => containerReads(each, 'configMap')), ...inVolumes];
  },
);

/** What variables of a container are read of: Secrets, or ConfigMaps. */
export function containerReads(
  { env, envFrom }: Container,
  what: 'secret' | 'configMap' = 'secret',
): Read[] {
  return [
    ...env.flatMap(({ path, [what]: ref }) => {
      if (ref === undefined) return [];
      const at = [...path, 'valueFrom', `${what}KeyRef`];
      return readOf({ ...ref, path: [...at, 'name'], keyPath: [...at, 'key'], how: 'env' });
    }),
    ...envFrom.flatMap(({ path, isOptional, [what]: name }) =>
      readOf({ name, path: [...path, `${what}Ref`, 'name'], isOptional, how: 'envFrom' }),
    ),
  ];
}

function volumeReads({ map: volume, path }: MapInValue): Read[] {
  return [
    ...secretSources(volume, path).flatMap(({ source, field, path: at, how }) =>
      sourceReads(source, field, at, how),
    ),
    ...fieldReads(volume, path, 'csi', { 'csi.nodePublishSecretRef': [] }),
    ...driverReads(volume, path),
  ];
}

interface SecretSource {
  readonly source: JsonObject;
  readonly field: 'secretName' | 'name';
  readonly path: Path;
  readonly how: How;
}

/** The Secrets of a volume: its own, and those that are projected. */
export function secretSources(volume: unknown, path: Path): SecretSource[] {
  const { secret } = mapAt(volume);
  const projected = mapsAt(volume, path, 'projected', 'sources').flatMap((part): SecretSource[] => {
    const source = part.map['secret'];
    const at = [...part.path, 'secret'];
    return isMap(source) ? [{ source, field: 'name', path: at, how: 'projected' }] : [];
  });
  if (!isMap(secret)) return projected;
  const at = [...path, 'secret'];
  return [{ source: secret, field: 'secretName', path: at, how: 'volume' }, ...projected];
}

/** Volume types of Kubernetes itself that log in with a Secret (k8s.io/api 0.36, VolumeSource). */
const DRIVERS = ['cephfs', 'cinder', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'];
const LOGINS = Object.fromEntries(DRIVERS.map(driver => [`${driver}.secretRef`, []]));

/** The Secrets with which drivers reach a volume. In a PersistentVolume they have a namespace too. */
export function driverReads(volume: JsonObject, path: Path): Read[] {
  const { secretName: name } = mapAt(volume, 'azureFile');
  const namespace = textAt(volume, 'azureFile', 'secretNamespace');
  return [
    ...readOf({ name, path: [...path, 'azureFile', 'secretName'], how: 'csi', namespace }),
    ...fieldReads(volume, path, 'csi', LOGINS),
  ];
}

/** The reads of a Secret as files: one of all keys, or one for each item. */
export function sourceReads(source: JsonObject, field: string, path: Path, how: How): Read[] {
  const isOptional = source['optional'] === true;
  const read = { name: source[field], path: [...path, field], isOptional, how };
  const items = mapsAt(source, path, 'items');
  if (items.length === 0) return readOf(read);
  const keys = items.map(({ map, path: at }) => ({ key: map['key'], keyPath: [...at, 'key'] }));
  return keys.flatMap(key => readOf({ ...read, ...key }));
}

/** A Secret whose content a running container keeps when the Secret changes. */
export interface FrozenRead {
  readonly secret: string;
  /** Undefined: all keys, or not known. */
  readonly key: string | undefined;
  readonly path: Path;
  readonly how: 'variable' | 'subPath';
}

/** What containers read only at their start: variables, and files mounted with subPath (kubernetes.io, Secrets). */
export const frozenReads: (pod: Pod) => readonly FrozenRead[] = oncePer(({ containers, spec }) => {
  const volumes = new Map(
    listAt(spec, 'volumes').map(volume => [textAt(volume, 'name'), secretSources(volume, [])]),
  );
  return containers
    .filter(({ role }) => role === 'main' || role === 'sidecar')
    .flatMap(container => [
      ...containerReads(container).map(({ secret, key, path }): FrozenRead => {
        const entry = path.slice(0, container.path.length + 2);
        return { secret, key, path: entry, how: 'variable' };
      }),
      ...mapsAt(container.spec, container.path, 'volumeMounts').flatMap(({ map, path }) => {
        const mounted = ['subPath', 'subPathExpr'].find(name => Boolean(textAt(map, name)));
        const sources = volumes.get(textAt(map, 'name') ?? '') ?? [];
        return sources.flatMap(({ source, field }): FrozenRead[] => {
          const secret = textAt(source, field);
          if (!secret || mounted === undefined) return [];
          const key = keyOf(source, textAt(map, 'subPath')?.split('/')[0]);
          return [{ secret, key, path: [...path, mounted], how: 'subPath' }];
        });
      }),
    ]);
});

function keyOf(source: JsonObject, file: string | undefined): string | undefined {
  const items = listAt(source, 'items');
  const item = items.find(entry => textAt(entry, 'path')?.split('/')[0] === file);
  return items.length === 0 || file === undefined ? file : textAt(item, 'key');
}

interface Mount extends Pick<Container, 'path' | 'spec'> {
  readonly container: Container;
  readonly volume: string;
}

export function mountsOf({ containers }: Pod): Mount[] {
  return containers.flatMap(container =>
    ['volumeMounts', 'volumeDevices'].flatMap(field =>
      mapsAt(container.spec, container.path, field).flatMap(({ map, path }): Mount[] => {
        const volume = textAt(map, 'name');
        return volume === undefined ? [] : [{ container, volume, path, spec: map }];
      }),
    ),
  );
}

/** The names of a pod's volumes, with those of volumeClaimTemplates. */
export function volumeNames({ object, spec }: Pod): Set<string> {
  const volumes = listAt(spec, 'volumes').flatMap(volume => textAt(volume, 'name') ?? []);
  return new Set([...volumes, ...claimNames(object)]);
}

function claimNames(object: PlacedObject): string[] {
  return listAt(specOf(object), 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  );
}

export function claimVolumes(pod: Pod): { readonly claim: string; readonly path: Path }[] {
  return mapsAt(pod.spec, pod.path, 'volumes').flatMap(({ map, path: at }) => {
    const claim = textAt(map, 'persistentVolumeClaim', 'claimName');
    const path = [...at, 'persistentVolumeClaim', 'claimName'];
    return claim === undefined ? [] : [{ claim, path }];
  });
}

/** The volumes of a container that outlive its pod: entries of `volumes`, and `{ name }` for each volumeClaimTemplate. */
export function keptVolumes(pod: Pod, container: Container): JsonObject[] {
  const mounted = new Set(
    mountsOf(pod).flatMap(mount => (mount.container === container ? [mount.volume] : [])),
  );
  const declared = listAt(pod.spec, 'volumes').filter(isMap);
  return [
    ...declared.filter(
      volume => mounted.has(scalarText(volume['name'])) && KEPT.some(field => isMap(volume[field])),
    ),
    ...claimNames(pod.object).flatMap(name => (mounted.has(name) ? [{ name }] : [])),
  ];
}

const KEPT = ['persistentVolumeClaim', 'hostPath', 'nfs', 'iscsi', 'csi', 'cephfs', 'rbd'];

/** The variables of a container, for `orderEnv`. */
export interface Environment {
  readonly env: readonly JsonObject[];
  /** The words of the command and its arguments, which may refer to variables. */
  readonly words: readonly { readonly text: string; readonly path: Path }[];
  /** Variables that come first, in this order; all others as they stand. */
  readonly order: readonly string[];
  /** Variables from envFrom, which count as defined before all others. */
  readonly before: KeySet;
  readonly path: Path;
}

/** To a shell `$(date)` is a command; the names of variables are in capitals. */
export const IN_CAPITALS: RegExp = /^[A-Z_][A-Z0-9_]*$/;

/** Kubernetes sets these in every container, whatever enableServiceLinks says. */
const ALWAYS_SET = /^KUBERNETES_(SERVICE_(HOST|PORT)|PORT)/;

/** The variables in their `order`, then the others, each after those that it refers to (docs/facts/kubernetes.md#variables). */
export function orderEnv(environment: Environment, report: Report): JsonObject[] {
  const byName = new Map(environment.env.map(variable => [scalarText(variable['name']), variable]));
  const names = [...environment.order.filter(name => byName.has(name)), ...byName.keys()];
  const ordered = new Set<JsonObject>();
  const visit = (name: string, chain: readonly string[]): void => {
    const variable = byName.get(name);
    if (variable === undefined || ordered.has(variable)) return;
    if (chain.includes(name)) {
      report(cycle(environment, name, chain));
      return;
    }
    for (const used of references(scalarText(variable['value'])))
      if (used !== name || !environment.before.keys.has(name)) visit(used, [...chain, name]);
    ordered.add(variable);
  };
  for (const name of names) visit(name, []);
  for (const fault of undefinedNames(environment, byName)) report(fault);
  return [...ordered];
}

/** The names in `$(NAME)`; `$$(NAME)` is an escape. */
export function references(value: string): string[] {
  if (!value.includes('$(')) return [];
  return [...value.matchAll(/\$\$|\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g)].flatMap(
    ([, name]) => name ?? [],
  );
}

function* undefinedNames(
  { env, words, before, path }: Environment,
  byName: ReadonlyMap<string, unknown>,
): Iterable<Fault> {
  if (before.isOpen) return;
  const isDefined = (name: string): boolean =>
    byName.has(name) || before.keys.has(name) || ALWAYS_SET.test(name);
  const undefinedIn = (text: string): string[] => references(text).filter(name => !isDefined(name));
  const defined = [...byName.keys(), ...before.keys];
  for (const { name, value } of env)
    for (const used of undefinedIn(scalarText(value)))
      yield unknownVariable(used, defined, [...path, 'env', scalarText(name)]);
  for (const { text, path: at } of words)
    for (const used of undefinedIn(text).filter(name => IN_CAPITALS.test(name)))
      yield unknownVariable(used, defined, at);
}

function unknownVariable(name: string, defined: Iterable<string>, path: Path): Fault {
  return {
    id: 'unknown-variable',
    message: `$(${name}) refers to a variable that is not defined`,
    hint: `${knownNames('variables', name, defined)} For the text itself write $$(${name}).`,
    path,
  };
}

function cycle({ path }: Environment, name: string, chain: readonly string[]): Fault {
  const loop = [...chain.slice(chain.indexOf(name)), name];
  return {
    id: 'variable-cycle',
    message: `variables refer to each other in a circle: ${loop.join(' → ')}`,
    hint: 'Write one of them without $(…).',
    path: [...path, 'env', name],
  };
}
