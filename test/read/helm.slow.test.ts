import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { APPLICATION } from '../helm/application.ts';
import { folderOf, readText, runMain } from '../machine.ts';

/*
 * How helm is looked for and started. What it makes of charts is tested with a real one, which takes
 * minutes to build: `make helm`.
 */
afterEach(() => vi.unstubAllEnvs());

const tree = {
  'app.yaml': APPLICATION,
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
};

function helmOf(script: string): string {
  const folder = folderOf();
  writeFileSync(join(folder, 'helm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'helm'), 0o755);
  return folder;
}

test.for(['lint .', 'graph .', 'diff --base . --head .'])('%s --helm without helm', async line => {
  vi.stubEnv('PATH', folderOf());
  const { status, stdout, stderr } = await runMain(folderOf(tree), [...line.split(' '), '--helm']);
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'rem-secrets: helm is not installed: --helm needs helm 3.16 or a newer one on the PATH (https://helm.sh/docs/intro/install)\n',
  });
});

test.for([
  ['echo v3.15.4+gdb', 'helm is too old: it is 3.15.4, and --helm needs helm 3.16 or a newer one'],
  ['echo v2.17', 'helm is too old: it is 2.17, and --helm needs helm 3.16 or a newer one'],
  ['echo hello', 'PLACE/helm does not say its version: --helm needs helm 3.16 or a newer one'],
] as const)('%s', async ([script, message]) => {
  const place = helmOf(script);
  vi.stubEnv('PATH', place);
  const { status, stderr } = await runMain(folderOf(tree), 'lint . --helm');
  expect([status, stderr.replace(place, 'PLACE')]).toEqual([2, `rem-secrets: ${message}\n`]);
});

test('without --helm no helm is looked for or started', async () => {
  const place = helmOf('echo >"$0.ran"; echo v4.0.0');
  vi.stubEnv('PATH', place);
  const folder = folderOf(tree);
  expect((await runMain(folder, 'lint .')).status).toBe(0);
  expect(existsSync(join(place, 'helm.ran'))).toBe(false);
  expect((await runMain(folder, 'lint . --helm')).status).toBe(0);
  expect(existsSync(join(place, 'helm.ran'))).toBe(true);
});

