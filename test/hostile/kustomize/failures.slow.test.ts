import { expect, test } from 'vitest';
import { diffFormats, lintFormats } from '../../../generator/report/formats.ts';
import { folderOf, runMain } from '../../machine.ts';
import { commit, repositoryOf } from '../../review/repository.ts';
import { BROKEN, PLANTED } from './broken.ts';

const LINT = Object.keys(lintFormats);
const DIFF = Object.keys(diffFormats);

/** What could not be the same in the next run, or leads out of the repository. */
const UNSTABLE = /0x[0-9a-f]{4,}|&\{|\/tmp\/|rem-secrets-[A-Za-z0-9]{6}|\/nonexistent/;

test.for(Object.entries(BROKEN))('%s: in our words, and nothing that is planted', ([, broken]) => {
  const files = { 'prod/kustomization.yaml': '', ...prefixed(broken.files) };
  const folder = repositoryOf({
    'prod/kustomization.yaml': 'configMapGenerator: [{name: a}]\n',
  });
  commit(folder, files);
  const runs = [
    ...LINT.map(format => ['--format', format, 'lint', 'prod']),
    ...DIFF.map(format => ['--format', format, 'diff', '--base', 'HEAD~1', '--head', 'HEAD']),
    ['validate', 'prod'],
    ['--format', 'json', 'validate', 'prod'],
    ['graph', 'prod'],
  ].map(args => runMain(folder, args));
  for (const { stdout, stderr } of runs) {
    const text = stdout + stderr;
    for (const planted of PLANTED) expect(text).not.toContain(planted);
    expect(text.replaceAll(folder, '')).not.toMatch(UNSTABLE);
  }
  const [{ stdout } = { stdout: '' }] = runs;
  expect(stdout.split('\n')[0]).toBe(broken.says);
});

test('the same failure is told in the same bytes', () => {
  for (const { files } of Object.values(BROKEN)) {
    const [one, two] = [files, files].map(
      all => runMain(folderOf(Object.entries(all)), ['--format', 'sarif', 'lint', '.']).stdout,
    );
    expect(one).toBe(two);
  }
});

function prefixed(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`prod/${path}`, text]));
}
