import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alone, folderOf, root, runMain } from '../machine.ts';
import { casesIn, expectDocument } from './documents.ts';

test.for(casesIn('test/errors'))('%s', async path => {
  const folder = folderOf([]);
  cpSync(join(root, path), folder, { recursive: true });
  const file = join(folder, 'args.txt');
  const args = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : ['expand'];
  expectDocument('findings', (await runMain(folder, ['--format', 'json', ...args])).stdout);
});

test.for(casesIn('test/lint/rules'))('%s', async path => {
  const bad = existsSync(join(root, path, 'bad')) ? 'bad' : 'bad.yaml';
  const folder = bad === 'bad' ? join(root, path) : alone(join(root, path, bad));
  const args = ['--format', 'json', 'lint', bad];
  expectDocument('lint', (await runMain(folder, args)).stdout);
});

test.for(casesIn('test/review/risks'))('%s', async path => {
  const end = existsSync(join(root, path, 'base.yaml')) ? '.yaml' : '';
  const args = ['--format', 'json', 'diff', '--base', `base${end}`, '--head', `risky${end}`];
  const { stdout } = await runMain(join(root, path), args);
  expectDocument('diff', stdout);
  for (const { level, severity } of JSON.parse(stdout).risks)
    expect(severity).toBe(level === 'block' ? 'error' : 'warning');
});
