import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { given } from './given.ts';

/** The Secrets and ConfigMaps that a container has as files, by folder. Other volumes are for a patch. */
export function mountEntries(pod: JsonObject, container: JsonObject): JsonObject {
  const volumes = new Map(
    listAt(pod, 'volumes')
      .filter(isMap)
      .map(volume => [String(volume['name']), volume]),
  );
  const mounts = listAt(container, 'volumeMounts').filter(isMap);
  return Object.fromEntries(
    mounts.flatMap(({ name, mountPath, subPath }): [string, Json][] => {
      const entry = sourceEntry(volumes.get(String(name)) ?? {});
      return entry === undefined || subPath !== undefined ? [] : [[String(mountPath), entry]];
    }),
  );
}

function sourceEntry(volume: JsonObject): JsonObject | undefined {
  const { secret, configMap } = volume;
  const source = mapAt(secret ?? configMap);
  const name = textAt(source, isMap(secret) ? 'secretName' : 'name');
  if (name === undefined) return undefined;
  const items = listAt(source, 'items').filter(isMap);
  const keys = items.map(item => [String(item['key']), item['path'] ?? ''] as const);
  return given({
    [isMap(secret) ? 'secret' : 'configMap']: name,
    keys: Object.fromEntries(keys),
    optional: source['optional'],
  });
}
