import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { folderOf, runMain } from '../machine.ts';

/*
 * How helm is looked for and started. What it makes of charts is tested with a real one, which takes
 * minutes to build: `make helm`.
 */
afterEach(() => vi.unstubAllEnvs());

const tree = {
  'app.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: app, namespace: argocd }
spec:
  project: default
  source: { repoURL: https://git.example.org/fleet.git, targetRevision: main, path: chart }
  destination: { name: in-cluster, namespace: app }
`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
};

/** A folder with a program called helm, a script. */
function helmOf(script: string): string {
  const folder = folderOf([]);
  writeFileSync(join(folder, 'helm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'helm'), 0o755);
  return folder;
}

test.for(['lint .', 'graph .', 'diff --base . --head .'])('%s --helm without helm', line => {
  vi.stubEnv('PATH', folderOf([]));
  const folder = folderOf(Object.entries(tree));
  const { status, stdout, stderr } = runMain(folder, [...line.split(' '), '--helm']);
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'rem-secrets: helm is not installed: --helm needs helm 3.10 or a newer one on the PATH (https://helm.sh/docs/intro/install)\n',
  });
});

test.for([
  [
    'echo v3.9.4+gdbc6d8e',
    'helm is too old: it is 3.9.4, and --helm needs helm 3.10 or a newer one',
  ],
  ['echo v2.17', 'helm is too old: it is 2.17, and --helm needs helm 3.10 or a newer one'],
  ['echo hello', 'PLACE/helm does not say its version: --helm needs helm 3.10 or a newer one'],
] as const)('%s', ([script, message]) => {
  const place = helmOf(script);
  vi.stubEnv('PATH', place);
  const { status, stderr } = runMain(folderOf(Object.entries(tree)), ['lint', '.', '--helm']);
  expect([status, stderr.replace(place, 'PLACE')]).toEqual([2, `rem-secrets: ${message}\n`]);
});

test('without --helm no helm is looked for or started', () => {
  const place = helmOf('echo >"$0.ran"; echo v4.0.0');
  vi.stubEnv('PATH', place);
  const folder = folderOf(Object.entries(tree));
  expect(runMain(folder, ['lint', '.']).status).toBe(0);
  expect(existsSync(join(place, 'helm.ran'))).toBe(false);
  expect(runMain(folder, ['lint', '.', '--helm']).status).toBe(0);
  expect(existsSync(join(place, 'helm.ran'))).toBe(true);
});

test('helm gets a copy of the chart, and nothing of a person', () => {
  const place = helmOf(
    'case $1 in version) echo v4.0.0 ;; *) export -p >"$0.env"; printf "%s\\n" "$@" >"$0.args" ;; esac',
  );
  vi.stubEnv('PATH', `${place}${delimiter}/usr/bin${delimiter}/bin`);
  for (const name of [
    'KUBECONFIG',
    'HELM_PLUGINS',
    'HELM_DATA_HOME',
    'HELM_TOKEN',
    'HOME',
    'TOKEN',
  ])
    vi.stubEnv(name, '/secret/of-a-person');
  const folder = folderOf(Object.entries(tree));
  expect(runMain(folder, ['lint', '.', '--helm']).stdout).toContain('1 chart made by helm 4.0.0');
  const env = readFileSync(join(place, 'helm.env'), 'utf8');
  expect(env).not.toContain('of-a-person');
  expect(env).toMatch(/HELM_PLUGINS=["']?\/.*\/home/);
  const args = readFileSync(join(place, 'helm.args'), 'utf8').trim().split('\n');
  expect(args.filter(arg => !arg.startsWith('--api-versions=')).map(withoutFolder)).toEqual([
    'template',
    '--namespace=app',
    '--values=ROOM/values.json',
    '--kube-version=1.36',
    '--skip-tests',
    '--include-crds',
    '--',
    'app',
    'ROOM/chart',
  ]);
  expect(args).toContain('--api-versions=external-secrets.io/v1/ExternalSecret');
  expect(args.join('\n')).not.toContain(folder);
});

function withoutFolder(arg: string): string {
  return arg.replace(/\/.*(?=\/(values\.json|chart)$)/, 'ROOM');
}
