import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffFormats, lintFormats } from '../../../generator/report/formats.ts';
import { folderOf, runMain } from '../../machine.ts';
import { commit, repositoryOf } from '../../review/repository.ts';
import { BROKEN, PLANTED } from './broken.ts';

const LINT = Object.keys(lintFormats);

/** What could not be the same in the next run, or leads out of the repository. */
const UNSTABLE = /0x[0-9a-f]{4,}|&\{|\/tmp\/|rem-secrets-[A-Za-z0-9]{6}|\/nonexistent/;

/** The formats of a diff that are written beside the text of one run. */
const REPORTS = Object.values(diffFormats).flatMap(({ file }) => file ?? []);

test.for(Object.entries(BROKEN))('%s: in our words, and nothing that is planted', ([, broken]) => {
  const files = { 'prod/kustomization.yaml': '', ...prefixed(broken.files) };
  const folder = repositoryOf({
    'prod/kustomization.yaml': 'configMapGenerator: [{name: a}]\n',
  });
  commit(folder, files);
  const told = [
    ...LINT.map(format => ['--format', format, 'lint', 'prod']),
    ['diff', '--base', 'HEAD~1', '--head', 'HEAD', '--reports', 'out'],
    ['validate', 'prod'],
    ['--format', 'json', 'validate', 'prod'],
    ['graph', 'prod'],
  ]
    .map(args => runMain(folder, args))
    .map(({ stdout, stderr }) => stdout + stderr);
  const reports = REPORTS.map(name => readFileSync(join(folder, 'out', name), 'utf8'));
  expect(reports.length).toBe(Object.keys(diffFormats).length - 1);
  for (const text of [...told, ...reports]) {
    for (const planted of PLANTED) expect(text).not.toContain(planted);
    expect(text.replaceAll(folder, '')).not.toMatch(UNSTABLE);
  }
  expect(told[LINT.indexOf('text')]?.split('\n')[0]).toBe(broken.says);
  const again = runMain(folderOf(Object.entries(files)), ['--format', 'sarif', 'lint', 'prod']);
  expect(again.stdout).toBe(told[LINT.indexOf('sarif')]);
});

function prefixed(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`prod/${path}`, text]));
}
