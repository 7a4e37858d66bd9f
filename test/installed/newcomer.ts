import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, test } from 'vitest';
import { globalPrograms } from '../installed.ts';
import type { Ran } from '../machine.ts';
import { expectStdout, folderOf, lastingFolder, output, root, run, tool } from '../machine.ts';
import { blocks, commandsIn } from '../markdown-blocks.ts';

/*
 * What somebody does who meets the program for the first time: the commands that the README begins
 * with, by the packed package, outside of this repository.
 */
function shell(cwd: string, command: string): Ran {
  const tools = dirname(tool('kustomize'));
  const env = {
    PATH: `${globalPrograms()}:${tools}:${process.env['PATH']}`,
    XDG_CACHE_HOME: '/dev/null',
  };
  return run('sh', ['-c', command], { cwd, env });
}

const [installPackage, installFromGit, unpack, lint, diff, adopt, generate, ...rest] = commandsIn(
  'README.md',
  'shell',
);

test('the README begins with three ways to install and a command for each task', () => {
  const { version } = JSON.parse(output('cat', [join(root, 'package.json')]));
  expect(installPackage).toBe(`npm install --global ./rem-secrets-${version}.tgz`);
  expect(installFromGit).toMatch(/^npm install --global git\+https:/); // test/installed/from-git.ts
  expect(unpack).toBe(`tar -xzf rem-secrets-${version}-linux-x64.tar.gz`); // test/installed/release.ts
  expect(rest).toEqual([]);
});

test('in an empty folder: a first spec, its tree, its build, and all of it is right', () => {
  const folder = folderOf();
  expect(shell(folder, generate ?? '')).toMatchObject({ status: 0 });
  for (const environment of ['dev', 'prod'])
    expect(shell(folder, `kustomize build overlays/${environment}`).stdout).toContain(
      'kind: Cluster',
    );
  expect(shell(folder, 'rem-secrets validate')).toMatchObject({ status: 0, stderr: '' });
  expect(shell(folder, 'rem-secrets lint')).toMatchObject({ status: 0 });
});

describe('in a repository that knows nothing of rem-secrets', () => {
  const folder = lastingFolder();
  beforeAll(() => {
    const git = 'git -c user.name=a -c user.email=a@example.com';
    cpSync(join(root, 'examples/plain/before'), join(folder, 'deploy'), { recursive: true });
    shell(folder, `git init -q -b main && git add . && ${git} commit -qm Before`);
    cpSync(join(root, 'examples/plain/after'), join(folder, 'deploy'), { recursive: true });
    shell(folder, `git checkout -qb change && git add . && ${git} commit -qm After`);
  });

  test('the README shows what they print, and the change that they print it of', () => {
    for (const block of blocks('README.md', 'console')) {
      const [command = '', ...lines] = block.trimEnd().split('\n');
      const shown = lines.at(-1) === '…' ? lines.slice(0, -1) : lines;
      const { status, stdout } = shell(folder, command.replace('$ ', ''));
      expect(status).toBe(1);
      expect(stdout.startsWith(`${shown.join('\n')}\n`), stdout).toBe(true);
    }
    const change = shell(folder, 'git diff --unified=9 main -- deploy').stdout;
    const lines = blocks('README.md', 'diff').flatMap(block => block.trimEnd().split('\n'));
    expect(lines.filter(line => !change.includes(`\n${line}\n`))).toEqual([]);
  });

  test('lint finds what is broken, with its line', () => {
    const { status, stdout } = shell(folder, lint ?? '');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^deploy\/shop\.yaml:19:\d+: error: .*\[unknown-secret-key\]$/m);
    expect(stdout).toMatch(/^1 error in 5 objects$/m);
  });

  test('import writes the spec that makes what is there, and proves it', () => {
    expectStdout(shell(folder, adopt ?? ''), 0, '0 differences in 5 objects');
    expect(shell(join(folder, 'gitops'), 'rem-secrets expand --check').status).toBe(1);
    expect(shell(join(folder, 'gitops'), 'rem-secrets expand').status).toBe(0);
    expect(shell(join(folder, 'gitops'), 'kustomize build base').stdout).toContain('kind: Cluster');
    shell(folder, 'rm -r gitops');
  });

  test('the hooks of pre-commit look at all of it, whatever files a commit changes', () => {
    const text = readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8');
    const hooks = load(text) as { id: string; entry: string; pass_filenames: boolean }[];
    expect(hooks.map(({ id }) => id)).toEqual(['rem-secrets-lint', 'rem-secrets-expand']);
    expect(hooks.every(hook => hook.pass_filenames === false)).toBe(true);
    const [first, second] = hooks.map(({ entry }) => shell(folder, entry));
    expect(first).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('[unknown-secret-key]'),
    });
    expect(second).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('rem-secrets init'),
    });
  });

  test('diff says what of a change hurts', () =>
    expectStdout(shell(folder, diff ?? ''), 1, '[storage-shrunk]', '[secret-key-lost]'));
});
