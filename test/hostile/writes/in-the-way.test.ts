import { lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GENERATED } from '../../../generator/spec/tree.ts';
import { folderOf, output, readText, remSecrets, run, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { contentOf, link } from '../repository.ts';

const spec = specOf(`
namespace: shop
argocd:
  repository: https://git.example.com/shop.git
  clusters: { dev: shop-dev, prod: shop-prod }
workloads:
  web: { image: "example/web:1", port: 80 }
environments: { dev: {}, prod: { workloads: { web: { replicas: 3 } } } }`);

function places(): { readonly repository: string; readonly outside: string } {
  const folder = folderOf({
    'repository/rem-secrets.yaml': spec,
    'outside/base/kustomization.yaml': `${GENERATED}outside: true\n`,
    'outside/file': `${GENERATED}outside: true\n`,
  });
  return { repository: join(folder, 'repository'), outside: join(folder, 'outside') };
}

const IN_THE_WAY: readonly (readonly [
  path: string,
  put: (place: string, outside: string) => void,
  what: string,
])[] = [
  ...(
    [
      ['base', 'base', 'write through it'],
      ['argocd', 'base', 'write through it'],
      ['overlays', 'base', 'write through it'],
      ['overlays/prod', 'base', 'write through it'],
      ['overlays/prod', 'nowhere', 'write through it'],
      ['base/kustomization.yaml', 'file', 'overwrite it'],
      ['base/kustomization.yaml', 'nowhere', 'overwrite it'],
      ['overlays/dev/kustomization.yaml', 'base/kustomization.yaml', 'overwrite it'],
    ] as const
  ).map(
    ([path, target, harm]) =>
      [
        path,
        (place: string, outside: string) => symlinkSync(join(outside, target), place),
        `link and would ${harm}`,
      ] as const,
  ),
  ['base', place => symlinkSync('elsewhere', place), 'link and would write through it'],
  ['base', mine, 'file and needs a folder in its place'],
  ['overlays/prod', mine, 'file and needs a folder in its place'],
  ['base/kustomization.yaml', mine, 'file and would overwrite it'],
  ['base/kustomization.yaml', place => mkdirSync(place), 'folder and would overwrite it'],
  ['overlays/dev/kustomization.yaml', place => mkdirSync(place), 'folder and would overwrite it'],
  // It is not waited for.
  ['base/kustomization.yaml', pipe, 'file and would overwrite it'],
];

function mine(place: string): void {
  writeFileSync(place, 'mine\n');
}

function pipe(place: string): void {
  output('mkfifo', [place]);
}

describe.for(['expand', 'expand --check'])('%s', line => {
  test.for(IN_THE_WAY)('keeps what is at %s: %o, a %s', async ([path, put, what]) => {
    const { repository, outside } = places();
    mkdirSync(join(repository, 'elsewhere'));
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    put(join(repository, path), outside);
    const before = [contentOf(repository), contentOf(outside)];
    const cwd = repository;
    const ran =
      put === pipe
        ? run('timeout', ['600', remSecrets, ...line.split(' ')], { cwd })
        : await runMain(repository, line);
    expect(ran).toEqual({
      status: 1,
      stdout: '',
      stderr: `${path}:1:1: error: rem-secrets did not make this ${what} [not-ours]\n  hint: Move it away, delete it, or write below a folder of its own with --out.\n`,
    });
    expect([contentOf(repository), contentOf(outside)]).toEqual(before);
  });
});

test('all that is in the way is said at once, and each once', async () => {
  const { repository, outside } = places();
  link(repository, { base: outside, 'overlays/prod': outside });
  const { stderr } = await runMain(repository, 'expand');
  expect(stderr.match(/^\S+: error/gm)).toEqual(['base:1:1: error', 'overlays/prod:1:1: error']);
});

test('links among files that people added are neither followed nor removed', async () => {
  const { repository, outside } = places();
  await runMain(repository, 'expand');
  link(repository, {
    'base/notes': outside,
    'base/old.yaml': join(outside, 'file'),
    'overlays/live': join(outside, 'base'),
  });
  const before = [contentOf(repository), contentOf(outside)];
  expect(await runMain(repository, 'expand')).toMatchObject({ status: 0 });
  expect([contentOf(repository), contentOf(outside)]).toEqual(before);
});

test.for(['base/kustomization.yaml.rem-secrets-new', 'overlays/prod/mine.bak', 'base/.mine'])(
  'a file that people made of one of ours stays: %s',
  async path => {
    const { repository } = places();
    await runMain(repository, 'expand');
    writeFileSync(join(repository, path), `${GENERATED}mine: true\n`);
    expect(await runMain(repository, 'expand')).toMatchObject({ status: 0 });
    expect(await runMain(repository, 'expand --check')).toMatchObject({ status: 0, stdout: '' });
    expect(readText(repository, path)).toContain('mine');
  },
);

test('a link where earlier versions staged a file leads nowhere', async () => {
  const { repository, outside } = places();
  link(repository, { 'base/kustomization.yaml.rem-secrets-new': join(outside, 'file') });
  const before = contentOf(outside);
  expect((await runMain(repository, 'expand')).status).toBe(0);
  expect(contentOf(outside)).toEqual(before);
  expect(
    lstatSync(join(repository, 'base/kustomization.yaml.rem-secrets-new')).isSymbolicLink(),
  ).toBe(true);
});

test('the tree is written beside the spec, wherever that is named from', async () => {
  const { repository, outside } = places();
  for (const file of [join(repository, 'rem-secrets.yaml'), '../repository/rem-secrets.yaml'])
    expect((await runMain(outside, ['-f', file, 'expand'])).status).toBe(0);
  // A name that is here and a spec that is elsewhere: that is a link out of the place we are in.
  symlinkSync(repository, join(outside, 'here'));
  expect((await runMain(outside, '-f here/rem-secrets.yaml expand')).status).toBe(2);
  expect(readdirSync(repository).sort()).toEqual([
    'argocd',
    'base',
    'overlays',
    'rem-secrets.yaml',
  ]);
  expect(readdirSync(outside).sort()).toEqual(['base', 'file', 'here']);
});
