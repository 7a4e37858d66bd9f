import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffFormats, diffReports } from '../../../generator/diff/command.ts';
import { lintFormats } from '../../../generator/lint/formats.ts';
import { folderOf, type Ran, readText, remembering, runMain } from '../../machine.ts';
import { commit, git, repositoryOf } from '../../review/repository.ts';
import { BROKEN, PLANTED } from './broken.ts';

const LINT = Object.keys(lintFormats);

/** What could not be the same in the next run, or leads out of the repository. */
const UNSTABLE = /0x[0-9a-f]{4,}|&\{|\/tmp\/|rem-secrets-[A-Za-z0-9]{6}|\/nonexistent/;

/** The formats of a diff that are written beside the text of one run. */
const REPORTS = Object.values(diffReports);

function expectOurWords(text: string): void {
  for (const planted of PLANTED) expect(text).not.toContain(planted);
  expect(text).not.toMatch(UNSTABLE);
}

const said = ({ stdout, stderr }: Ran): string => stdout + stderr;

test.for(Object.entries(BROKEN))('%s: in our words, and nothing planted', async ([, broken]) => {
  const files = Object.entries(below('prod', broken.files));
  const folder = folderOf(files);
  git(folder, 'init', '--quiet');
  const calls = [
    ...LINT.map(format => ['--format', format, 'lint', 'prod']),
    ['validate', 'prod'],
    ['--format', 'json', 'validate', 'prod'],
    ['graph', 'prod'],
  ];
  const told: string[] = [];
  for (const args of calls) told.push(said(await runMain(folder, args, '', remembering)));
  for (const text of told) expectOurWords(text.replaceAll(folder, ''));
  expect(told[LINT.indexOf('text')]?.split('\n')).toContain(broken.says);
  const again = await runMain(folderOf(files), '--format sarif lint prod');
  expect(again.stdout).toBe(told[LINT.indexOf('sarif')]);
});

const APPLIES_IT = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: prod, namespace: flux-system }
spec: { path: ./prod, prune: true, interval: 1h, sourceRef: { kind: GitRepository, name: flux-system } }
`;

test.for([
  'a number as a name',
  'annotations that are a list',
  'an object without a kind',
  'an object of the cluster twice, with a namespace and without',
  'a question mark between braces',
])('%s, where a list of files is read without kustomize', async name => {
  const { files = {}, says = '' } = BROKEN[name] ?? {};
  const all = { 'flux.yaml': APPLIES_IT, ...below('prod', files) };
  const { stdout } = await runMain(folderOf(Object.entries(all)), 'lint .');
  expect(stdout.split('\n')).toContain(says);
});

test('all of them in a diff and its reports', async () => {
  const cases = Object.values(BROKEN).map(({ files }, number) => ({
    folder: `case-${number}`,
    files,
  }));
  const kustomization = 'configMapGenerator: [{name: a}]\n';
  const before = cases.map(({ folder }) => [`${folder}/prod/kustomization.yaml`, kustomization]);
  const folder = repositoryOf(Object.fromEntries(before));
  commit(
    folder,
    Object.assign({}, ...cases.map(({ folder, files }) => below(`${folder}/prod`, files))),
  );
  const ran = await runMain(folder, 'diff --base HEAD~1 --head HEAD --reports out');
  const reports = REPORTS.map(name => readText(folder, 'out', name));
  expect(reports.length).toBe(Object.keys(diffFormats).length - 1);
  for (const text of [said(ran), ...reports]) expectOurWords(text.replaceAll(folder, ''));
  for (const { says } of Object.values(BROKEN)) expect(ran.stdout).toContain(messageOf(says));
});

/** What a line of lint says; of what is no fault nothing. A chart that comes is not seen in a diff. */
function messageOf(line: string): string {
  const [, said = ''] =
    /(?:error|warning): (?:kustomize cannot build it: )?(.*) \[[a-z-]+\]$/.exec(line) ?? [];
  return said.replace(
    /^not read: a Helm chart: (.*)$/,
    'Helm charts, which are not rendered: "$1"',
  );
}

function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const all = { 'kustomization.yaml': '', ...files };
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [join(folder, path), text]));
}
