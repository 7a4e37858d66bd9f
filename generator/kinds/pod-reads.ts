import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt } from '../ground/json.ts';
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
      readOf({
        name: secret,
        path: [...path, 'secretRef', 'name'],
        isOptional,
        how: 'envFrom',
      }),
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
  ];
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
