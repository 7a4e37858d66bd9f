import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { web } from './shop.ts';

test.for([
  ['UTF-16', Buffer.from(`\ufeff${web}`, 'utf16le')],
  ['Latin-1', Buffer.from(`# caf\u00e9\n${web}`, 'latin1')],
] as const)('a file in %s is an error, not something to skip', async ([, bytes]) => {
  for (const args of [['.'], ['a.yaml']]) {
    const { status, stdout } = await runMain(folderOf([['a.yaml', bytes]]), ['lint', ...args]);
    expect({ status, stdout }).toMatchObject({ status: 1 });
    expect(stdout).toContain('a.yaml:1:1: error: the file is not UTF-8, so it is not read');
  }
});

test('a spec that two kinds have through an alias stands in each', async () => {
  const list = `apiVersion: v1
kind: List
items:
  - apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: { name: a, namespace: shop }
    spec: &spec
      refreshInterval: 1h0m0s
      secretStoreRef: { name: none, kind: ClusterSecretStore }
      data: [{ secretKey: a, remoteRef: { key: a } }]
  - apiVersion: external-secrets.io/v1
    kind: ClusterExternalSecret
    metadata: { name: b }
    spec: { namespaces: [shop], externalSecretSpec: *spec }
`;
  const { stdout } = await runMain(folderOf([['a.yaml', list]]), '--format json lint a.yaml');
  expect(JSON.parse(stdout).findings.map(({ field }: { field: string }) => field)).toEqual([
    expect.stringMatching(/spec\.secretStoreRef\.name$/),
    expect.stringMatching(/spec\.externalSecretSpec\.secretStoreRef\.name$/),
  ]);
});
