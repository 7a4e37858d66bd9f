import { expect, test } from 'vitest';
import { runMain } from '../machine.ts';

async function found(bootstrap: string): Promise<string> {
  const manifests = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db, namespace: shop }
spec: { instances: 1, storage: { size: 1Gi }, bootstrap: ${bootstrap} }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - name: web
      image: example/web:1
      env: [{ name: PGHOST, value: db-rw }, { name: PGUSER, value: other }]
`;
  return (await runMain('.', 'lint -', manifests)).stdout;
}

test('a Cluster that starts empty has the roles that it names', async () => {
  expect(await found('{ initdb: { database: shop, owner: shop } }')).toContain('[unknown-login]');
  expect(await found('{ initdb: { database: other } }')).not.toContain('[unknown-login]');
});

test.for([
  '{ recovery: { source: old } }',
  '{ pg_basebackup: { source: old } }',
  '{ initdb: { import: { type: microservice } } }',
  '{ initdb: { postInitSQL: [CREATE ROLE other] } }',
  '{ initdb: { postInitSQLRefs: { configMapRefs: [] } } }',
  '{ initdb: { postInitApplicationSQL: [CREATE ROLE other] } }',
  '{ initdb: { postInitApplicationSQLRefs: { configMapRefs: [] } } }',
])('one that starts with %s may have others', async bootstrap => {
  expect(await found(bootstrap)).not.toContain('[unknown-login]');
});
