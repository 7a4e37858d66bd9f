import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, root, run, runKeeping, runMain } from '../machine.ts';
import { commandsIn } from '../markdown-blocks.ts';
import { APPLICATION } from './application.ts';

const cases = join(root, 'test/helm/cases');

/** What is said of a small repository with charts in it, `tree`, by the commands of `args.txt`. */
test.for(readdirSync(cases))('%s', async name => {
  const folder = join(cases, name);
  const file = join(folder, 'args.txt');
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8').trim().split('\n')
    : ['lint . --helm'];
  const tree = treeAt(join(folder, 'tree'));
  const said: string[] = [];
  for (const line of lines) {
    const { status, stdout, stderr } = await runMain(tree, line.split(' '));
    said.push(`$ rem-secrets ${line}\n${stdout}${stderr}exit ${status}\n`);
  }
  await expect(said.join('\n')).toMatchFileSnapshot(join(folder, 'out.txt'));
});

test.for(commandsIn('docs/helm.md'))('docs/helm.md: %s', async command => {
  const [program, ...args] = command.split(' ');
  expect(program).toBe('rem-secrets');
  const { stdout } = await runMain(treeAt(join(cases, 'flux/tree')), args);
  expect(stdout).toContain('1 chart made by helm');
});

/** A copy of a tree, so that no repository is around it. */
function treeAt(tree: string): string {
  const entries = readdirSync(tree, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(entry => entry.isFile())
    .map(file => join(file.parentPath, file.name));
  return folderOf(paths.map(path => [path.slice(tree.length + 1), readFileSync(path)] as const));
}

/** A repository with one chart, whose only template is this. */
function chartOf(template: string, values = ''): string {
  return folderOf([
    ['app.yaml', APPLICATION],
    ['chart/Chart.yaml', 'apiVersion: v2\nname: chart\nversion: 0.1.0\n'],
    ['chart/values.yaml', values],
    ['chart/templates/all.yaml', template],
  ]);
}

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: pod }\nspec:\n  containers:\n    - name: pod\n      image: example.org/pod:1\n      envFrom: [{ secretRef: { name: "NAME" } }]\n';

const unread = async (folder: string): Promise<string | undefined> =>
  /not read: the Helm chart chart: (.*) \[not-read\]/.exec(
    (await runMain(folder, ['lint', '.', '--helm'])).stdout,
  )?.[1];

test('a chart sees nothing of the machine, a server or a cluster', async () => {
  const looks = [
    '.Files.Get "../app.yaml"',
    '.Files.Get "/etc/hostname"',
    'getHostByName "localhost"',
  ];
  const name = [
    'seen',
    ...looks.map(look => `{{ ${look} }}`),
    '{{ lookup "v1" "Secret" "a" "b" | len }}',
  ];
  const { stdout } = await runMain(chartOf(POD.replace('"NAME"', name.join(''))), [
    'lint',
    '.',
    '--helm',
  ]);
  expect(stdout).toContain('nothing makes the Secret "seen0" in namespace "app"');
});

test('a chart that asks for too much is stopped', async () => {
  expect(await unread(chartOf('{{ $text := repeat 3000000000 "x" }}'))).toMatch(/memory|too much/);
  const forever = '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}';
  expect(await unread(chartOf(forever))).toMatch(/it took more than /);
});

test('what Helm says of a chart that it cannot make is told in our words', async () => {
  const [start, end] = ['its templates/all.yaml fails at line 1', 'Hunter2Hunter2'];
  const failing = ['fail .Values.a', 'required .Values.a .Values.b', 'include .Values.a .'];
  for (const call of failing) {
    const folder = chartOf(`{{ ${call} }}`, `a: ${end}`);
    expect([call, await unread(folder)]).toEqual([call, start]);
    expect((await runMain(folder, ['lint', '.', '--helm'])).stdout).not.toContain(end);
  }
  expect(await unread(chartOf('{{ if }'))).toBe(start);
  expect(await unread(chartOf('a: b: {{ .Values.a }}', `a: ${end}`))).toBe(
    'what its templates/all.yaml makes is no YAML',
  );
});

test('a link of a chart leads no further than its repository', async () => {
  const folder = chartOf(POD);
  symlinkSync('/etc', join(folder, 'chart/files'));
  expect(await unread(folder)).toBe('"files" in it is a link that leads out of the repository');
});

test('a link within the repository is followed, and one to itself has an end', async () => {
  const folder = chartOf(POD.replace('NAME', '{{ .Files.Get "name.txt" }}'));
  run('sh', ['-c', 'printf linked >name.txt; ln -s ../name.txt chart/'], { cwd: folder });
  expect((await runMain(folder, ['lint', '.', '--helm'])).stdout).toContain('the Secret "linked"');
  symlinkSync('.', join(folder, 'chart/loop'));
  expect(await unread(folder)).toBe('its folders have no end');
});

test('what a chart made is kept by the content of all that it is made of', async () => {
  const [cache, folder] = [
    folderOf([]),
    chartOf(POD.replace('NAME', '{{ .Values.name }}'), 'name: first'),
  ];
  const lint = async (): Promise<string> =>
    (await runKeeping(cache, folder, ['lint', '.', '--helm'])).stdout;
  // One is which helm it was.
  const kept = (): number => readdirSync(join(cache, 'rem-secrets/builds')).length - 1;
  expect(await lint()).toContain('the Secret "first"');
  expect([await lint(), kept()]).toEqual([expect.stringContaining('the Secret "first"'), 1]);
  run('sh', ['-c', 'printf "name: second" >chart/values.yaml'], { cwd: folder });
  expect([await lint(), kept()]).toEqual([expect.stringContaining('the Secret "second"'), 2]);
});

test('what it made is kept sealed: no text of it is there', async () => {
  const [cache, folder] = [
    folderOf([]),
    chartOf(`apiVersion: v1\nkind: Secret\nmetadata: { name: called-so }\n`),
  ];
  await runKeeping(cache, folder, ['lint', '.', '--helm']);
  const builds = join(cache, 'rem-secrets/builds');
  const kept = readdirSync(builds).map(file => readFileSync(join(builds, file), 'latin1'));
  expect(kept).not.toEqual([]);
  expect(kept.join('')).not.toContain('called-so');
});

test('a chart is made for the version of Kubernetes that is told', async () => {
  const folder = chartOf(POD.replace('NAME', 'for-{{ .Capabilities.KubeVersion.Minor }}'));
  const lint = async (...more: string[]): Promise<string> =>
    (await runMain(folder, ['lint', '.', '--helm', ...more])).stdout;
  expect(await lint()).toContain('the Secret "for-36"');
  expect(await lint('--versions', 'kubernetes=1.34')).toContain('the Secret "for-34"');
});

test('diff makes the charts of both sides', async () => {
  const folder = chartOf(POD.replace('NAME', '{{ .Values.name }}'), 'name: first');
  const git = ['init -q', 'add .', '-c user.name=a -c user.email=a@example.org commit -qm a'];
  for (const line of git) run('git', line.split(' '), { cwd: folder });
  run('sh', ['-c', 'printf "name: second" >chart/values.yaml'], { cwd: folder });
  expect((await runMain(folder, ['diff'])).stdout).not.toContain('second');
  expect((await runMain(folder, ['diff', '--helm'])).stdout).toContain('second');
});
