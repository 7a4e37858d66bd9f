import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** The names of a CNPG cluster's external clusters. */
export function externalClusters(cnpgCluster: PlacedObject): string[] {
  return listAt(specOf(cnpgCluster), 'externalClusters').flatMap(
    entry => textAt(entry, 'name') ?? [],
  );
}

/**
 * The roles that manifests give a CNPG cluster; undefined where data, SQL or another operator's
 * import brings more. Without an owner initdb takes the database's name, and without a database
 * `app` (cluster_defaults.go, defaultInitDB).
 */
export function declaredRoles(
  cnpgCluster: PlacedObject,
  databaseRoles: readonly PlacedObject[],
): Set<string> | undefined {
  const bootstrap = mapAt(specOf(cnpgCluster), 'bootstrap');
  const initdb = mapAt(bootstrap, 'initdb');
  const isFilled = [
    bootstrap['recovery'],
    bootstrap['pg_basebackup'],
    specOf(cnpgCluster)['replica'],
  ];
  if (isFilled.some(method => method !== undefined)) return undefined;
  if (Object.keys(initdb).some(field => /^post\w*SQL/.test(field) || field === 'import'))
    return undefined;
  return new Set([
    textAt(initdb, 'owner') ?? textAt(initdb, 'database') ?? 'app',
    'postgres',
    ...listAt(specOf(cnpgCluster), 'managed', 'roles').flatMap(role => textAt(role, 'name') ?? []),
    ...databaseRoles.map(role => textAt(specOf(role), 'name') ?? role.name),
  ]);
}
