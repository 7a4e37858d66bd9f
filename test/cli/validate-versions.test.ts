import { expect, test } from 'vitest';
import { exits, folderOf, runMain } from '../machine.ts';

/** A database whose patch has a field of CloudNativePG 1.30. */
const spec = (
  versions: string,
  patch = '{ primaryLease: {} }',
): string => `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  versions: ${versions}
  databases:
    db:
      database: shop
      owner: shop
      storage: 1Gi
      patch: { Cluster: { spec: ${patch} } }
  resources:
    reader:
      object:
        apiVersion: postgresql.cnpg.io/v1
        kind: DatabaseRole
        metadata: { name: reader }
        spec: { name: reader, cluster: { name: db } }
`;

const secret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api }
spec:
  target: { creationPolicy: CreateOrMerge }
  data: [{ secretKey: a, remoteRef: { key: /a } }]
`;

async function validate(files: readonly (readonly [string, string])[], ...args: readonly string[]) {
  const { stdout, stderr } = await runMain(folderOf(files), ['validate', ...args]);
  return `${stdout}${stderr}`.split('\n').filter(line => /error: |hint: |objects,/.test(line));
}

test('the versions of the spec choose the schemas, for ajv and for kubeconform', async () => {
  const files = [
    ['rem-secrets.yaml', spec('{ cloudnativePg: 1.29 }', '{ priorityClassName: db }')],
  ] as const;
  const folder = folderOf(files);
  expect((await runMain(folder, 'expand')).status).toBe(0);
  const { status, stderr, stdout } = await runMain(folder, 'validate');
  expect({ status, stdout }).toEqual({ status: 1, stdout: 'base: 3 objects, 1 invalid\n' });
  expect(stderr).toContain(
    'rem-secrets.yaml:14:5: error: DatabaseRole reader: this version has no DatabaseRole',
  );
  expect(stderr).not.toContain('validators-disagree');
  expect(await runMain(folder, 'validate --versions cloudnativePg=1.30')).toMatchObject({
    status: 0,
    stdout: 'base: 3 objects, none invalid\n',
  });
});

test('a patch is held by the version that the spec tells', async () => {
  const render = async (versions: string): Promise<{ status: number | null; stderr: string }> =>
    runMain(folderOf({ 'rem-secrets.yaml': spec(versions) }), 'render');
  expect((await render('{ cloudnativePg: 1.30 }')).status).toBe(0);
  expect(await render('{ cloudnativePg: 1.29 }')).toMatchObject({ status: 1 });
  expect((await render('{ cloudnativePg: 1.29 }')).stderr).toContain(
    'there is no field "primaryLease"',
  );
});

test('what only another version takes is said', async () => {
  const files = [['a.yaml', secret]] as const;
  const place =
    'a.yaml:5:29: error: ExternalSecret api: "creationPolicy" does not allow "CreateOrMerge" [not-allowed]';
  expect(await validate(files, 'a.yaml')).toEqual([
    'a.yaml: 1 objects, 1 invalid',
    place,
    '  hint: Write one of: Owner, Orphan, Merge, None. Did you mean "Merge"? External Secrets Operator 2.x takes it: where that runs, say so by --versions, or by "versions" of the spec.',
  ]);
  expect(await validate(files, 'a.yaml', '--versions', 'externalSecrets=1.3')).toEqual([
    'a.yaml: 1 objects, 1 invalid',
    place,
    '  hint: Remove it, or run External Secrets Operator 2.x: that takes it.',
  ]);
  expect(await validate(files, 'a.yaml', '--versions', 'externalSecrets=2.x')).toEqual([
    'a.yaml: 1 objects, none invalid',
  ]);
});

test('of a version that may have more fields those are refused that seem misspelt', async () => {
  const newer = secret.replace('target:', 'brandNew: 1\n  target:');
  const misspelt = secret.replace('target:', 'refreshIntervall: 1h\n  target:');
  const flags = ['--versions', 'externalSecrets=2.x'];
  expect(await validate([['a.yaml', newer]], 'a.yaml', ...flags)).toEqual([
    'a.yaml: 1 objects, none invalid',
  ]);
  expect((await validate([['a.yaml', misspelt]], 'a.yaml', ...flags)).slice(0, 2)).toEqual([
    'a.yaml: 1 objects, 1 invalid',
    'a.yaml:5:3: error: ExternalSecret api: there is no field "refreshIntervall" here [unknown-field]',
  ]);
});

test.for([
  ['2.x', false],
  ['2.9', false],
  ['2.8', true],
  ['1.3', true],
] as const)('ESO %s: the defaults of a remoteRef are written: %s', async ([version, isWritten]) => {
  const text = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  versions: { externalSecrets: ${version} }
  stores: { aws: { aws: { region: eu-central-1, service: ParameterStore } } }
  secrets: { api: { store: aws, keys: { token: /shop/token } } }
`;
  const { stdout } = exits(0, await runMain(folderOf({ 'rem-secrets.yaml': text }), 'render'));
  expect(stdout.includes('conversionStrategy: Default')).toBe(isWritten);
});
