import type { Path } from '../core/finding.ts';
import {
  isMap,
  type JsonObject,
  listAt,
  mapAt,
  scalarText,
  textAt,
  textsIn,
  valueAt,
} from '../core/json.ts';
import { type How, type ObjectField, type PlacedObject, type Read, specOf } from './kind.ts';
import { fieldReads, readOf } from './secret-refs.ts';

/** The pod spec in an object: of a Pod, or of a template. */
export interface Pod {
  readonly object: PlacedObject;
  /** From the object. */
  readonly path: Path;
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
  readonly value?: string;
  readonly secret?: { readonly name: string; readonly key?: string; readonly isOptional: boolean };
}

export interface EnvFromEntry {
  readonly path: Path;
  readonly prefix: string;
  readonly secret?: string;
  readonly configMap?: string;
  readonly isOptional: boolean;
}

/** The pods that an object runs. */
export function podOf(object: PlacedObject): Pod | undefined {
  const place = object.known?.pods;
  if (place === undefined) return undefined;
  const pod = podAt(object, place.path);
  if (!place.isContainer) return pod;
  return {
    ...pod,
    containers: [containerOf(object, specOf(object), place.path, 'main'), ...pod.containers],
  };
}

/** The pod whose spec is at a path of an object. */
export function podAt(object: PlacedObject, path: Path): Pod {
  const found = valueAt(object.json, path);
  const spec = isMap(found) ? found : {};
  const containers = (
    ['initContainers', 'containers', 'additionalContainers', 'ephemeralContainers'] as const
  ).flatMap(field =>
    listAt(spec, field).flatMap((entry, index) =>
      isMap(entry)
        ? [containerOf(object, entry, [...path, field, index], roleOf(field, entry))]
        : [],
    ),
  );
  return { object, path, spec, containers };
}

/** A container, or another value with env and envFrom. */
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
    env: listAt(spec, 'env').flatMap((entry, index) =>
      isMap(entry) ? [envEntry(entry, [...path, 'env', index])] : [],
    ),
    envFrom: listAt(spec, 'envFrom').flatMap((entry, index) =>
      isMap(entry) ? [envFromEntry(entry, [...path, 'envFrom', index])] : [],
    ),
  };
}

function envEntry(entry: JsonObject, path: Path): EnvEntry {
  const { name, value } = entry;
  const ref = mapAt(entry, 'valueFrom')['secretKeyRef'];
  return {
    name: scalarText(name),
    path,
    ...(typeof value === 'string' && { value }),
    ...(isMap(ref) && {
      secret: {
        name: scalarText(ref['name']),
        ...(typeof ref['key'] === 'string' && { key: ref['key'] }),
        isOptional: ref['optional'] === true,
      },
    }),
  };
}

function envFromEntry(entry: JsonObject, path: Path): EnvFromEntry {
  const { secretRef, configMapRef, prefix } = entry;
  const ref = isMap(secretRef) ? secretRef : isMap(configMapRef) ? configMapRef : {};
  const name = scalarText(ref['name']);
  return {
    path,
    prefix: typeof prefix === 'string' ? prefix : '',
    ...(isMap(secretRef) ? { secret: name } : isMap(configMapRef) && { configMap: name }),
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
    ...listAt(spec, 'volumeMounts').flatMap((mount, index) => {
      const text = textAt(mount, 'subPathExpr');
      const at = [...path, 'volumeMounts', index, 'subPathExpr'];
      return text === undefined ? [] : [{ text, path: at }];
    }),
  ];
}

/** Whether a pod is whole, and not a patch of one: each container has an image. */
export function isWholePod({ object, containers }: Pod): boolean {
  const isContainer = object.known?.pods?.isContainer === true;
  return containers.every(({ spec }) => isContainer || spec['image'] !== undefined);
}

/** Whether the pods of a workload run until something replaces them: those of a Job do not. */
export function isLasting({ object }: Pod): boolean {
  return object.known?.pods?.isLasting?.(object) ?? false;
}

/** The Secrets with which images are pulled. */
export const PULLS = { 'imagePullSecrets.*': [] } as const;

/** All reads of a pod: by variables, volumes and pull secrets. */
export function podReads({ path, spec, containers }: Pod): Read[] {
  return [
    ...containers.flatMap(containerReads),
    ...listAt(spec, 'volumes').flatMap((volume, index) =>
      isMap(volume) ? volumeReads(volume, [...path, 'volumes', index]) : [],
    ),
    ...fieldReads(spec, path, 'pull', PULLS),
  ];
}

