import { expect, test } from 'vitest';
import { web } from '../lint/shop.ts';
import { expectStdout, folderOf, runMain } from '../machine.ts';

const reader = (secret: string): string => web.replace('name: web-keys', `name: ${secret}`);

const sides = (config?: string): string =>
  folderOf([
    ['base/web.yaml', reader('known')],
    [
      'base/known.yaml',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: known, namespace: shop }\nstringData: { token: x }\n',
    ],
    ['head/web.yaml', reader('vaults')],
    ...(config === undefined ? [] : [['head/.rem-secrets-lint.yaml', config] as const]),
  ]);

const diff = (folder: string, ...flags: string[]): ReturnType<typeof runMain> =>
  runMain(folder, ['diff', '--base', 'base', '--head', 'head', ...flags]);

test('a Secret that nobody makes is a blocker', async () =>
  expectStdout(await diff(sides()), 1, '[secret-lost]'));

test('one that head declares as outside is none', async () => {
  const { stdout } = await diff(sides('outside: { secrets: { shop/vaults: true } }'));
  expect(stdout).not.toContain('[secret-lost]');
  expect(stdout).not.toContain('[unknown-secret]');
});

test('what head accepts newly does not hide its own error, and is said', async () => {
  const accept = (folder: string): ReturnType<typeof diff> =>
    diff(
      folderOf({
        'base/web.yaml': reader('known'),
        'base/known.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: { name: known, namespace: shop }\n',
        'head/known.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: { name: known, namespace: shop }\n',
        'head/web.yaml': reader('known').replace('kind: Deployment', 'kind: Deployment\nspcc: {}'),
        [`${folder}/.rem-secrets-lint.yaml`]:
          'accept: [{ rule: invalid-object, object: "Deployment/*/*", reason: it is known }]\n',
      }),
    );
  const hidden = await accept('head');
  expect(hidden.status).toBe(1);
  expect(hidden.stdout).toContain(
    '.rem-secrets-lint.yaml changes accept: the review goes by what base says there',
  );
  expect((await accept('base')).status).toBe(0);
});

test('a config that is wrong is told with its place, and the review is not whole', async () =>
  expectStdout(await diff(sides('outsid: {}')), 1, 'head/.rem-secrets-lint.yaml:1:1'));

test('what base excludes is not compared, and said; what head adds to the list does not hide itself', async () => {
  const exclude = 'exclude: [known.yaml]\n';
  expect((await diff(sides(exclude))).stdout).toContain('[secret-lost]');
  const both = folderOf([
    ['base/.rem-secrets-lint.yaml', exclude],
    ['base/known.yaml', reader('known')],
    ['head/web.yaml', reader('known').replace('name: web', 'name: other')],
  ]);
  const { stdout } = await diff(both);
  expect(stdout).toMatch(/^\+ Deployment shop\/other/m);
  expect(stdout).not.toMatch(/^- /m);
  expect(stdout).toContain('not seen: excluded by the config of lint: known.yaml');
});

test('--config names one elsewhere; a missing one is an error', async () => {
  expectStdout(await diff(sides(), '--config', 'nowhere.yaml'), 1, 'there is no file nowhere.yaml');
});

test('what a repository excludes is not read for a folder of it, unless that is what is compared', async () => {
  const repository = (side: string, secret: string): [string, string][] => [
    [`${side}/.git/HEAD`, 'ref: refs/heads/main\n'],
    [`${side}/.rem-secrets-lint.yaml`, 'exclude: [samples]\n'],
    [`${side}/apps/web.yaml`, reader(secret)],

    [`${side}/samples/web.yaml`, reader(secret)],
  ];
  const folder = folderOf([...repository('old', 'known'), ...repository('new', 'vaults')]);
  const compared = (path: string): ReturnType<typeof runMain> =>
    runMain(folder, ['diff', '--base', `old/${path}`, '--head', `new/${path}`]);
  const apps = await compared('apps');
  expect(apps.stdout).toContain('Deployment shop/web');
  expect(apps.stdout).not.toMatch(/samples|excluded/);
  expect((await compared('samples')).stdout).toContain('new/samples/web.yaml');
});
