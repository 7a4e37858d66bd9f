import { expect, test } from 'vitest';
import { compared } from './repository.ts';

const secret = (...keys: readonly string[]): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: db, namespace: shop }
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  target: { name: db }
  data:
${keys.map(key => `    - { secretKey: ${key}, remoteRef: { key: db, property: ${key} } }\n`).join('')}`;

const web = (migrate: string, main: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { reloader.stakater.com/auto: 'true' } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers:
        - { name: wait, image: example/wait:1 }
        - { name: migrate, image: example/migrate:1, ${migrate} }
      containers:
        - { name: web, image: example/web:1, ${main} }
`;

const whole = 'envFrom: [{ secretRef: { name: db } }]';
const byKey = 'env: [{ name: A, valueFrom: { secretKeyRef: { name: db, key: admin } } }]';
const nothing = 'env: []';

test.for<[what: string, migrate: string, main: string, told: string]>([
  ['a key', byKey, nothing, 'needs in the init container "migrate"; initContainers[1]'],
  ['a key', byKey, byKey, 'needs; initContainers[1]'],
  ['all', whole, nothing, 'starts without in the init container "migrate"; initContainers[1]'],
  ['all', whole, whole, 'starts without; containers[0]'],
])('who reads %s is told by the container: %s, %s', async ([, migrate, main, told]) => {
  const [base, head] = [
    secret('user', 'admin') + web(migrate, main),
    secret('user') + web(migrate, main),
  ];
  const [{ message, field }] = JSON.parse(await compared(base, head, 'json')).risks.filter(
    ({ rule }: Record<string, string>) => rule === 'secret-key-lost',
  );
  const verb = /Deployment "web" (.*)$/.exec(message)?.[1];
  expect(`${verb}; ${field.split('.')[3]}`).toBe(told);
});
