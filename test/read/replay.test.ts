import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../generator/core/host.ts';
import { main } from '../../generator/main.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { FIRST_WORDS, gitAgain } from '../../generator/world/git.ts';
import { folderOf, root, run as runProgram } from '../machine.ts';
import { fluxKustomization, podReading } from '../manifests.ts';
import { commit, repositoryOf } from '../review/repository.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const files: Readonly<Record<string, string>> = Object.fromEntries(
  NAMES.flatMap(name => [
    [`flux/${name}.yaml`, fluxKustomization(name)],
    [`apps/${name}/kustomization.yaml`, 'resources: [pod.yaml]\nnamePrefix: x-\n'],
    [`apps/${name}/pod.yaml`, podReading(`login-${name}`, 'a')],
  ]),
);

interface Ran {
  readonly status: number;
  readonly said: readonly string[];
  /** Whether it judged something, and did not only say again what an earlier run had said. */
  readonly isJudged: boolean;
}

async function run(
  folder: string,
  cache: string,
  line: string,
  on: Partial<Host> = {},
): Promise<Ran> {
  const host = nodeHost(folder);
  const said: string[] = [];
  let isJudged = false;
  const status = await main(line.split(' '), {
    ...host,
    hasColors: () => false,
    ...on,
    build: 'of a test',
    env: name => (name === 'XDG_CACHE_HOME' ? cache : (on.env ?? host.env)(name)),
    validators: (...kind) => {
      isJudged = true;
      return host.validators(...kind);
    },
    stdout: text => said.push(`stdout ${text}`),
    stderr: text => said.push(`stderr ${text}`),
    stderrReport: text => said.push(`report ${text}`),
  });
  return { status, said, isJudged };
}

