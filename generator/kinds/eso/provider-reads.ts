import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, textAt } from '../../ground/json.ts';
import type { How, Read } from '../secret-ends.ts';
import { refRead } from '../secret-refs.ts';

/**
 * References to keys of Secrets anywhere below a provider: every provider has them under names of
 * its own, and all have `name` and `key`, which nothing else has but two that may name a ConfigMap
 * (ESO's schema of a ClusterSecretStore). A ClusterSecretStore's name their namespace.
 */
export function providerReads(value: Json, path: Path, how: How = 'store'): Read[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => providerReads(entry, [...path, index], how));
  if (!isMap(value) || isOfConfigMap(value, path)) return [];
  if (typeof value['name'] === 'string' && typeof value['key'] === 'string')
    return refRead(value, { path, how, namespace: textAt(value, 'namespace') });
  return Object.entries(value).flatMap(([name, child]) =>
    providerReads(child, [...path, name], how),
  );
}

function isOfConfigMap(value: JsonObject, path: Path): boolean {
  const field = path.at(-1);
  return field === 'credConfig' || (field === 'caProvider' && value['type'] !== 'Secret');
}
