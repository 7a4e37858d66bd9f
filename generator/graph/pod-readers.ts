import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt } from '../ground/json.ts';
import type { Item } from './item.ts';
import type { Container, Pod } from './pods.ts';
import type { How, Reader } from './secret-graph.ts';
import { pullReaders, readerOf, refReader } from './secret-refs.ts';

/** All that a pod reads: variables, volumes, pull secrets. */
export function podReaders({ item, path, spec, containers }: Pod): Reader[] {
  return [
    ...containers.flatMap(container => containerReaders(item, container)),
    ...listAt(spec, 'volumes').flatMap((volume, index) =>
      isMap(volume) ? volumeReaders(item, volume, [...path, 'volumes', index]) : [],
    ),
    ...pullReaders(item, listAt(spec, 'imagePullSecrets'), [...path, 'imagePullSecrets']),
  ];
}

/** What the variables of a container read. */
export function containerReaders(item: Item, { env, envFrom }: Container): Reader[] {
  return [
    ...env.flatMap(({ secret, path }) => {
      if (secret === undefined) return [];
      const ref = [...path, 'valueFrom', 'secretKeyRef'];
      const { name, key, isOptional } = secret;
      return readerOf(item, {
        name,
        path: [...ref, 'name'],
        key,
        keyPath: [...ref, 'key'],
        isOptional,
        how: 'env',
      });
    }),
    ...envFrom.flatMap(({ secret, path, isOptional }) =>
      readerOf(item, {
        name: secret,
        path: [...path, 'secretRef', 'name'],
        isOptional,
        how: 'envFrom',
      }),
    ),
  ];
}

function volumeReaders(item: Item, volume: JsonObject, path: Path): Reader[] {
  const { secret, csi } = volume;
  const own = isMap(secret)
    ? sourceReaders(item, secret, 'secretName', [...path, 'secret'], 'volume')
    : [];
  const projected = listAt(volume, 'projected', 'sources').flatMap((source, index) => {
    const at = [...path, 'projected', 'sources', index, 'secret'];
    const found = isMap(source) ? source['secret'] : undefined;
    return isMap(found) ? sourceReaders(item, found, 'name', at, 'projected') : [];
  });
  const publish = isMap(csi) ? csi['nodePublishSecretRef'] : undefined;
  return [
    ...own,
    ...projected,
    ...refReader(item, publish, [...path, 'csi', 'nodePublishSecretRef'], 'csi'),
  ];
}

/** A Secret as files: all keys, or one read for each item. */
function sourceReaders(
  item: Item,
  source: JsonObject,
  field: string,
  path: Path,
  how: How,
): Reader[] {
  const read = {
    name: source[field],
    path: [...path, field],
    isOptional: source['optional'] === true,
    how,
  };
  const items = listAt(source, 'items');
  if (!items.some(isMap)) return readerOf(item, read);
  return items.flatMap((entry, index) =>
    isMap(entry)
      ? readerOf(item, { ...read, key: entry['key'], keyPath: [...path, 'items', index, 'key'] })
      : [],
  );
}
