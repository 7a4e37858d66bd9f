import { isMap, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import type { Item } from './item.ts';
import { containerReaders } from './pod-readers.ts';
import { containerOf } from './pods.ts';
import type { Reader } from './secret-graph.ts';
import { pullReaders, readerOf, refReader } from './secret-refs.ts';
import { storeReaders } from './store-readers.ts';

/** Fields of a CNPG Cluster that name a Secret, or a key of one. */
export function cnpgReaders(item: Item, spec: JsonObject): Reader[] {
  const at = (value: unknown, ...path: string[]): Reader[] =>
    readerOf(item, { name: textAt(value, ...path), path: ['spec', ...path], how: 'cnpg' });
  const logins = ['initdb', 'recovery', 'pg_basebackup'].flatMap(method =>
    at(spec, 'bootstrap', method, 'secret', 'name'),
  );
  const roles = listAt(spec, 'managed', 'roles').flatMap((role, index) =>
    isMap(role)
      ? refReader(
          item,
          role['passwordSecret'],
          ['spec', 'managed', 'roles', index, 'passwordSecret'],
          'cnpg',
        )
      : [],
  );
  const external = listAt(spec, 'externalClusters').flatMap((entry, index) =>
    isMap(entry) ? storeReaders(item, entry, ['spec', 'externalClusters', index], 'cnpg') : [],
  );
  const certificates = [
    'serverCASecret',
    'serverTLSSecret',
    'clientCASecret',
    'replicationTLSSecret',
  ];
  const container = containerOf(item, spec, ['spec'], 'main');
  return [
    ...containerReaders(item, container),
    ...logins,
    ...at(spec, 'superuserSecret', 'name'),
    ...roles,
    ...external,
    ...certificates.flatMap(field => at(spec, 'certificates', field)),
    ...storeReaders(
      item,
      mapAt(spec, 'backup', 'barmanObjectStore'),
      ['spec', 'backup', 'barmanObjectStore'],
      'cnpg',
    ),
    ...pullReaders(item, listAt(spec, 'imagePullSecrets'), ['spec', 'imagePullSecrets']),
  ];
}
