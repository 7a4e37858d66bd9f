import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GENERATED } from '../../../generator/spec/tree-files.ts';
import { folderOf, output, type Ran, remSecrets, run, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';

const spec = specOf(`
namespace: shop
argocd:
  repository: https://git.example.com/shop.git
  clusters: { dev: shop-dev, prod: shop-prod }
workloads:
  web: { image: "example/web:1", port: 80 }
environments: { dev: {}, prod: { workloads: { web: { replicas: 3 } } } }`);

/** Everything below a folder: what it is, and a file's text. */
function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map(path => [path, kindOf(join(folder, path))]),
  );
}

function kindOf(path: string): string {
  const stats = lstatSync(path);
  return stats.isFile() ? readFileSync(path, 'utf8') : `mode ${stats.mode}`;
}

/** A repository with the spec, and a folder beside it that no run may touch. */
function places(): { readonly repository: string; readonly outside: string } {
  const folder = folderOf({
    'repository/rem-secrets.yaml': spec,
    'outside/base/kustomization.yaml': `${GENERATED}outside: true\n`,
    'outside/file': `${GENERATED}outside: true\n`,
  });
  return { repository: join(folder, 'repository'), outside: join(folder, 'outside') };
}

function link(repository: string, path: string, target: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  symlinkSync(target, join(repository, path));
}

function expectRefusal({ status, stdout, stderr }: Ran, path: string, what: string): void {
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `${path}:1:1: error: rem-secrets did not make this ${what} [not-ours]\n  hint: Move it away, delete it, or write below a folder of its own with --out.\n`,
  );
}

describe.for([[], ['--check']])('expand %s', flags => {
  test.for<[path: string, target: string, harm: string]>([
    ['base', 'base', 'write through it'],
    ['argocd', 'base', 'write through it'],
    ['overlays', 'base', 'write through it'],
    ['overlays/prod', 'base', 'write through it'],
    ['overlays/prod', 'nowhere', 'write through it'],
    ['base/kustomization.yaml', 'file', 'overwrite it'],
    ['base/kustomization.yaml', 'nowhere', 'overwrite it'],
    ['overlays/dev/kustomization.yaml', 'base/kustomization.yaml', 'overwrite it'],
  ])('does not go through a link: %s to %s', async ([path, target, harm]) => {
    const { repository, outside } = places();
    link(repository, path, join(outside, target));
    const before = [contentOf(repository), contentOf(outside)];
    expectRefusal(await runMain(repository, ['expand', ...flags]), path, `link and would ${harm}`);
    expect([contentOf(repository), contentOf(outside)]).toEqual(before);
  });

  test('does not go through a link that stays inside', async () => {
    const { repository } = places();
    mkdirSync(join(repository, 'elsewhere'));
    link(repository, 'base', 'elsewhere');
    const ran = await runMain(repository, ['expand', ...flags]);
    expectRefusal(ran, 'base', 'link and would write through it');
    expect(readdirSync(join(repository, 'elsewhere'))).toEqual([]);
  });

  test.for<[path: string, what: string]>([
    ['base', 'file and needs a folder in its place'],
    ['overlays/prod', 'file and needs a folder in its place'],
    ['base/kustomization.yaml', 'file and would overwrite it'],
  ])('keeps a file in the way: %s', async ([path, what]) => {
    const { repository } = places();
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), 'mine\n');
    const before = contentOf(repository);
    expectRefusal(await runMain(repository, ['expand', ...flags]), path, what);
    expect(contentOf(repository)).toEqual(before);
  });

  test.for(['base/kustomization.yaml', 'overlays/dev/kustomization.yaml'])(
    'keeps a folder in the way: %s',
    async path => {
      const { repository } = places();
      mkdirSync(join(repository, path), { recursive: true });
      const before = contentOf(repository);
      const ran = await runMain(repository, ['expand', ...flags]);
      expectRefusal(ran, path, 'folder and would overwrite it');
      expect(contentOf(repository)).toEqual(before);
    },
  );

  test('does not wait for a pipe in the way', () => {
    const { repository } = places();
    mkdirSync(join(repository, 'base'));
    output('mkfifo', [join(repository, 'base/kustomization.yaml')]);
    const ran = run('timeout', ['600', remSecrets, 'expand', ...flags], { cwd: repository });
    expectRefusal(ran, 'base/kustomization.yaml', 'file and would overwrite it');
  });
});

test('all that is in the way is said at once, and each once', async () => {
  const { repository, outside } = places();
  link(repository, 'base', outside);
  link(repository, 'overlays/prod', outside);
  const { stderr } = await runMain(repository, 'expand');
  expect(stderr.match(/^\S+: error/gm)).toEqual(['base:1:1: error', 'overlays/prod:1:1: error']);
});

test('links among files that people added are neither followed nor removed', async () => {
  const { repository, outside } = places();
  await runMain(repository, 'expand');
  link(repository, 'base/notes', outside);
  link(repository, 'base/old.yaml', join(outside, 'file'));
  link(repository, 'overlays/live', join(outside, 'base'));
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
    expect(await runMain(repository, 'expand --check')).toMatchObject({
      status: 0,
      stdout: '',
    });
    expect(readFileSync(join(repository, path), 'utf8')).toContain('mine');
  },
);

test('a link where earlier versions staged a file leads nowhere', async () => {
  const { repository, outside } = places();
  link(repository, 'base/kustomization.yaml.rem-secrets-new', join(outside, 'file'));
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
