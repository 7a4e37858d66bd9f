import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, root, runMain } from '../machine.ts';
import { cnpgCluster, configMap, fluxKustomization } from '../manifests.ts';
import { commit, type Files, repositoryOf } from './repository.ts';

const kustomization = (name: string): string => fluxKustomization(name, `clusters/main/${name}`);

const CLUSTER = cnpgCluster();

const claim = (name: string, storage: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name}, namespace: shop }
spec: { accessModes: [ReadWriteOnce], storageClassName: ${storage}, resources: { requests: { storage: 1Gi } } }
`;

const config = (name: string): string => configMap(name, `{ page: ${name} }`);

const release = (version: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: cache, namespace: shop }
spec:
  interval: 1h
  chart: { spec: { chart: valkey, version: ${version}, sourceRef: { kind: HelmRepository, name: charts } } }
`;

const claims = (storage: string): string =>
  ['cart', 'orders', 'users'].map(name => claim(name, storage)).join('---\n');

const BASE: Files = {
  ...Object.fromEntries(
    ['web', 'database', 'mail'].map(name => [`flux/${name}.yaml`, kustomization(name)]),
  ),
  'clusters/main/web/claims.yaml': claims('fast'),
  'clusters/main/web/cache.yaml': release('1.0.0'),
  'clusters/main/web/cluster.yaml': CLUSTER,
  'clusters/main/database/settings.yaml': config('settings'),
  'clusters/main/mail/kustomization.yaml': 'resources: [settings.yaml]\nlabels: []\n',
  'clusters/main/mail/settings.yaml': config('mail'),
};

const HEAD: Files = {
  'clusters/main/web/claims.yaml': claims('faster'),
  'clusters/main/web/cache.yaml': release('2.0.0'),
  'clusters/main/web/cluster.yaml': undefined,
  'clusters/main/database/cluster.yaml': CLUSTER.replace('5Gi', '8Gi'),
  'clusters/main/web/pages.yaml': ['about', 'cart', 'home', 'imprint', 'login']
    .map(config)
    .join('---\n'),
  'clusters/main/mail/kustomization.yaml': 'resources: [setings.yaml]\nlabels: []\n',
};

test('the example of the documentation is what is said', async () => {
  const folder = repositoryOf(BASE);
  commit(folder, HEAD);
  const { stdout } = exits(1, await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD'));
  const file = join(root, 'docs/rendered-diff.md');
  const text = readFileSync(file, 'utf8').replace(/(?<=```text\n)[\s\S]*?(?=```)/, () => stdout);
  await expect(text).toMatchFileSnapshot(file);
});
