import { expect, test } from 'vitest';
import { podReading } from '../manifests.ts';
import { compared } from './repository.ts';

async function said(base: string, head: string): Promise<string[]> {
  const lines = (await compared(base, head)).split('\n');
  return lines.filter(line => /^(block|high|warn|new \w+): /.test(line));
}

const release = `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: shop }
spec:
  interval: 1h
  chart:
    spec: { chart: app-template, version: 4.2.0, sourceRef: { kind: HelmRepository, name: bjw-s } }
  values:
    controllers:
      web:
        annotations: { reloader.stakater.com/auto: 'true' }
        containers:
          app:
            image: { repository: example/web, tag: '1' }
            env:
              USER: { valueFrom: { secretKeyRef: { name: login, key: user } } }
              PASSWORD: { valueFrom: { secretKeyRef: { name: login, key: password } } }
`;

const login = (name: string, ...keys: string[]): string => `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: shop }
spec:
  refreshInterval: 1h
  secretStoreRef: { kind: ClusterSecretStore, name: store }
  data: [${keys.map(key => `{ secretKey: ${key}, remoteRef: { key: shop } }`)}]
---
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: store }
spec: { provider: { fake: { data: [] } } }
`;

test('a key or a Secret that only the values of a release read is missed all the same', async () => {
  const base = release + login('login', 'user', 'password');
  expect(await said(base, release + login('login', 'user'))).toEqual([
    'block: HelmRelease shop/web: Secret "login" loses the key "password", which Deployment "web" needs [secret-key-lost]',
  ]);
  expect(await said(base, release + login('logins', 'user', 'password'))).toEqual([
    'block: HelmRelease shop/web: nothing makes Secret "login" any more, and Deployment "web" reads it [secret-lost]',
  ]);
  expect(await said(base, base.replace("tag: '1'", "tag: '2'"))).toEqual([]);
});

const claim = (namespace: string): string => `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: ${namespace} }
spec:
  accessModes: [ReadWriteOnce]
  dataSourceRef: { apiGroup: volsync.backube, kind: ReplicationDestination, name: data-dst }
  resources: { requests: { storage: 1Gi } }
`;

const pod = (name: string, namespace: string): string =>
  `---\n${podReading('by-hand', name, namespace)}`;

test('a volume that is restored where it goes, and a Secret that is read there already', async () =>
  expect(
    await said(
      claim('shop') + pod('web', 'shop') + pod('old', 'tools'),
      claim('tools') + pod('web', 'tools') + pod('old', 'tools'),
    ),
  ).toEqual([
    'high: PersistentVolumeClaim tools/data: the PersistentVolumeClaim "data" moves from namespace "shop" to "tools": the new volume begins with what ReplicationDestination "data-dst" has, and what is written after that is not in it [namespace-move]',
  ]));

test('a null among the values of a release takes a default of its chart away', async () => {
  const head = release.replace('  values:\n', '  values:\n    defaultPodOptions: null\n');
  expect(await compared(release, head)).toContain('+ spec.values.defaultPodOptions');
});
