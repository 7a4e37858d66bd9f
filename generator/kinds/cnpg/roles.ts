import { isMap, listAt, mapAt, textAt } from '../../core/json.ts';
import { type Kind, namedAfter, type PlacedObject, specOf } from '../kind.ts';
import { specFieldReads } from '../secret-refs.ts';
import { bootstrapOf, cnpgCluster, superuserOf } from './cluster.ts';
import { CNPG, RELOAD_LABEL, served } from './group.ts';

/** A role, and the version of its password's Secret that CNPG read last. */
interface TakenPassword {
  readonly role: string;
  readonly version: string;
  /** Whether CNPG set the password in the database; otherwise it tells only that it read the Secret. */
  readonly isSet: boolean;
}

/** The roles of a Cluster or DatabaseRole whose password from this Secret CNPG has read (docs/facts/cnpg.md#status). */
export function takenPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  if (live.known === databaseRole) {
    const version = textAt(live.json, 'status', 'secretResourceVersion');
    const isMeant = textAt(specOf(live), 'passwordSecret', 'name') === secret;
    const role = textAt(specOf(live), 'name') ?? live.name;
    return isMeant && version !== undefined ? [{ role, version, isSet: true }] : [];
  }
  if (live.known !== cnpgCluster) return [];
  return [...managedPasswords(live, secret), ...ownPasswords(live, secret)];
}

function managedPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  const all = mapAt(live.json, 'status', 'managedRolesStatus', 'passwordStatus');
  return listAt(specOf(live), 'managed', 'roles').flatMap(listed => {
    const role = textAt(listed, 'name') ?? '';
    const version = textAt(all, role, 'resourceVersion');
    const isMeant = textAt(listed, 'passwordSecret', 'name') === secret;
    return isMeant && version !== undefined ? [{ role, version, isSet: true }] : [];
  });
}

/** The owner and the superuser. A replica cluster has those of its source. */
function ownPasswords(live: PlacedObject, secret: string): TakenPassword[] {
  if (specOf(live)['replica'] !== undefined) return [];
  const versions = mapAt(live.json, 'status', 'secretsResourceVersion');
  const app = bootstrapOf(live.json);
  const superuser = superuserOf(live.json, live.name);
  const all = [
    { role: app.owner, secret: app.secret, field: 'applicationSecretVersion' },
    {
      role: superuser.isOn ? 'postgres' : undefined,
      secret: superuser.secret,
      field: 'superuserSecretVersion',
    },
  ];
  return all.flatMap(({ role, field, ...login }) => {
    const version = textAt(versions, field) ?? '';
    const isKnown = role !== undefined && version !== '' && login.secret === secret;
    return isKnown ? [{ role, version, isSet: false }] : [];
  });
}

/** The label that makes CNPG read a Secret again, for `kubectl label`. */
export const RELOADED: string = `${RELOAD_LABEL}=true`;

export const databaseRole: Kind = {
  group: CNPG,
  kind: 'DatabaseRole',
  served,
  reads: object => specFieldReads(object, 'cnpg', { passwordSecret: [] }),
  /** docs/facts/cnpg.md#client-certificates. */
  makes: object => {
    const certificate = specOf(object)['clientCertificate'];
    if (!isMap(certificate) || certificate['enabled'] === false) return [];
    return [namedAfter(`${object.name}-client-cert`, ['tls.crt', 'tls.key'])];
  },
  news: [{ version: '1.30', text: 'with clientCertificate it makes the Secret NAME-client-cert' }],
  changes: { fixedOnceSet: ['cluster.name', 'name'] },
};

/** The names of a CNPG cluster's external clusters. */
export function externalClusters(cnpgCluster: PlacedObject): string[] {
  return listAt(specOf(cnpgCluster), 'externalClusters').flatMap(
    entry => textAt(entry, 'name') ?? [],
  );
}

/** The fields of a CNPG cluster that name one of its external clusters, in its spec. */
export const COPY_SOURCES: readonly (readonly string[])[] = [
  ['bootstrap', 'recovery', 'source'],
  ['bootstrap', 'pg_basebackup', 'source'],
  ['bootstrap', 'initdb', 'import', 'source', 'externalCluster'],
];

/** The field that names the external cluster which it follows for as long as it is a replica. */
export const FOLLOWED_SOURCE: readonly string[] = ['replica', 'source'];

/**
 * The roles that manifests give a CNPG cluster; undefined where data or SQL brings more. The owner is by default the
 * database's name, and the database `app` (cluster_defaults.go, defaultInitDB).
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
