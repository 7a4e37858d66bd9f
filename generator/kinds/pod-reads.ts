import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import type { Container, Pod } from './pods.ts';
import type { How, Read } from './secret-ends.ts';
import { pullReads, readOf, refRead } from './secret-refs.ts';

/** All that a pod reads: variables, volumes, pull secrets. */
export function podReads({ path, spec, containers }: Pod): Read[] {
  return [
    ...containers.flatMap(containerReads),
    ...listAt(spec, 'volumes').flatMap((volume, index) =>
      isMap(volume) ? volumeReads(volume, [...path, 'volumes', index]) : [],
    ),
    ...pullReads(listAt(spec, 'imagePullSecrets'), [...path, 'imagePullSecrets']),
  ];
}

/** What the variables of a container read. */
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
  const { secret, csi } = volume;
  const own = isMap(secret) ? sourceReads(secret, 'secretName', [...path, 'secret'], 'volume') : [];
  const projected = listAt(volume, 'projected', 'sources').flatMap((source, index) => {
    const at = [...path, 'projected', 'sources', index, 'secret'];
    const found = isMap(source) ? source['secret'] : undefined;
    return isMap(found) ? sourceReads(found, 'name', at, 'projected') : [];
  });
  const publish = isMap(csi) ? csi['nodePublishSecretRef'] : undefined;
  return [
    ...own,
    ...projected,
    ...refRead(publish, { path: [...path, 'csi', 'nodePublishSecretRef'], how: 'csi' }),
    ...driverReads(volume, path),
  ];
}

/** Drivers of Kubernetes' own that sign in with a Secret (k8s.io/api 0.36, VolumeSource). */
const DRIVERS = ['cephfs', 'cinder', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'];

/** What a volume is reached with; a PersistentVolume's names its namespace too. */
export function driverReads(volume: JsonObject, path: Path): Read[] {
  const { secretName, secretNamespace } = mapAt(volume, 'azureFile');
  return [
    ...readOf({
      name: secretName,
      path: [...path, 'azureFile', 'secretName'],
      how: 'csi',
      ...(typeof secretNamespace === 'string' && { namespace: secretNamespace }),
    }),
    ...DRIVERS.flatMap(driver => secretRefRead(volume, path, driver, 'secretRef')),
  ];
}

/** The Secret that a driver's field names. */
export function secretRefRead(
  volume: JsonObject,
  path: Path,
  driver: string,
  field: string,
): Read[] {
  const ref = mapAt(volume, driver)[field];
  const namespace = textAt(ref, 'namespace');
  return refRead(ref, { path: [...path, driver, field], how: 'csi', namespace });
}

/** A Secret as files: all keys, or one read for each item. */
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
