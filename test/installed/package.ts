import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { packedFiles } from '../../tools/release/parts.ts';
import {
  freshPackage,
  installIn,
  isRoot,
  nobody,
  programIn,
  rendered,
  renderedBy,
} from '../installed.ts';
import { folderOf, kustomizeBuild, objectsOf, output, root, run } from '../machine.ts';

test('the package works where it is installed, and needs nothing else there', () => {
  const folder = folderOf({
    'spec/rem-secrets.yaml': output('cat', [join(root, 'rem-secrets.yaml')]).replace(
      './generator/',
      '../node_modules/.bin/',
    ),
    'spec/kustomization.yaml': 'generators: [rem-secrets.yaml]\n',
    'package.json': '{}',
  });
  installIn(folder);
  const npx = (...args: string[]): string =>
    output('npx', ['--offline', 'rem-secrets', ...args], { cwd: folder });
  expect(npx('--help')).toContain('Usage: rem-secrets');
  const render = ['-f', 'spec/rem-secrets.yaml', 'render', 'dev'];
  const first = npx(...render);
  const program = join(folder, 'node_modules/.bin/rem-secrets');
  for (const time of ['second', 'third', 'fourth'])
    expect(output(program, render, { cwd: folder }), time).toBe(first);
  const built = kustomizeBuild(join(folder, 'spec'), { plugin: true });
  expect(built).toHaveLength(objectsOf(first).length);
  expect(kustomizeBuild(join(folder, 'spec'), { plugin: true })).toEqual(built);
  expect(readdirSync(join(folder, 'node_modules/rem-secrets/dist'))).toContain('compiled');
  expect(output('ls', [join(folder, 'node_modules')])).toBe('rem-secrets\n');
});

test('runs at the same time give the same bytes and leave nothing half done', () => {
  const folder = freshPackage();
  const command = `${programIn(folder)} render dev 2>/dev/null | sha256sum`;
  const all = `for run in 1 2 3 4 5 6 7 8; do (${command}) & done; wait`;
  const sums = output('sh', ['-c', all]).trim().split('\n');
  expect(sums).toHaveLength(8);
  expect(new Set(sums).size).toBe(1);
  const names = readdirSync(join(folder, 'dist/compiled'));
  expect(names.length).toBeGreaterThan(0);
  expect(names.every(name => name.endsWith(process.arch))).toBe(true);
});

test('what is closed is said by the program that npm puts on the PATH too', () => {
  const closed = ['-c', 'exec "$@" >&-', 'sh', programIn(freshPackage())];
  expect(run('sh', [...closed, '--help'], { env: { PATH: process.env['PATH'] } })).toEqual({
    status: 2,
    stdout: '',
    stderr: 'rem-secrets: cannot write to stdout: bad file descriptor\n',
  });
});

test('a disk that is full is done without', () => {
  const folder = freshPackage();
  const full = ['-c', 'ulimit -f 10; exec "$@"', 'sh', programIn(folder)];
  const ran = run('sh', [...full, 'render', 'dev'], { env: { PATH: process.env['PATH'] } });
  expect(ran).toEqual(rendered);
  expect(readdirSync(join(folder, 'dist/compiled'))).toEqual([]);
});

test.runIf(isRoot)('as nobody, who may not write in the package (needs root)', () => {
  const folder = freshPackage();
  const home = folderOf();
  output('chown', ['nobody', home]);
  expect(renderedBy(folder, { as: nobody }), 'without HOME').toEqual(rendered);
  expect(renderedBy(folder, { as: nobody, HOME: '/proc' }), 'read-only HOME').toEqual(rendered);
  for (const time of ['first', 'second', 'third', 'fourth'])
    expect(renderedBy(folder, { as: nobody, HOME: home }), time).toEqual(rendered);
  expect(existsSync(join(folder, 'dist/compiled'))).toBe(false);
  expect(readdirSync(home)).toEqual([]);
});

test.runIf(isRoot)('root leaves nothing in what belongs to another (needs root)', () => {
  const [folder, home] = [freshPackage(), folderOf()];
  output('chown', ['-R', 'nobody', folder, home]);
  for (const HOME of [home, '/proc']) expect(renderedBy(folder, { HOME })).toEqual(rendered);
  expect(existsSync(join(folder, 'dist/compiled'))).toBe(false);
  expect(readdirSync(home)).toEqual([]);
});

test('what a page of the package links to is in the package', () => {
  const files = packedFiles(root);
  const packed = new Set(files.flatMap(file => [file, ...foldersOf(file)]));
  const lost = files
    .filter(file => file.endsWith('.md'))
    .flatMap(file =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map(([, link = '']) => link)
        .filter(link => !/^https?:/.test(link))
        .filter(link => !packed.has(normalize(join(dirname(file), link)).replace(/\/$/, '')))
        .map(link => `${file}: ${link}`),
    );
  expect(lost).toEqual([]);
  expect(packed).toContain('docs/pictures/shop.svg');
});

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}
