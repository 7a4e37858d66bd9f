import { expect, test } from 'vitest';
import type { JsonObject } from '../../generator/core/json.ts';
import { effectiveForm } from '../../generator/diff/field-changes.ts';

const locale = { encoding: 'UTF8', localeCollate: 'C', localeCType: 'C' };

function bootstrapOf(apiVersion: string, spec: JsonObject): unknown {
  const object = { apiVersion, kind: 'Cluster', metadata: { name: 'shop-db' }, spec };
  return (effectiveForm(object)['spec'] as JsonObject)['bootstrap'];
}

test.for<[string, JsonObject, JsonObject]>([
  ['no bootstrap', {}, { initdb: { ...locale, database: 'app', owner: 'app' } }],
  [
    'the owner is named after the database',
    { bootstrap: { initdb: { database: 'shop' } } },
    { initdb: { ...locale, database: 'shop', owner: 'shop' } },
  ],
  [
    'what is written stays',
    { bootstrap: { initdb: { database: 'shop', owner: 'web', encoding: 'LATIN1' } } },
    { initdb: { ...locale, database: 'shop', owner: 'web', encoding: 'LATIN1' } },
  ],
  [
    'a monolith import has no database of its own',
    { bootstrap: { initdb: { import: { type: 'monolith' } } } },
    { initdb: { ...locale, import: { type: 'monolith' } } },
  ],
  [
    'recovery',
    { bootstrap: { recovery: { source: 'origin' } } },
    { recovery: { source: 'origin', database: 'app', owner: 'app' } },
  ],
  [
    'pg_basebackup',
    { bootstrap: { pg_basebackup: { source: 'origin', database: 'shop' } } },
    { pg_basebackup: { source: 'origin', database: 'shop', owner: 'shop' } },
  ],
])('bootstrap as the operator completes it: %s', ([, spec, filled]) => {
  expect(bootstrapOf('postgresql.cnpg.io/v1', spec)).toEqual(filled);
});

test("another project's Cluster has no bootstrap", () =>
  expect(bootstrapOf('cluster.x-k8s.io/v1beta1', {})).toBeUndefined());
