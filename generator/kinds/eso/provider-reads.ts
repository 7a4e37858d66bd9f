import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, textAt } from '../../ground/json.ts';
import type { How, Read } from '../secret-ends.ts';
import { refRead } from '../secret-refs.ts';

const SECRET_REF =
  /Ref$|^(accessKeyId|secretAccessKey|sessionToken|endpointCA|clientCert|clientKey|bearerToken)$/;

/**
 * References to keys of Secrets anywhere below a provider: every provider has them under names of
 * its own, and all have `name` and `key`. A ClusterSecretStore's name their namespace.
 */
export function providerReads(value: Json, path: Path, how: How = 'store'): Read[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => providerReads(entry, [...path, index], how));
  if (!isMap(value)) return [];
  const field = String(path.at(-1));
  const isCa = field === 'caProvider' && value['type'] === 'Secret';
  const isRef = how === 'cnpg' || isCa || SECRET_REF.test(field);
  if (isRef && typeof value['name'] === 'string' && typeof value['key'] === 'string') {
    return refRead(value, { path, how, namespace: textAt(value, 'namespace') });
  }
  return Object.entries(value).flatMap(([name, child]) =>
    providerReads(child, [...path, name], how),
  );
}
