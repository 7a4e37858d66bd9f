import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { keys, lint, reads, store, web } from './shop.ts';

const CONFIG = '.rem-secrets-lint.yaml';

function lintWeb(config: string, ...more: readonly string[]): ReturnType<typeof lint> {
  return lint({ 'web.yaml': web, [CONFIG]: config }, ['web.yaml', ...more]);
}

test('the config in the working directory is read, or the one that is named instead', async () => {
  const files = [
    ['web.yaml', web],
    [CONFIG, 'outside: { secrets: { shop/web-keys: [code] } }\n'],
    ['ci/lint.yaml', 'outside: { secrets: { shop/web-keys: [token] } }\n'],
  ] as const;
  expect((await lint(files, ['web.yaml'])).found).toEqual(['web.yaml:18:65 unknown-secret-key']);
  expect((await lint(files, ['web.yaml', '--config', 'ci/lint.yaml'])).found).toEqual([]);
  expect((await lint(files.slice(0, 1), ['web.yaml'])).found).toEqual([`${reads} unknown-secret`]);
});

test.for(['', '# a comment\n', 'outside: {}\naccept: []\n', 'namespace: shop\n---\n'])(
  'the config %j changes nothing here',
  async config =>
    expect(await lintWeb(config)).toMatchObject({ status: 1, found: [`${reads} unknown-secret`] }),
);

test.for<[string, string]>([
  ['acept: []\n', `${CONFIG}:1:1 unknown-field`],
  ['failOn: never\n', `${CONFIG}:1:9 not-allowed`],
  ['accept: [{ rule: missing-reload }]\n', `${CONFIG}:1:10 missing-field`],
  ['outside: { secrets: { a: false } }\n', `${CONFIG}:1:26 not-allowed`],
  ['outside: { secrets: { a: [1] } }\n', `${CONFIG}:1:27 wrong-type`],
  ['outside: { secrets: { a: { b: c } } }\n', `${CONFIG}:1:23 wrong-type`],
  ['inventory: { aws: {} }\n', `${CONFIG}:1:14 illegal-name`],
  ['inventory: { ClusterSecretStore/aws: [a] }\n', `${CONFIG}:1:14 wrong-type`],
  ['inventory: { ClusterSecretStore/aws: { a: false } }\n', `${CONFIG}:1:43 not-allowed`],
  ['exclude: [/etc]\n', `${CONFIG}:1:11 illegal-value`],
  ['exclude: [../other]\n', `${CONFIG}:1:11 illegal-value`],
  ['exclude: [.]\n', `${CONFIG}:1:11 illegal-value`],
  ["exclude: ['test/*']\n", `${CONFIG}:1:11 illegal-value`],
  ['- accept\n', `${CONFIG}:1:1 wrong-type`],
  ['accept: [\n', `${CONFIG}:2:1 yaml-syntax`],
  ['failOn: warning\nfailOn: error\n', `${CONFIG}:2:1 duplicate-key`],
  ['failOn: warning\n---\nfailOn: error\n', `${CONFIG}:3:1 several-documents`],
])('with the config %j nothing is checked', async ([config, found]) => {
  expect(await lintWeb(config)).toEqual({
    status: 1,
    found: [found],
    summary: '1 error in no objects',
  });
});

test('what nobody applies is not found; what names it reads it all the same, and the summary says so', async () => {
  const files = [
    ['apps/web.yaml', web],
    ['test/keys.yaml', keys],
    ['test/store.yaml', store],
  ] as const;
  expect(await lint(files, ['.'])).toMatchObject({ status: 0 });
  const excluding = [...files, [CONFIG, 'exclude: [test/]\n']] as const;
  expect(await lint(excluding, ['.'])).toMatchObject({
    found: [`apps/${reads} unknown-secret`],
    summary: expect.stringContaining('1 error in 1 object; excluded: test/'),
  });
  const unknown = [...files, [CONFIG, 'exclude: [tset]\n']] as const;
  expect((await lint(unknown, ['.'])).found).toEqual([`${CONFIG}:1:11 nothing-excluded`]);
  expect((await lint(excluding, ['test'])).summary).toContain(' in 2 objects; ');
  const built = [
    ['apps/kustomization.yaml', 'resources: [web.yaml, ../test]\n'],
    ['test/kustomization.yaml', 'resources: [keys.yaml]\n'],
  ] as const;
  expect(await lint([...excluding, ...built], ['.'])).toMatchObject({
    summary: expect.stringContaining('2 objects'),
  });
});

test.for([
  ['absent.yaml', 'there is no file absent.yaml'],
  ['ci', 'ci is a folder'],
  ['latin.yaml', 'latin.yaml is not UTF-8'],
])('--config %s is wrong usage', async ([file = '', message]) => {
  const folder = folderOf([
    ['web.yaml', web],
    ['ci/lint.yaml', ''],
    ['latin.yaml', Buffer.from('# caf\xe9\n', 'latin1')],
  ]);
  expect(await runMain(folder, ['lint', '--config', file, 'web.yaml'])).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: ${message}\n`,
  });
});

test('namespace is where objects are that name none; the flag goes before it', async () => {
  const files = [
    ['keys.yaml', keys],
    ['store.yaml', store],
    ['web.yaml', web.replace('  namespace: shop\n', '')],
    [CONFIG, 'namespace: shop\n'],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual([]);
  expect((await lint(files, ['.', '--namespace', 'test'])).found).toEqual([
    'web.yaml:17:50 unknown-secret',
  ]);
});

test.for<[string, string[]]>([
  ['{ shop/web-keys: [token] }', []],
  ['{ web-keys: [token] }', []],
  ['{ shop/web-keys: true }', []],
  ['{ shop/web-keys: [] }', ['web.yaml:18:65 unknown-secret-key']],
  ['{ test/web-keys: [token] }', [`${reads} unknown-secret`]],
  ['{ other: true }', [`${reads} unknown-secret`]],
])('of Secrets outside %s, the shop finds', async ([secrets, found]) => {
  expect((await lintWeb(`outside: { secrets: ${secrets} }\n`)).found).toEqual(found);
});

test.for<[string, string[]]>([
  ['ClusterSecretStore/vault', []],
  ['ClusterSecretStore/other', ['keys.yaml:6:53 unknown-store']],
  ['SecretStore/shop/vault', ['keys.yaml:6:53 unknown-store']],
])('of objects outside, with %s the ExternalSecret finds its store', async ([object, found]) => {
  const files = { 'keys.yaml': keys, [CONFIG]: `outside: { objects: [${object}] }\n` };
  expect((await lint(files, ['keys.yaml'])).found).toEqual(found);
});

test('what a set has is what it has: a declaration outside does not add to it', async () => {
  const files = [
    ['shop.yaml', `${store}---\n${keys.replace('secretKey: token', 'secretKey: code')}`],
    ['web.yaml', web],
    [CONFIG, 'outside: { secrets: { shop/web-keys: [token] } }\n'],
  ] as const;
  expect((await lint(files, ['.'])).found).toEqual(['web.yaml:18:65 unknown-secret-key']);
});
