import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStdout, folderOf, type Ran, runMain } from '../machine.ts';
import { keys, store, stream, web } from './shop.ts';

function repository(): string {
  return folderOf([
    ['a/shop.yaml', stream(store, web)],
    ['b/shop.yaml', stream(store, keys, web).replaceAll('shop', 'blog').replace(RELOADED, '')],
  ]);
}

const RELOADED = / {2}annotations:\n.*\n/;

async function lint(folder: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folder, ['lint', ...args]);
}

async function known(): Promise<string> {
  const folder = repository();
  const written = await lint(folder, '.', '--write-baseline', 'known.yaml');
  expect(written).toMatchObject({ status: 0, stderr: '' });
  expect(written.stdout).toBe('no new findings in 5 objects; 2 in the baseline\n');
  return folder;
}

function change(folder: string, file: string, from: RegExp | string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
}

test('what was found once does not fail, and the file is the same each time', async () => {
  const folder = await known();
  const text = readFileSync(join(folder, 'known.yaml'), 'utf8');
  expect(await lint(folder, '.', '--baseline', 'known.yaml', '--fail-on', 'warning')).toEqual({
    status: 0,
    stdout: 'no new findings in 5 objects; 2 in the baseline\n',
    stderr: '',
  });
  await lint(folder, '.', '--write-baseline', 'known.yaml');
  expect(readFileSync(join(folder, 'known.yaml'), 'utf8')).toBe(text);
  await expect(text).toMatchFileSnapshot('baseline.out');
});

test('a finding stays known while lines, list entries and its file move', async () => {
  const folder = await known();
  change(
    folder,
    'a/shop.yaml',
    '          env:\n',
    '          env:\n            - { name: A, value: b }\n',
  );
  change(folder, 'b/shop.yaml', 'apiVersion', '# moved\napiVersion');
  mkdirSync(join(folder, 'c'));
  renameSync(join(folder, 'a/shop.yaml'), join(folder, 'c/web.yaml'));
  expect(await lint(folder, '.', '--baseline', 'known.yaml')).toMatchObject({
    status: 0,
    stdout: 'no new findings in 5 objects; 2 in the baseline\n',
  });
});

test('what is new fails, and what is mended is said', async () => {
  const folder = await known();
  change(folder, 'a/shop.yaml', 'name: web-keys', 'name: web-kyes');
  const ran = exits(1, await lint(folder, '.', '--baseline', 'known.yaml'));
  expect(ran.stdout).toMatch(/^a\/shop.yaml:\d+:\d+: error: nothing makes the Secret "web-kyes"/);
  const counts = '1 in the baseline; 1 finding of the baseline is mended: write it again';
  expect(ran.stdout).toMatch(new RegExp(`\n1 error in 5 objects; ${counts}\n$`));
  const { stdout } = await lint(folder, '.', '--baseline', 'known.yaml', '-o', 'json');
  const { findings, summary } = JSON.parse(stdout);
  expect(findings).toHaveLength(1);
  expect(summary).toMatchObject({ errors: 1, warnings: 0, known: 1, mended: 1 });
  const sarif = await lint(folder, '.', '--baseline', 'known.yaml', '-o', 'sarif');
  expect(sarif.stdout).toContain('1 finding of the baseline is mended: write it again');
  expect(JSON.parse(sarif.stdout).runs[0].results).toHaveLength(1);
  writeFileSync(join(folder, 'b/shop.yaml'), stream(store));
  const all = await lint(folder, '.', '--baseline', 'known.yaml');
  expect(all.stdout).toContain('; 2 findings of the baseline are mended: write it again');
});

test('the same fault in a second file is new', async () => {
  const folder = await known();
  mkdirSync(join(folder, 'copy'));
  writeFileSync(join(folder, 'copy/shop.yaml'), stream(web));
  expectStdout(await lint(folder, '.', '--baseline', 'known.yaml'), 1, /^copy\/shop.yaml/);
});

test('of a part of the repository only what lies there can be mended', async () => {
  const folder = await known();
  const { stdout } = await lint(folder, 'b', '--baseline', 'known.yaml');
  expect(stdout).toBe('no new findings in 3 objects; 1 in the baseline\n');
  const inside = await runMain(join(folder, 'b'), 'lint . --baseline ../known.yaml');
  expect(inside.stdout).toBe('no new findings in 3 objects; 1 in the baseline\n');
});

test.for<[text: string, place: string]>([
  ['findings: [', '1:12: error: not valid YAML'],
  ['kind: Secret\n', '1:1: error: "findings" is missing'],
  [
    'findings:\n- { rule: a, subject: b, field: c, names: d, file: e }\n',
    '2:43: error: "names" must be a list',
  ],
])('the baseline %j is one error, with its place', async ([text, place]) => {
  const folder = repository();
  writeFileSync(join(folder, 'known.yaml'), text);
  const { stdout } = exits(1, await lint(folder, '.', '--baseline', 'known.yaml'));
  expect(stdout).toContain(`known.yaml:${place}`);
  expect(stdout).toContain('write it again with --write-baseline known.yaml');
  expect(stdout).toMatch(/\n1 error in no objects\n$/);
});

test('a baseline that is not there, or would be written through a link, is wrong usage', async () => {
  const folder = repository();
  const absent = await lint(folder, '.', '--baseline', 'none.yaml');
  expect(absent).toEqual({
    status: 2,
    stdout: '',
    stderr: 'rem-secrets: there is no file none.yaml\n',
  });
  symlinkSync('elsewhere.yaml', join(folder, 'known.yaml'));
  const linked = await lint(folder, '.', '--write-baseline', 'known.yaml');
  expect(linked).toMatchObject({ status: 2, stdout: '' });
  expect(linked.stderr).toContain('cannot write the baseline');
});

test('--quiet tells errors alone and --limit the first; the rest is counted', async () => {
  const folder = repository();
  const quiet = exits(1, await lint(folder, '.', '--quiet', '--fail-on', 'warning'));
  expect(quiet.stdout).not.toContain('warning:');
  expect(quiet.stdout).toMatch(/\n1 error, 1 warning in 5 objects; 1 finding not told\n$/);
  for (const format of ['text', 'json', 'sarif', 'github', 'junit']) {
    const { stdout } = await lint(folder, '.', '--limit', '1', '-o', format);
    expect(stdout).toContain('unknown-secret');
    expect(stdout).not.toContain('keeps the old values');
  }
  const { stdout } = await lint(folder, '.', '--limit', '1', '-o', 'json');
  expect(JSON.parse(stdout).summary).toMatchObject({ errors: 1, warnings: 1, causes: 2 });
  const wrong = await lint(folder, '.', '--limit', 'few');
  expect(wrong.stderr).toBe('rem-secrets: --limit takes a number from 1 on, not "few"\n');
});
