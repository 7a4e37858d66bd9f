import { textAt } from '../core/json.ts';
import type { Container } from './pods.ts';

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
  const [, told] =
    /(?:^|[-.])pg(\d{1,2})(?!\d)/.exec(tag) ?? /^v?(\d{1,2})(?![\d])/.exec(tag) ?? [];
  const major = Number(told);
  return major >= OLDEST ? major : undefined;
}
