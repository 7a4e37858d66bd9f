import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';

function externalSecret(namespace: string, keys: readonly string[]): string {
  const data = keys.map(key => `  - { secretKey: ${key}, remoteRef: { key: /shop/${key} } }\n`);
  return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api-keys, namespace: ${namespace} }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data:
${data.join('')}`;
}

/** A side with two environments, each in a namespace of its own. */
function side(name: string, keys: readonly string[]): [string, string][] {
  return ['dev', 'prod'].flatMap(environment => [
    [`${name}/${environment}/kustomization.yaml`, 'resources: [secret.yaml]\n'],
    [`${name}/${environment}/secret.yaml`, externalSecret(environment, keys)],
  ]);
}

test("another environment's Secret is no effect of this one", async () => {
  const folder = folderOf([...side('base', ['a']), ...side('head', ['b'])]);
  const args = '--format json diff --base base --head head';
  const { secrets } = JSON.parse((await runMain(folder, args)).stdout);
  expect(secrets.map(({ environments }: { environments: string[] }) => environments)).toEqual([
    ['dev', 'prod'],
  ]);
});

test('what is read only when a Cluster is made gives its Secret no other values', async () => {
  const cluster = (recovery: string): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: shop-db, namespace: shop }
spec: { instances: 1, storage: { size: 1Gi }, bootstrap: { recovery: { ${recovery} } } }
`;
  const folder = folderOf([
    ['base.yaml', cluster('source: before')],
    ['head.yaml', cluster('source: after')],
    ['owner.yaml', cluster('source: before, owner: other')],
  ]);
  const effects = async (head: string): Promise<string> =>
    (await runMain(folder, ['diff', '--base', 'base.yaml', '--head', head])).stdout;
  expect(await effects('head.yaml')).not.toContain('its values may change');
  expect(await effects('owner.yaml')).toContain('its values may change');
});
