import { expect, test } from 'vitest';
import { compared } from './repository.ts';

/** A workload with the name of its Secret, and with faults: no pull secret, a key that is not there. */
const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      imagePullSecrets: [{ name: registry }]
      containers:
        - name: web
          image: example/shop:1
          env:
            - { name: TOKEN, valueFrom: { secretKeyRef: { name: shop, key: tokn } } }
            - { name: HOST, value: shop-db-rw.shop.svc }
          envFrom: [{ secretRef: { name: shop } }]
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: { name: shop, namespace: shop }
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  data:
    - { secretKey: token, remoteRef: { key: shop, property: token } }
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: shop-db, namespace: shop }
spec: { instances: 1, storage: { size: 1Gi } }
`;

async function told(base: string, head: string): Promise<unknown> {
  const { risks, findings } = JSON.parse(await compared(base, head, 'json')) as {
    readonly risks: readonly { readonly rule: string; readonly message: string }[];
    readonly findings: readonly { readonly id: string }[];
  };
  return [...risks.map(({ rule }) => rule), ...findings.map(({ id }) => id)];
}

const unplaced = manifests.replaceAll(', namespace: shop }', ' }');

test.for<[string, string, string]>([
  ['the workload', manifests, manifests.replace('name: shop,', 'name: store,')],
  ['a namespace that something else gave before', unplaced, manifests],
  ['a namespace that something else gives now', manifests, unplaced],
])('a new name brings no old faults: %s', async ([, base, head]) => {
  expect(await told(base, head)).toEqual([]);
});

test('in another namespace a Secret that is made by hand is missing anew', async () => {
  const moved = manifests.replaceAll(', namespace: shop }', ', namespace: store }');
  expect(await told(manifests, moved)).toEqual(['namespace-move', 'namespace-move']);
});

test('what was right under the old name and is wrong under the new one is told', async () => {
  const head = manifests.replace('name: shop,', 'name: store,');
  expect(await told(manifests.replace('tokn', 'token'), head)).toEqual(['secret-key-lost']);
});

test('the order of variables makes no new finding', async () => {
  const secret = (name: string): string => `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: shop }
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  data: [{ secretKey: key, remoteRef: { key: ${name} } }]
`;
  const variable = (name: string): string =>
    `{ name: ${name.toUpperCase()}, valueFrom: { secretKeyRef: { name: ${name}, key: key } } }`;
  const web = (env: readonly string[]): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example/web:1, env: [${env.map(variable).join(', ')}] }] }
`;
  const set = (env: readonly string[]) => [secret('mail'), secret('pay'), web(env)].join('---');
  expect(await told(set(['mail', 'pay']), set(['pay', 'mail']))).toEqual(['pods-restarted']);
});
