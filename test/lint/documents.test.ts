import { expect, test } from 'vitest';
import { exits, folderOf, runMain } from '../machine.ts';
import { keys, lint, reads, store, stream, web } from './shop.ts';

function listOf(...manifests: readonly string[]): string {
  return `apiVersion: v1\nkind: List\nitems:\n${manifests.map(text => text.replaceAll(/^(?=.)/gm, '  ').replace(/^ {2}/, '- ')).join('')}`;
}

test('what is right is counted, and that is all', async () =>
  expect(await lint([['shop.yaml', stream(store, keys, web)]], ['shop.yaml'])).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in 3 objects',
  }));

test('a List is its items, at their own lines', async () => {
  expect((await lint([], ['-'], listOf(store, keys, web))).summary).toBe(
    'no findings in 3 objects',
  );
  const { found, summary } = await lint([], ['-'], listOf(store, web));
  expect(summary).toBe('1 error in 2 objects');
  expect(found).toEqual(['stdin:25:52 unknown-secret']);
});

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

test.for([
  ['a comment', '# nothing yet\n'],
  ['markers and comments', '---\n# a\n---\n---\n# b\n'],
  ['null', '~\n'],
  ['a List of nothing', 'apiVersion: v1\nkind: List\nitems: []\n'],
  ["Go's List of nothing", 'apiVersion: v1\nkind: SecretList\nitems: null\n'],
])('%s holds no object, and nothing is wrong with it', async ([, text = '']) => {
  expect(await lint([['a.yaml', text]], ['a.yaml'])).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in no objects',
  });
});

test('documents that are no objects are counted, and the others are checked', async () => {
  const { status, found, summary } = await lint([], ['-'], stream('a: b\n', web, '- text\n'));
  expect({ status, found }).toEqual({ status: 1, found: ['stdin:20:50 unknown-secret'] });
  expect(summary).toBe(
    '1 error in 1 object; not judged: 1 document that is no object, 1 document that is a list',
  );
  expect((await lint([], ['-'], 'text\n')).summary).toBe(
    'no findings in no objects; not judged: 1 document that is no object',
  );
});

test('an object of a kind that nobody knows is an object, whatever it holds', async () => {
  const kiosk = `apiVersion: example.org/v1
kind: Kiosk
metadata: { name: web, namespace: shop }
spec: { secretRef: { name: none }, data: 5, template: { spec: [] } }
`;
  expect(await lint([], ['-'], stream(kiosk, store, keys, web))).toMatchObject({
    found: ['stdin:4:28 unmade-reference'],
    summary: '1 warning in 4 objects',
  });
});

test('hooks of Helm make and read Secrets as all else does', async () => {
  const hook = (manifest: string, name: string): string =>
    `# Source: shop/templates/${name}.yaml\n${manifest.replace(
      /^metadata: .*$/m,
      `metadata: { name: ${name}, namespace: shop, annotations: { helm.sh/hook: pre-install } }`,
    )}`;
  const job = `apiVersion: batch/v1
kind: Job
metadata: {}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: migrate, image: "example/web:1", envFrom: [{ secretRef: { name: web-keys } }] }
`;
  const migrate = hook(job, 'migrate');
  expect((await lint([], ['-'], stream(store, hook(keys, 'web-keys'), migrate))).found).toEqual([]);
  expect((await lint([], ['-'], stream(store, migrate))).found).toEqual([
    'stdin:15:83 unknown-secret',
  ]);
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

test('objects of one name in two namespaces are two', async () => {
  const moved = (text: string): string =>
    text.replace('namespace: shop', 'namespace: test').replace(/\btoken\b/g, 'code');
  const both = stream(store, keys, moved(keys), web, moved(web));
  expect((await lint([], ['-'], both)).found).toEqual([]);
  const crossed = stream(
    store,
    keys,
    moved(keys),
    web.replace('namespace: shop', 'namespace: test'),
  );
  expect((await lint([], ['-'], crossed)).found).toEqual(['stdin:45:65 unknown-secret-key']);
});

test('--namespace is where objects are that name none', async () => {
  const shop = stream(store, keys, web.replace('  namespace: shop\n', ''));
  expect((await lint([], ['-', '--namespace', 'shop'], shop)).found).toEqual([]);
  expect((await lint([], ['-', '-n', 'other'], shop)).found).toEqual([
    'stdin:33:50 unknown-secret',
  ]);
  expect((await lint([], ['-'], shop)).found).toEqual(['stdin:19:1 missing-namespace']);
});

test('names that Flux fills in are not judged, and counted', async () => {
  const later = (text: string): string => text.replaceAll('web-keys', `'\${APP}-keys'`);
  expect(await lint([], ['-'], stream(store, later(web)))).toEqual({
    status: 0,
    found: [],
    summary: 'no findings in 2 objects; not judged: 1 name that another tool fills in',
  });
  expect((await lint([], ['-'], stream(store, later(keys), later(web)))).summary).toBe(
    'no findings in 3 objects; not judged: 2 names that another tool fills in',
  );
});

test('beside a broken file the good ones are checked', async () => {
  const files = { 'web.yaml': web, 'broken.yaml': stream(store, 'a: [\n') };
  const { found, summary } = exits(1, await lint(files, ['web.yaml', 'broken.yaml']));
  expect(found).toEqual(['broken.yaml:7:1 yaml-syntax', `${reads} unknown-secret`]);
  expect(summary).toBe('2 errors in 1 object; not judged: 1 file');
});

test('stdin is one more file', async () => {
  const files = [['web.yaml', web]] as const;
  expect((await lint(files, ['web.yaml', '-'], stream(store, keys))).found).toEqual([]);
  expect((await lint(files, ['web.yaml', '-'], stream(store))).found).toEqual([
    `${reads} unknown-secret`,
  ]);
});
