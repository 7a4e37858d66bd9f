import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine, commands } from '../../generator/main.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import {
  exits,
  expectStderr,
  folderOf,
  output,
  remSecrets,
  root,
  run,
  runMain,
} from '../machine.ts';
import { commit, git, write } from '../review/repository.ts';
import { specOf } from '../spec-text.ts';

const spec = specOf(`
namespace: shop
workloads: { web: { image: "example/web:1" } }
environments: { dev: {} }`);
const misspelt = spec.replace('image:', 'imgae:');

const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: "example/web:1", envFrom: [{ secretRef: { name: a } }] }] }
`;

test.for([
  'lint pod.yaml',
  'iam pod.yaml',
  'capacity pod.yaml',
  'params list pod.yaml',
  'validate wrong.yaml',
  'diff --base pod.yaml --head wrong.yaml',
  'doctor --from dump pod.yaml',
  '--file misspelt.yaml expand',
  '--file misspelt.yaml environments',
])('-o, --output and --format choose the same format: %s', async line => {
  const folder = folderOf({
    'pod.yaml': pod,
    'wrong.yaml': pod.replace('containers:', 'container:'),
    'dump/all.json': '{ "kind": "List", "items": [] }',
    'misspelt.yaml': misspelt,
  });
  const named = await runMain(folder, `${line} --format json`);
  expect(JSON.parse(named.stdout)).toBeTypeOf('object');
  for (const flag of ['-o', '--output'])
    expect(await runMain(folder, `${line} ${flag} json`)).toEqual(named);
});

test('-o stays the format of what is made, where findings have one of their own', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec });
  const { stdout } = await runMain(folder, 'render dev -o json');
  expect((await runMain(folder, 'render -e dev -o json')).stdout).toBe(stdout);
  expect(JSON.parse(stdout).kind).toBe('List');
  const wrong = folderOf({ 'rem-secrets.yaml': misspelt });
  expect((await runMain(wrong, 'render dev -o json')).stderr).toContain('[unknown-field]');
});

test.for([
  ['-o json', 'lint pod.yaml'],
  ['--output=json', 'lint pod.yaml'],
  ['-ojson --strict', 'lint pod.yaml'],
  ['--file rem-secrets.yaml -e dev', 'params list'],
  ['--root .', 'lint pod.yaml'],
  ['--help', 'params list'],
])('options may stand before the command: %s %s', async ([options, command]) => {
  const folder = folderOf({ 'rem-secrets.yaml': spec, 'pod.yaml': pod });
  const behind = await runMain(folder, `${command} ${options}`);
  expect(behind.status).not.toBe(2);
  expect(await runMain(folder, `${options} ${command}`)).toEqual(behind);
});

test.for([
  ['--oops lint', "unknown option '--oops'", '(rem-secrets lint --help '],
  ['params list --oops', "unknown option '--oops'", '(rem-secrets params list --help '],
  ['help lnt', 'Did you mean lint?', '(rem-secrets --help '],
  ['lnt --help', 'Did you mean lint?', '(rem-secrets --help '],
  ['-o text', "unknown option '-o'", '(rem-secrets --help '],
  ['lnt', '(Did you mean lint?)', ''],
  ['valdate', '(Did you mean validate?)', ''],
  ['environment', '(Did you mean environments?)', ''],
  ['render --nonsense', "unknown option '--nonsense'", ''],
  ['--format xml render', 'xml', ''],
  ['completion tcsh', 'tcsh', ''],
  ['-f absent.yaml render', 'absent.yaml', ''],
] as const)('%s is refused, and the help that fits is named', async ([line, said, help]) => {
  expectStderr(await runMain(root, line), 2, said, help);
});

test.for([
  ['--format json lint absent', 'rem-secrets: there is no absent'],
  ['lint absent -o json', 'rem-secrets: there is no absent'],
  ['diff --format=json --nothing', "error: unknown option '--nothing'"],
] as const)('for a program there is a document where nothing runs: %s', async ([line, said]) => {
  const { stdout } = exits(2, await runMain(folderOf(), line));
  expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining(said) });
});

test('an unknown format is named with the flag that asks for it', async () => {
  expect(await runMain(root, 'lint -o xml')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('error: lint has no --output xml, only text, json'),
  });
  expect((await runMain(root, 'runbook --output page.html')).stderr).toContain(
    'only markdown, html; write a file with `>page.html`\n',
  );
});

test('the spec is looked for in folders above, up to the root of the repository', async () => {
  const folder = folderOf({
    'repository/rem-secrets.yaml': spec,
    'repository/.git/HEAD': '',
    'repository/apps/shop/pod.yaml': pod,
    'repository/.hidden/deep/file': '',
    'rem-secrets.yaml': 'no spec',
    'inner/.git/HEAD': '',
    'inner/apps/pod.yaml': pod,
  });
  const names = (place: string) => runMain(join(folder, place), 'environments');
  for (const place of ['repository', 'repository/apps/shop', 'repository/.hidden/deep'])
    expect(await names(place), place).toEqual({ status: 0, stdout: 'dev\n', stderr: '' });
  expect((await names('inner/apps')).status, 'what is above a repository is none of it').toBe(2);
});

test('without a repository of git nothing above is looked at', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec, 'apps/pod.yaml': pod });
  expect((await runMain(join(folder, 'apps'), 'environments')).status).toBe(2);
});

test('a spec that was found above is written beside, and its faults are named from here', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec, '.git/HEAD': '', 'apps/pod.yaml': pod });
  expect((await runMain(join(folder, 'apps'), 'expand')).status).toBe(0);
  expect(output('ls', [folder])).toBe('apps\nbase\noverlays\nrem-secrets.yaml\n');
  for (const command of [['validate'], ['lint'], ['graph'], ['iam'], ['expand', '--check']])
    expect(await runMain(join(folder, 'apps'), command), command.join(' ')).toMatchObject({
      status: 0,
    });
  const wrong = folderOf({ 'rem-secrets.yaml': misspelt, '.git/HEAD': '', 'apps/pod.yaml': pod });
  expect((await runMain(join(wrong, 'apps'), 'expand')).stderr).toMatch(
    /^\.\.\/rem-secrets\.yaml:6:/,
  );
});

test('diff of a folder below compares what the spec above makes', async () => {
  const folder = folderOf({ 'rem-secrets.yaml': spec, 'apps/pod.yaml': pod });
  git(folder, 'init', '--quiet');
  await runMain(folder, 'expand');
  commit(folder, {});
  write(folder, 'rem-secrets.yaml', spec.replace('web:1', 'web:2'));
  await runMain(folder, 'expand');
  const whole = await runMain(folder, 'diff -o json');
  const below = await runMain(join(folder, 'apps'), 'diff -o json');
  expect(JSON.parse(whole.stdout).environments).toMatchObject([
    { name: 'apps', changed: 0 },
    { name: 'dev', changed: 1 },
  ]);
  expect(JSON.parse(below.stdout).environments).toEqual(JSON.parse(whole.stdout).environments);
});

test.for(['lint', 'expand', 'graph', 'iam'])(
  '%s says what to do where there is no spec',
  async command =>
    expect(await runMain(folderOf(), command)).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'rem-secrets: there is no file rem-secrets.yaml; name the spec with --file, write a first one with `rem-secrets init`, or try `rem-secrets lint .`, which needs none\n',
    }),
);

test.for(commands)('help of $name has examples that can be typed', async ({ name, examples }) => {
  const help = (await runMain(root, [name, '--help'])).stdout;
  expect(examples.length).toBeGreaterThan(0);
  for (const [line, does] of examples) {
    expect(help).toContain(`  # ${does}\n  rem-secrets ${line}\n`);
    const program = commandLine(nodeHost(root));
    const words = line.replace(/ [<>]\S+$/, '').split(' ');
    expect(() => program.parse(words, { from: 'user' }), line).not.toThrow();
  }
});

test('help of a part has the examples of that part', async () => {
  const help = (await runMain(root, 'params put --help')).stdout;
  expect(help).toContain('rem-secrets params put /shop');
  expect(help).not.toContain('rem-secrets params list');
});

test('a fault of the spec is shown with its line, in colour on a terminal', () => {
  const folder = folderOf({ 'rem-secrets.yaml': misspelt });
  const { stdout, stderr } = run(remSecrets, ['render', 'dev'], { cwd: folder });
  expect(stdout).toBe('');
  expect(stderr).toContain(
    '\n  6 | workloads: { web: { imgae: … } }'.replace('workloads', '  workloads'),
  );
  const command = `${remSecrets} render dev`;
  const typed = output('script', ['-qec', `${command} || true`, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], TERM: 'xterm' },
  });
  expect(typed).toContain('\u001b[31merror\u001b[0m');
});
