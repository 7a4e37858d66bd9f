import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, output, type Ran, readText, remSecrets, root, run } from '../../machine.ts';
import { contentOf, link } from '../repository.ts';

const sides = ['--base', 'base.yaml', '--head', 'head.yaml'];
const names = ['review.html', 'review.json', 'review.md', 'review.sarif'];

function places(): { readonly repository: string; readonly outside: string } {
  const text = (name: string): string => readText(root, 'test/review/risks/data-removed', name);
  const folder = folderOf({
    'repository/base.yaml': text('base.yaml'),
    'repository/head.yaml': text('quiet.yaml'),
    'outside/review.md': 'outside',
  });
  output('git', ['init', '-q', join(folder, 'repository')]);
  return { repository: join(folder, 'repository'), outside: join(folder, 'outside') };
}

function reportsIn(cwd: string, folder: string): Ran {
  return run(remSecrets, ['diff', ...sides, '--reports', folder], { cwd });
}

test.for(['reports', 'new/deep', '.', '../new'])('reports are written into %s', folder => {
  const { repository } = places();
  expect(reportsIn(repository, folder)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(repository, folder))).toEqual(expect.arrayContaining(names));
  expect(readdirSync(join(repository, folder)).some(name => /^\.rem/.test(name))).toBe(false);
});

test('they take the place of those that are there, and of nothing else', () => {
  const { repository } = places();
  mkdirSync(join(repository, 'reports'));
  writeFileSync(join(repository, 'reports/review.md'), 'old');
  writeFileSync(join(repository, 'reports/notes.md'), 'mine');
  expect(reportsIn(repository, 'reports').status).toBe(0);
  expect(readdirSync(join(repository, 'reports')).sort()).toEqual(['notes.md', ...names]);
  expect(readText(repository, 'reports/review.md')).not.toBe('old');
});

/** What is in the way of the reports, by what puts it there. */
const IN_THE_WAY: readonly (readonly [
  folder: string,
  told: string,
  put: (repository: string, outside: string) => void,
])[] = [
  [
    'reports',
    'link and would write through it: reports',
    (at, outside) => link(at, { reports: outside }),
  ],
  [
    'reports/deep',
    'link and would write through it: reports',
    (at, outside) => link(at, { reports: outside }),
  ],
  [
    'reports',
    'link and would overwrite it: review.md',
    (at, outside) => link(at, { 'reports/review.md': join(outside, 'review.md') }),
  ],
  [
    'reports',
    'file and needs a folder in its place: reports',
    at => writeFileSync(join(at, 'reports'), ''),
  ],
  [
    'reports',
    'folder and would overwrite it: review.md',
    at => mkdirSync(join(at, 'reports/review.md'), { recursive: true }),
  ],
];

test.for(IN_THE_WAY)('--reports %s: %s', ([folder, told, put]) => {
  const { repository, outside } = places();
  put(repository, outside);
  expect(reportsIn(repository, folder)).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: cannot write the reports into ${folder}: rem-secrets did not make this ${told}; move it away\n`,
  });
  expect(contentOf(outside)).toEqual({ 'review.md': 'outside' });
});

test('a link from a folder below leads nowhere either', () => {
  const { repository, outside } = places();
  mkdirSync(join(repository, 'below'));
  symlinkSync(outside, join(repository, 'reports'));
  const absolute = sides.map(side => side.replace(/^(?=\w+\.yaml)/, '../'));
  const args = ['diff', ...absolute, '--reports', '../reports'];
  const { status, stderr } = run(remSecrets, args, { cwd: join(repository, 'below') });
  expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 2, lines: 2 });
  expect(readText(outside, 'review.md')).toBe('outside');
});

test('a link that the user has outside of the repository is his own', () => {
  const { repository, outside } = places();
  symlinkSync(outside, join(repository, '../link'));
  expect(reportsIn(repository, '../link').status).toBe(0);
  expect(lstatSync(join(repository, '../link')).isSymbolicLink()).toBe(true);
  expect(existsSync(join(outside, 'review.sarif'))).toBe(true);
});