const write = (folder: string, path: string, text: string): void => {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** What may change in a repository, one after the other. */
const changes: readonly (readonly [what: string, change: (folder: string) => void])[] = [
  ['a text', folder => write(folder, 'apps/a/pod.yaml', podReading('other', 'a'))],
  [
    'a text, and its size is the same',
    folder => write(folder, 'apps/a/pod.yaml', podReading('ether', 'a')),
  ],
  ['a file that is new', folder => write(folder, 'apps/b/new.yaml', podReading('new', 'a'))],
  ['a folder that is new', folder => write(folder, 'more/pod.yaml', podReading('more', 'a'))],
  ['a file that is gone', folder => rmSync(join(folder, 'apps/c/pod.yaml'))],
  ['a name', folder => renameSync(join(folder, 'apps/d/pod.yaml'), join(folder, 'apps/d/p.yaml'))],
  ['a link', folder => symlinkSync('../e/pod.yaml', join(folder, 'apps/d/pod.yaml'))],
  [
    'where a link leads',
    folder => {
      rmSync(join(folder, 'apps/d/pod.yaml'));
      symlinkSync('../f/pod.yaml', join(folder, 'apps/d/pod.yaml'));
    },
  ],
  [
    'a folder in place of a file',
    folder => {
      rmSync(join(folder, 'apps/e/pod.yaml'));
      mkdirSync(join(folder, 'apps/e/pod.yaml'));
    },
  ],
  [
    'a config that is new',
    folder => write(folder, '.rem-secrets-lint.yaml', 'exclude: [apps/g]\n'),
  ],
  ['a config', folder => write(folder, '.rem-secrets-lint.yaml', 'exclude: [apps/h]\n')],
];

test('lint says again what it said until something that it read is another', async () => {
  const [folder, cache] = [repositoryOf(files), folderOf()];
  const expectAnew = async (what: string): Promise<void> => {
    const anew = await run(folder, cache, 'lint .');
    expect({ ...anew, what }).toEqual({ ...(await run(folder, folderOf(), 'lint .')), what });
    expect(anew.isJudged, what).toBe(true);
    expect(await run(folder, cache, 'lint .'), what).toEqual({ ...anew, isJudged: false });
  };
  await expectAnew('all');
  for (const [what, change] of changes) {
    change(folder);
    await expectAnew(what);
  }
});

test('what it said on other terms it does not say again', async () => {
  const [folder, cache] = [repositoryOf(files), folderOf()];
  const isJudged = async (line: string, on: Partial<Host> = {}): Promise<boolean> =>
    (await run(folder, cache, line, on)).isJudged;
  expect(await isJudged('lint .')).toBe(true);
  expect(await isJudged('lint .')).toBe(false);
  for (const line of ['lint . --strict', 'lint . -o json', 'lint apps', 'lint . --no-cache'])
    expect(await isJudged(line), line).toBe(true);
  expect(await isJudged('lint . --no-cache')).toBe(true);
  const terms: Partial<Host>[] = [
    { hasColors: () => true },
    { env: name => (name === 'PATH' ? '/nowhere' : process.env[name]) },
  ];
  for (const on of terms) expect(await isJudged('lint .', on)).toBe(true);
});

test('a file of a repository is held against all of it: that is printed again too', async () => {
  const [folder, cache] = [repositoryOf(files), folderOf()];
  const first = await run(folder, cache, 'lint apps/a/pod.yaml');
  expect(first.isJudged).toBe(true);
  expect(await run(folder, cache, 'lint apps/a/pod.yaml')).toEqual({ ...first, isJudged: false });
});

test('a run over a file in no repository is short, and does not load what a sum needs', () => {
  const says = "process.on('exit', () => console.error(process.moduleLoadList.join()))";
  const folder = folderOf({ 'pod.yaml': podReading('a', 'b'), 'says.cjs': says });
  const program = join(root, 'dist/start/rem-secrets.cjs');
  const args = ['-r', './says.cjs', program, 'lint', 'pod.yaml'];
  const { status, stderr } = runProgram('node', args, { cwd: folder });
  expect(status).toBe(1);
  expect(stderr).toContain('NativeModule fs');
  expect(stderr).not.toContain('NativeModule crypto');
});

test('what a run writes it writes again', async () => {
  const [folder, cache, out] = [repositoryOf(files), folderOf(), folderOf()];
  for (const _ of [1, 2]) {
    const { isJudged } = await run(
      folder,
      cache,
      `lint . --write-baseline ${join(out, 'known.yaml')}`,
    );
    expect(isJudged).toBe(true);
    rmSync(join(out, 'known.yaml'));
  }
});

test('diff says again what it said until a name stands for another commit', async () => {
  const [folder, cache] = [repositoryOf(files), folderOf()];
  commit(folder, { 'apps/a/pod.yaml': podReading('other', 'a') });
  const line = 'diff --base rev:HEAD~1 --head rev:HEAD';
  const first = await run(folder, cache, line);
  expect(first.isJudged).toBe(true);
  expect(await run(folder, cache, line)).toEqual({ ...first, isJudged: false });
  commit(folder, { 'apps/b/pod.yaml': podReading('another', 'a') });
  const second = await run(folder, cache, line);
  expect(second).toEqual(await run(folder, folderOf(), line));
  expect(second.said).not.toEqual(first.said);
  const onTree = await run(folder, cache, 'diff');
  write(folder, 'apps/c/pod.yaml', podReading('tree', 'a'));
  const changed = await run(folder, cache, 'diff');
  expect(changed.said).not.toEqual(onTree.said);
  expect(changed).toEqual(await run(folder, folderOf(), 'diff'));
});

test.for([
  { words: ['fetch'] },
  { words: ['rev-parse', '--verify', '--output=file'] },
  { words: ['cat-file', '--filters', 'HEAD:a'] },
  { words: ['-c', 'alias.x=!touch file', 'x'] },
])('of what was kept git is asked for objects and names alone, not for $words', ({ words }) => {
  const host = nodeHost(repositoryOf(files));
  let runs = 0;
  const counting: Host = {
    ...host,
    runNow: (...call) => {
      runs += 1;
      return host.runNow(...call);
    },
  };
  gitAgain([...FIRST_WORDS, 'rev-parse', 'HEAD'], {}, counting);
  expect(() => gitAgain([...FIRST_WORDS, ...words], {}, counting)).toThrow('it is no question');
  expect(runs).toBe(1);
});
