import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exits, expectStdout, folderOf, output, runMain } from '../../machine.ts';
import { commit, repositoryOf, write } from '../../review/repository.ts';
import { cluster, namespace } from '../repository.ts';

const spec =
  'apiVersion: rem-secrets.io/v1alpha1\nkind: RemSecrets\nmetadata: { name: shop }\nspec: { namespace: shop }\n';

const accepts = 'accept: []\n';
const acknowledges = `acknowledge: [{ rule: cluster-removed, object: 'Cluster/*', reason: meant }]\n`;

type Put = (path: string) => void | Promise<void>;

const toOutside =
  (text: string): Put =>
  path =>
    symlinkSync(join(folderOf({ 'settings.yaml': text }), 'settings.yaml'), path);

/** What is no regular file inside the root, and what is said of it. */
const NOT_READ: readonly (readonly [what: string, put: Put, said: RegExp])[] = [
  ['a link to a file outside', toOutside(accepts), /is a link to nothing in this repository/],
  ['a link to nothing', path => symlinkSync('absent', path), /is a link to nothing/],
  ['a link to itself', path => symlinkSync(path, path), /is a link to nothing/],
  ['a link to a device', path => symlinkSync('/dev/zero', path), /is no regular file/],
  ["a link to git's config", path => symlinkSync('.git/config', path), /is a link to nothing/],
  ['a pipe', path => void output('mkfifo', [path]), /is no regular file/],
  ['a socket', listen, /is no regular file/],
  ['a folder', path => write(path, 'x', ''), /is a folder/],
  ['a link to a folder', path => symlinkSync('.', path), /is a folder/],
  [
    'a large file',
    path => write(dirname(path), path.split('/').at(-1) ?? '', '#'.padEnd(8 * 1024 * 1024 + 1)),
    /is larger than 8 MiB/,
  ],
];

async function listen(path: string): Promise<void> {
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await new Promise(resolve => server.once('listening', resolve));
}

test.for(NOT_READ)('the config of lint is %s', async ([, put, said]) => {
  const folder = repositoryOf({ 'apps/a.yaml': namespace('a') });
  await put(join(folder, '.rem-secrets-lint.yaml'));
  const usual = await runMain(folder, 'lint apps');
  expect(usual).toMatchObject({ status: 2, stdout: '' });
  expect(usual.stderr).toMatch(/^rem-secrets: \.rem-secrets-lint\.yaml .*\n$/);
  expect(usual.stderr).toMatch(said);
  expect(await runMain(folder, 'lint apps --config .rem-secrets-lint.yaml')).toEqual(usual);
});

test.for(NOT_READ)('the acknowledgements are %s', async ([, put, said]) => {
  const folder = repositoryOf({ 'a.yaml': cluster, 'b.yaml': namespace('b') });
  await put(join(folder, '.rem-secrets-review.yaml'));
  write(folder, 'a.yaml', '');
  expectStdout(await runMain(folder, 'diff'), 1, said, /^block: /m);
});

test.for(NOT_READ)('the spec is %s', async ([, put, said]) => {
  const folder = repositoryOf({
    'overlays/dev/kustomization.yaml': 'resources: [a.yaml]\n',
    'overlays/dev/a.yaml': namespace('a'),
  });
  await put(join(folder, 'rem-secrets.yaml'));
  for (const command of ['expand', 'render', 'lint', 'validate', 'graph', 'environments']) {
    const { status, stdout, stderr } = await runMain(folder, [command]);
    expect({ status, stdout }, command).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^rem-secrets: rem-secrets\.yaml [^\n;]*; [^\n;]*\n$/);
    // `init` writes over none of these, and a large one is the right one.
    expect(stderr).toContain(
      said.test('is larger than 8 MiB')
        ? '; files of its own for environments ("environmentsFrom")'
        : '; name the spec with --file, or try `rem-secrets lint .`',
    );
  }
  const { status, stdout } = await runMain(folder, 'diff');
  expect(status).toBe(2);
  expect(stdout).toMatch(said);
});

test('a link inside the root is the file that it leads to', async () => {
  const folder = repositoryOf({
    'config/lint.yaml': accepts,
    'config/review.yaml': acknowledges,
    'config/spec.yaml': spec,
    'a.yaml': cluster,
  });
  symlinkSync('config/lint.yaml', join(folder, '.rem-secrets-lint.yaml'));
  symlinkSync('config/review.yaml', join(folder, '.rem-secrets-review.yaml'));
  symlinkSync('config/spec.yaml', join(folder, 'linked.yaml'));
  write(folder, 'a.yaml', '');
  expect((await runMain(folder, 'diff')).stdout).toContain('meant');
  commit(folder, {});
  const ofCommit = await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD');
  expect(ofCommit).toMatchObject({ status: 0, stdout: expect.stringContaining('meant') });
  expect((await runMain(folder, '--file linked.yaml render')).status).toBe(0);
  expect((await runMain(folder, 'lint config')).status).toBe(0);
});

test('acknowledgements behind a link out of a commit acknowledge nothing', async () => {
  const folder = repositoryOf({ 'a.yaml': cluster });
  toOutside(acknowledges)(join(folder, '.rem-secrets-review.yaml'));
  commit(folder, { 'a.yaml': undefined });
  const { stdout } = exits(1, await runMain(folder, 'diff --base rev:HEAD~1 --head rev:HEAD'));
  expect(stdout).toMatch(/^block: /m);
  expect(stdout).toContain('is a link to nothing in this repository');
});

test('settings that a user names may be anywhere', async () => {
  const folder = repositoryOf({ 'apps/a.yaml': namespace('a') });
  const place = folderOf({
    'lint.yaml': accepts,
    'spec.yaml': spec,
    'exact.yaml': spec.padEnd(1024 * 1024),
  });
  expect(
    (await runMain(folder, ['lint', 'apps', '--config', join(place, 'lint.yaml')])).status,
  ).toBe(0);
  expect((await runMain(folder, ['--file', join(place, 'spec.yaml'), 'render'])).status).toBe(0);
  expect((await runMain(folder, ['--file', join(place, 'exact.yaml'), 'render'])).status).toBe(0);
});