/** The reads of the variables of a container. */
export function containerReads({ env, envFrom }: Container): Read[] {
  return [
    ...env.flatMap(({ secret, path }) => {
      if (secret === undefined) return [];
      const ref = [...path, 'valueFrom', 'secretKeyRef'];
      const { name, key, isOptional } = secret;
      return readOf({
        name,
        path: [...ref, 'name'],
        key,
        keyPath: [...ref, 'key'],
        isOptional,
        how: 'env',
      });
    }),
    ...envFrom.flatMap(({ secret, path, isOptional }) =>
      readOf({ name: secret, path: [...path, 'secretRef', 'name'], isOptional, how: 'envFrom' }),
    ),
  ];
}

function volumeReads(volume: JsonObject, path: Path): Read[] {
  const { secret } = volume;
  const secretRead = isMap(secret)
    ? sourceReads(secret, 'secretName', [...path, 'secret'], 'volume')
    : [];
  const projected = listAt(volume, 'projected', 'sources').flatMap((source, index) => {
    const at = [...path, 'projected', 'sources', index, 'secret'];
    const found = isMap(source) ? source['secret'] : undefined;
    return isMap(found) ? sourceReads(found, 'name', at, 'projected') : [];
  });
  return [
    ...secretRead,
    ...projected,
    ...fieldReads(volume, path, 'csi', { 'csi.nodePublishSecretRef': [] }),
    ...driverReads(volume, path),
  ];
}