test('helm gets a copy of the chart, and nothing of a person', async () => {
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
  const folder = folderOf(tree);
  expect((await runMain(folder, 'lint . --helm')).stdout).toContain('1 chart made by helm 4.0.0');
  const env = readText(place, 'helm.env');
  expect(env).not.toContain('of-a-person');
  expect(env).toMatch(/HELM_PLUGINS=["']?\/.*\/home/);
  const args = readText(place, 'helm.args').trim().split('\n');
  expect(args.filter(arg => !arg.startsWith('--api-versions=')).map(withoutFolder)).toEqual(
    'template --namespace=app --values=ROOM/values.json --kube-version=1.36 --skip-tests --include-crds -- app ROOM/chart'.split(
      ' ',
    ),
  );
  expect(args).toContain('--api-versions=external-secrets.io/v1/ExternalSecret');
  expect(args.join('\n')).not.toContain(folder);
});

/** The arguments and the files that helm gets of such a chart, and what is said of it. */
async function given(chart: Record<string, string>, act = (_: string): void => {}) {
  const place = helmOf(
    'case $1 in version) echo v4.0.0 ;; *) for last; do :; done; cd "$last"; printf "%s\\n" "$@" >"$0.args"; /usr/bin/find . -type f >"$0.files" ;; esac',
  );
  vi.stubEnv('PATH', `${place}${delimiter}/usr/bin${delimiter}/bin`);
  const folder = folderOf({ ...tree, ...chart });
  act(folder);
  const { status, stdout } = await runMain(folder, 'lint . --helm');
  const lines = (name: string): string[] =>
    existsSync(join(place, name)) ? readText(place, name).trim().split('\n') : [];
  return { status, stdout, args: lines('helm.args'), files: lines('helm.files').sort() };
}

test.for([
  ['{ "$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/a" }', true],
  ['{ "properties": { "id": { "type": "string" } } }', true],
  ['{ "$ref": "http://127.0.0.1/a.json" }', false],
  ['{ "$ref": "file:///dev/tty" }', false],
  ['{ "$ref": "/dev/tty" }', false],
  ['{ "\\u0024ref": "/dev/tty" }', false],
  ['{ "$ref":\n\n\n\n\n\n\n\n\n\n\n"/dev/tty" }', false],
  ['{ "$schema": "http://localhost/schema#" }', false],
] as const)('values are compared with the schema %s: %s', async ([schema, isCompared]) => {
  const { args } = await given({ 'chart/values.schema.json': schema });
  expect(args).toContain('template');
  expect(!args.includes('--skip-schema-validation')).toBe(isCompared);
  expect((await given({ 'chart/charts/a.tgz': '' })).args).toContain('--skip-schema-validation');
});

test('what git keeps for itself, tokens among it, is no part of a chart', async () => {
  const { files } = await given({ 'chart/.git/config': 'token', 'chart/a/.git/config': 'token' });
  expect(files).toEqual(['./Chart.yaml']);
});

test('a dependency is no folder above the chart, and no file of it', async () => {
  const dependencies = ['..', '.', 'lib', 'good'].map(
    name => `  - { name: ${name}, version: 0.1.0, repository: file://../other }\n`,
  );
  const { status, files } = await given({
    'chart/Chart.yaml': `${tree['chart/Chart.yaml']}dependencies:\n${dependencies.join('')}`,
    'chart/charts/lib': 'a file',
    'other/Chart.yaml': 'apiVersion: v2\nname: good\nversion: 0.1.0\n',
  });
  expect(status).toBe(0);
  expect(files).toEqual(['./Chart.yaml', './charts/good/Chart.yaml', './charts/lib']);
});

test('folders of links to folders of links have an end', async () => {
  const { stdout } = await given({}, folder => {
    for (let level = 0; level < 10; level += 1) {
      mkdirSync(join(folder, `links/${level}`), { recursive: true });
      for (let link = 0; link < 10; link += 1)
        symlinkSync(`../${level + 1}`, join(folder, `links/${level}/${link}`));
    }
    mkdirSync(join(folder, 'links/10'));
    symlinkSync('../links/0', join(folder, 'chart/files'));
  });
  expect(stdout).toContain('the Helm chart chart: it has more than 5000 files, or than 20 MiB');
});

test.for([
  ['name', 'name: app,', (text: string) => `name: "${text}",`],
  ['namespace', 'namespace: app }', (text: string) => `namespace: "${text}" }`],
  ['API', 'path: chart', (text: string) => `path: chart, helm: { apiVersions: ["${text}"] }`],
  ['version', 'path: chart', (text: string) => `path: chart, helm: { kubeVersion: "${text}" }`],
] as const)('a %s that no program can be told', async ([, written, other]) => {
  for (const text of ['a\\0b', 'x'.repeat(200_000)]) {
    const app = tree['app.yaml'].replace(written, () => other(text));
    const { status, stdout } = await given({ 'app.yaml': app });
    expect(stdout).toContain('or an API version is none');
    expect(status).toBeLessThan(2);
  }
});

test.for([
  ['', []],
  [', includeCRDs: true', ['--include-crds']],
  [', includeCRDs: false, skipHooks: true', ['--no-hooks']],
  [', includeCRDs: "true", kubeVersion: "1.29"', ['--kube-version=1.29']],
] as const)('helm is asked what a chart of a kustomization says%s', async ([fields, expected]) => {
  const entry = `{ name: chart, releaseName: app, namespace: app${fields} }`;
  const { args } = await given({
    'app.yaml': '',
    'kustomization.yaml': `helmGlobals: { chartHome: . }\nhelmCharts: [${entry}]\n`,
  });
  const usual =
    /^(?:template|app|--|\/.*|--(?:namespace|values|api-versions|skip-tests|kube-version=1\.36).*)$/;
  expect(args.filter(arg => !usual.test(arg))).toEqual(expected);
});

test('after five charts without an end few more are begun', async () => {
  const place = helmOf(
    'case $1 in version) echo v4.0.0 ;; *) echo run >>"$0.runs"; echo SIGXCPU >&2; exit 2 ;; esac',
  );
  vi.stubEnv('PATH', `${place}${delimiter}/usr/bin${delimiter}/bin`);
  const charts = Array.from(
    { length: 100 },
    (_, index) => `  - { name: chart, releaseName: a${index}, namespace: app }\n`,
  );
  const { 'chart/Chart.yaml': chart } = tree;
  const folder = folderOf([
    ['kustomization.yaml', `helmGlobals: { chartHome: . }\nhelmCharts:\n${charts.join('')}`],
    ['chart/Chart.yaml', chart],
  ]);
  const { stdout } = await runMain(folder, 'lint . --helm');
  const runs = readText(place, 'helm.runs').trim().split('\n').length;
  // One that ends frees its place before the end is counted.
  expect(runs).toBeLessThanOrEqual(5 + 2 * availableParallelism());
  expect(stdout).toContain('helm was stopped too often before');
});

function withoutFolder(arg: string): string {
  return arg.replace(/\/.*(?=\/(values\.json|chart)$)/, 'ROOM');
}
