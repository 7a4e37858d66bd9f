import type { Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { providerReads } from '../eso/provider-reads.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import { containerReads } from '../pod-reads.ts';
import { containerOf } from '../pods.ts';
import type { Read } from '../secret-ends.ts';
import { CERTIFICATE_KEYS, pullReads, readOf, refRead } from '../secret-refs.ts';

/** The keys of a login that the operator looks for (docs/facts/cnpg.md#given-logins). */
const LOGIN_KEYS = ['username', 'password'];

/** What is looked for in each given certificate (CloudNativePG 1.30, docs/src/certificates.md). */
const CERTIFICATES: Readonly<Record<string, readonly string[]>> = {
  serverCASecret: ['ca.crt'],
  serverTLSSecret: CERTIFICATE_KEYS,
  clientCASecret: ['ca.crt'],
  replicationTLSSecret: CERTIFICATE_KEYS,
};

/** Fields of a CNPG Cluster that name a Secret, or a key of one. */
export function cnpgClusterReads(object: PlacedObject): Read[] {
  const spec = specOf(object);
  const at = (needs: readonly string[], ...path: string[]): Read[] =>
    readOf({ name: textAt(spec, ...path), path: ['spec', ...path], how: 'cnpg', needs });
  return [
    ...containerReads(containerOf(object, spec, ['spec'], 'main')),
    ...['initdb', 'recovery', 'pg_basebackup'].flatMap(method =>
      at(LOGIN_KEYS, 'bootstrap', method, 'secret', 'name'),
    ),
    ...at(LOGIN_KEYS, 'superuserSecret', 'name'),
    ...listAt(spec, 'managed', 'roles').flatMap((role, index) =>
      refRead(mapAt(role)['passwordSecret'], {
        path: ['spec', 'managed', 'roles', index, 'passwordSecret'],
        how: 'cnpg',
        needs: LOGIN_KEYS,
      }),
    ),
    ...listAt(spec, 'externalClusters').flatMap((entry, index) =>
      isMap(entry) ? providerReads(entry, ['spec', 'externalClusters', index], 'cnpg') : [],
    ),
    ...Object.entries(CERTIFICATES).flatMap(([field, needs]) => at(needs, 'certificates', field)),
    ...backupReads(spec, ['spec', 'backup', 'barmanObjectStore']),
    ...pullReads(listAt(spec, 'imagePullSecrets'), ['spec', 'imagePullSecrets']),
  ];
}

function backupReads(spec: JsonObject, path: Path): Read[] {
  return providerReads(mapAt(spec, 'backup', 'barmanObjectStore'), path, 'cnpg');
}

/** Whether it is the login of the role that owns the databases. */
export function isOwnersLogin({ path: [, field] }: Read): boolean {
  return field === 'bootstrap';
}

/** Whether CNPG sets a password from what it reads: the owner's, the superuser's or a role's. */
export function isCnpgPassword({ how, path }: Read): boolean {
  if (how !== 'cnpg') return false;
  const [, field, sub] = path;
  return (
    (field === 'bootstrap' && sub === 'initdb') ||
    field === 'superuserSecret' ||
    (field === 'managed' && path.includes('passwordSecret'))
  );
}