/** Kubernetes' own drivers that log in with a Secret (k8s.io/api 0.36, VolumeSource). */
const DRIVERS = ['cephfs', 'cinder', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'];
const LOGINS = Object.fromEntries(DRIVERS.map(driver => [`${driver}.secretRef`, []]));

/** The Secrets with which drivers reach a volume. In a PersistentVolume they have a namespace too. */
export function driverReads(volume: JsonObject, path: Path): Read[] {
  const { secretName, secretNamespace } = mapAt(volume, 'azureFile');
  return [
    ...readOf({
      name: secretName,
      path: [...path, 'azureFile', 'secretName'],
      how: 'csi',
      ...(typeof secretNamespace === 'string' && { namespace: secretNamespace }),
    }),
    ...fieldReads(volume, path, 'csi', LOGINS),
  ];
}

/** The reads of a Secret as files: one of all keys, or one for each item. */
export function sourceReads(source: JsonObject, field: string, path: Path, how: How): Read[] {
  const read = {
    name: source[field],
    path: [...path, field],
    isOptional: source['optional'] === true,
    how,
  };
  const items = listAt(source, 'items');
  if (!items.some(isMap)) return readOf(read);
  return items.flatMap((entry, index) =>
    isMap(entry)
      ? readOf({ ...read, key: entry['key'], keyPath: [...path, 'items', index, 'key'] })
      : [],
  );
}

/** A Secret whose content a running container keeps when the Secret changes. */
export interface FrozenRead {
  readonly secret: string;
  /** Absent: all keys, or not known. */
  readonly key?: string;
  readonly path: Path;
  readonly how: 'variable' | 'subPath';
}

/** What containers read only at their start: variables, and files mounted with subPath (kubernetes.io, Secrets). */
export function frozenReads({ containers, spec }: Pod): FrozenRead[] {
  const volumes = volumeSecrets(listAt(spec, 'volumes'));
  return containers
    .filter(({ role }) => role === 'main' || role === 'sidecar')
    .flatMap(container => [
      ...container.env.flatMap(({ secret, path }): FrozenRead[] =>
        secret === undefined ? [] : [{ ...namesOf(secret), path, how: 'variable' }],
      ),
      ...container.envFrom.flatMap(({ secret, path }): FrozenRead[] =>
        secret === undefined ? [] : [{ secret, path, how: 'variable' }],
      ),
      ...listAt(container.spec, 'volumeMounts').flatMap((mount, index): FrozenRead[] => {
        const field = ['subPath', 'subPathExpr'].find(name => Boolean(textAt(mount, name)));
        if (field === undefined) return [];
        const path = [...container.path, 'volumeMounts', index, field];
        const sources = volumes.get(textAt(mount, 'name') ?? '') ?? [];
        const file = textAt(mount, 'subPath')?.split('/')[0];
        return sources.map(({ secret, keyOf }) => {
          const key = file === undefined ? undefined : keyOf(file);
          return { secret, ...(key !== undefined && { key }), path, how: 'subPath' };
        });
      }),
    ]);
}

function namesOf({ name, key }: { readonly name: string; readonly key?: string }) {
  return { secret: name, ...(key !== undefined && { key }) };
}

/** The Secrets of each volume, by the volume's name. */
function volumeSecrets(volumes: readonly unknown[]) {
  return new Map(
    volumes.filter(isMap).map(volume => {
      const projected = listAt(volume, 'projected', 'sources').flatMap(source =>
        volumeSource(mapAt(source, 'secret'), 'name'),
      );
      return [
        scalarText(volume['name']),
        [...volumeSource(mapAt(volume, 'secret'), 'secretName'), ...projected],
      ];
    }),
  );
}

/** The Secret of a source. Without items each key is a file with its name. */
function volumeSource(source: JsonObject, field: string) {
  const secret = textAt(source, field);
  if (secret === undefined) return [];
  const items = listAt(source, 'items');
  const keyOf = (file: string): string | undefined => {
    const item = items.find(entry => textAt(entry, 'path')?.split('/')[0] === file);
    return items.length === 0 ? file : textAt(item, 'key');
  };
  return [{ secret, keyOf }];
}

/** A place where a container mounts a volume, or uses it as a device. */
interface Mount {
  readonly container: Container;
  readonly volume: string;
  readonly path: Path;
  readonly spec: JsonObject;
}

/** The mounts of all containers of a pod. */
export function mountsOf({ containers }: Pod): Mount[] {
  return containers.flatMap(container =>
    ['volumeMounts', 'volumeDevices'].flatMap(field =>
      listAt(container.spec, field).flatMap((spec, index): Mount[] => {
        const volume = textAt(spec, 'name');
        if (volume === undefined || !isMap(spec)) return [];
        return [{ container, volume, path: [...container.path, field, index], spec }];
      }),
    ),
  );
}

/** The names of a pod's volumes, with those of volumeClaimTemplates. */
export function volumeNames({ object, spec }: Pod): Set<string> {
  const volumes = listAt(spec, 'volumes').flatMap(volume => textAt(volume, 'name') ?? []);
  const claims = listAt(specOf(object), 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  );
  return new Set([...volumes, ...claims]);
}

interface SubPathRead {
  readonly pod: Pod;
  readonly path: Path;
  readonly secret: string;
  readonly subPath: string;
  /** The files that the volume has; undefined: one for each key. */
  readonly files: readonly string[] | undefined;
}

/** The mounts of Secrets with subPath. Optional Secrets are left out, as they may have no keys. */
export function subPathReads(pod: Pod): SubPathRead[] {
  const volumes = new Map(
    listAt(pod.spec, 'volumes').map(volume => [textAt(volume, 'name'), mapAt(volume, 'secret')]),
  );
  return mountsOf(pod).flatMap(({ volume, path, spec }): SubPathRead[] => {
    const subPath = textAt(spec, 'subPath') ?? '';
    const source = volumes.get(volume) ?? {};
    const secret = textAt(source, 'secretName');
    if (subPath === '' || secret === undefined || source['optional'] === true) return [];
    const items = listAt(source, 'items');
    const files = items.length === 0 ? undefined : items.map(item => textAt(item, 'path') ?? '');
    return [{ pod, path: [...path, 'subPath'], secret, subPath, files }];
  });
}

interface ClaimVolume {
  readonly claim: string;
  readonly path: Path;
}

/** The claims that a pod names. */
export function claimVolumes({ spec, path }: Pod): ClaimVolume[] {
  return listAt(spec, 'volumes').flatMap((volume, index) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    const at = [...path, 'volumes', index, 'persistentVolumeClaim', 'claimName'];
    return claim === undefined ? [] : [{ claim, path: at }];
  });
}

/** The mounted volumes that outlive the pod: the sources of volumes, and claims of a StatefulSet by their names. */
export function keptVolumes(pod: Pod, container: Container): JsonObject[] {
  const mounted = new Set(
    mountsOf(pod).flatMap(mount => (mount.container === container ? [mount.volume] : [])),
  );
  const declared = listAt(pod.spec, 'volumes').filter(isMap);
  const claims = listAt(specOf(pod.object), 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  );
  return [
    ...declared.filter(
      ({ name, ...source }) =>
        mounted.has(String(name)) && KEPT.some(field => isMap(source[field])),
    ),
    ...claims.filter(name => mounted.has(name)).map(name => ({ name })),
  ];
}

const KEPT = ['persistentVolumeClaim', 'hostPath', 'nfs', 'iscsi', 'csi', 'cephfs', 'rbd'];
