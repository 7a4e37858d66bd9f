import type { Path } from '../../core/finding.ts';
import { type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved, type KubeObject } from '../../core/kube-object.ts';
import type { KeySet, Kind, Served } from '../kind.ts';
import type { Container } from '../pods.ts';

/** CloudNativePG, 1.30: its CRDs, api/v1 and internal/webhook. */
export const CNPG = 'postgresql.cnpg.io';
export const CNPG_V1: string = `${CNPG}/v1`;
export const served: Served = { versions: ['v1'], since: 'CloudNativePG 1.15' };

export function cnpgKind(kind: string): Pick<Kind, 'group' | 'kind' | 'served'> {
  return { group: CNPG, kind, served };
}

/** The label with which CNPG follows changes of a Secret (docs/facts/cnpg.md#reload-label). */
export const RELOAD_LABEL = 'cnpg.io/reload';

/** Whether labels have it. CNPG ignores its value. */
export function hasReloadLabel(labels: JsonObject): boolean {
  return Object.hasOwn(labels, RELOAD_LABEL);
}

/** The newest operator that we know, which a spec without cnpgVersion means. */
export const CNPG_VERSION = '1.30.0';

/** The keys of `NAME-app` and `NAME-superuser` by the operator's version (docs/facts/cnpg.md#login-secret). */
export function loginKeys(version: string): KeySet {
  const keys = ['username', 'password', 'pgpass'];
  if (isFrom(version, [1, 19, 5], [1, 20, 3]))
    keys.push('user', 'dbname', 'host', 'port', 'uri', 'jdbc-uri');
  if (isFrom(version, [1, 25, 3], [1, 26, 1])) keys.push('fqdn-uri', 'fqdn-jdbc-uri');
  return { keys: new Set(keys), isOpen: false };
}

/** The keys of the certificate Secrets `NAME-ca`, `-server` and `-replication`, by suffix. */
export function certificateKeys(suffix: string): KeySet | undefined {
  if (suffix === 'ca') return { keys: new Set(['ca.crt', 'ca.key']), isOpen: false };
  const isPair = suffix === 'server' || suffix === 'replication';
  return isPair ? { keys: new Set(['tls.crt', 'tls.key']), isOpen: false } : undefined;
}

type Version = readonly [number, number, number];

function isFrom(version: string, old: Version, next: Version): boolean {
  const parts = version.split('.').map(Number);
  const isAtLeast = ([major, minor, patch]: Version): boolean => {
    const [a = 0, b = 0, c = 0] = parts;
    return a !== major ? a > major : b !== minor ? b > minor : c >= patch;
  };
  return isAtLeast(next) || (parts[1] === old[1] && isAtLeast(old));
}

export interface PostgresVersion {
  /** default: the operator chooses. unreadable: the tag has no version, and the operator rejects it. */
  readonly from: 'image' | 'catalog' | 'default' | 'unreadable' | 'unresolved';
  readonly major?: number;
  readonly text: string;
  readonly path: Path;
}

/** The major version: of the catalog, or the first digits of the image's tag (CNPG 1.30.0, api/v1/cluster_funcs.go, GetPostgresqlMajorVersion; machinery 0.5.0, pkg/postgres/version). */
export function postgresVersion(cnpgCluster: KubeObject): PostgresVersion {
  const spec = mapAt(cnpgCluster, 'spec');
  const { major, name } = mapAt(spec, 'imageCatalogRef');
  if (typeof major === 'number')
    return { from: 'catalog', major, text: `catalog "${name}"`, path: CATALOG };
  const image = textAt(spec, 'imageName') ?? '';
  if (image === '') return { from: 'default', text: "the operator's default image", path: IMAGE };
  const found = { text: `image "${image}"`, path: IMAGE };
  const digits = /:(\d+)[^/:]*$/.exec(image.replace(/@.*$/s, ''))?.[1];
  if (digits !== undefined) return { from: 'image', major: Number(digits), ...found };
  return { from: isUnresolved(image) ? 'unresolved' : 'unreadable', ...found };
}

const CATALOG = ['spec', 'imageCatalogRef', 'major'];
const IMAGE = ['spec', 'imageName'];

/** Images of servers whose names, in their last part, do not contain `postgres`. */
const OTHERS = /^(pgvector|pgvecto-rs|postgis|timescaledb|timescaledb-ha)$/;

/** Images with `postgres` in their names that are no servers: exporters, clients, backups. */
const BESIDE =
  /exporter|backup|operator|client|init|restore|dump|admin|upgrade|proxy|bouncer|pool|mcp|postgrest/;

/** A smaller number is not the version of PostgreSQL: `timescaledb:2.17.2`. */
const OLDEST = 9;

/** The major version of a PostgreSQL server that a container runs, as its image's tag tells (docs/facts/operators.md#images-of-postgresql). */
export function postgresMajorOf({ spec }: Container): number | undefined {
  const [image = ''] = (textAt(spec, 'image') ?? '').split('@');
  const [name = '', tag = ''] = image.slice(image.lastIndexOf('/') + 1).split(':');
  const isServer = OTHERS.test(name) || (name.includes('postgres') && !BESIDE.test(name));
  if (!isServer) return undefined;
  const [, digits] =
    /(?:^|[-.])pg(\d{1,2})(?!\d)/.exec(tag) ?? /^v?(\d{1,2})(?![\d])/.exec(tag) ?? [];
  const major = Number(digits);
  return major >= OLDEST ? major : undefined;
}
