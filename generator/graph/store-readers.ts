import type { Path } from '../ground/finding.ts';
import { isMap, type Json, textAt } from '../ground/json.ts';
import type { Item } from './item.ts';
import type { How, Reader } from './secret-graph.ts';
import { refReader } from './secret-refs.ts';

const SECRET_REF =
  /Ref$|^(accessKeyId|secretAccessKey|sessionToken|endpointCA|clientCert|clientKey|bearerToken)$/;

/**
 * References to keys of Secrets anywhere below a provider: every provider has them under names of
 * its own, and all have `name` and `key`. A ClusterSecretStore's name their namespace.
 */
export function storeReaders(item: Item, value: Json, path: Path, how: How = 'store'): Reader[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => storeReaders(item, entry, [...path, index], how));
  if (!isMap(value)) return [];
  const field = String(path.at(-1));
  const isCa = field === 'caProvider' && value['type'] === 'Secret';
  const isRef = how === 'cnpg' || isCa || SECRET_REF.test(field);
  if (isRef && typeof value['name'] === 'string' && typeof value['key'] === 'string') {
    return refReader(item, value, path, how, textAt(value, 'namespace') ?? item.namespace);
  }
  return Object.entries(value).flatMap(([name, child]) =>
    storeReaders(item, child, [...path, name], how),
  );
}
