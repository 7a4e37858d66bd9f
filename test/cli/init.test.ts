import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { DEPLOYERS, SERVERS, STORES } from '../../generator/init/command.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { exits, folderOf, root, runLater, runMain } from '../machine.ts';
import { blocks } from '../markdown-blocks.ts';

const ACTION = 'platform/rem-secrets@0123abc';
const COMPONENT = '$CI_SERVER_FQDN/platform/rem-secrets/rem-secrets@1.0.0';

test('without a terminal what is usual is taken, by the name of the folder', async () => {
  const folder = join(folderOf({ 'My Shop_2/.keep': '' }), 'My Shop_2');
  expect(await runMain(folder, 'init')).toMatchObject({ status: 0, stdout: 'rem-secrets.yaml\n' });
  expect(load(readFileSync(join(folder, 'rem-secrets.yaml'), 'utf8'))).toMatchObject({
    metadata: { name: 'my-shop-2' },
    spec: { namespace: 'my-shop-2-$' + '{environment}', environments: { dev: {}, prod: {} } },
  });
});

test('what is not said is asked for, and nothing else', async () => {
  const folder = folderOf();
  const answers = [
    'shop',
    '',
    'test, live',
    'secrets-manager',
    'eu-central-1',
    'no',
    '',
    'argocd',
    'https://git.example.com/shop.git',
  ];
  const asked: string[] = [];
  const ask = (question: string): string | undefined => {
    asked.push(question);
    return answers[asked.length - 1];
  };
  const ran = await runLater(folder, 'init --ci none', { ask });
  expect(ran).toMatchObject({ status: 0, stdout: 'rem-secrets.yaml\n' });
  expect(asked).toEqual([
    expect.stringMatching(/^What is it called\? \[.+\] $/),
    'In which namespace? [shop] ',
    'Which environments? [dev,prod] ',
    'Where are the values of Secrets? (none, parameter-store, secrets-manager, kubernetes) [parameter-store] ',
    'In which region? [eu-west-1] ',
    'With a PostgreSQL of CloudNativePG? (yes, no) [yes] ',
    'Which image runs? [example/shop:1.0.0] ',
    'What applies it? (none, argocd, flux) [none] ',
    expect.stringMatching(/^Which address does Argo CD clone\? \(.+\) $/),
  ]);
  expect(load(readFileSync(join(folder, 'rem-secrets.yaml'), 'utf8'))).toMatchObject({
    metadata: { name: 'shop' },
    spec: {
      stores: { aws: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } },
      argocd: { clusters: { test: 'shop-test', live: 'shop-live' } },
      environments: { test: {}, live: { workloads: { shop: { replicas: 2 } } } },
    },
  });
});

test('an address for Flux becomes a source; of a repository with a base of its own is told what to do', async () => {
  const folder = folderOf({ 'base/kustomization.yaml': 'resources: []' });
  const address = 'https://git.example.com/shop.git';
  const args = ['init', '--name', 'shop', '--deployer', 'flux', '--repository', address];
  expect((await runMain(folder, args)).stderr).toMatch(
    /^base\/ here is yours, and stays: .* `rem-secrets expand --out FOLDER`\n/,
  );
  const spec = load(readFileSync(join(folder, 'rem-secrets.yaml'), 'utf8'));
  expect(spec).toMatchObject({ spec: { flux: { repository: address, path: '.' } } });
  expect((await runMain(folder, 'expand')).stderr).toContain(
    'write below a folder of its own with --out',
  );
  expect((await runMain(folder, 'lint')).stdout).toContain('hint: Run `rem-secrets expand`.');
});

test.for([
  [
    '--name',
    'Shop: {a: b}',
    '--name takes up to 40 small letters, digits and hyphens, a letter first and no hyphen last, not "Shop: {a: b}"',
  ],
  [
    '--environments',
    'dev,Prod',
    '--environments takes up to 40 small letters, digits and hyphens, a letter first and no hyphen last, not "Prod"',
  ],
  ['--region', 'here # no', '--region takes a region of AWS, such as eu-west-1, not "here # no"'],
  ['--image', 'a b', '--image takes the name of an image'],
  ['--deployer', 'argocd', '--repository is needed: an address without credentials'],
  ['--ci', 'github', '--uses is needed: OWNER/rem-secrets@COMMIT, or a tag'],
  ['--uses', 'a/b@1 # c', '--uses takes OWNER/rem-secrets@COMMIT, or a tag, not "a/b@1 # c"'],
  ['--no-spec', '', '--no-spec needs --ci: github or gitlab'],
])('%s %s is refused, and nothing is written', async ([flag = '', value = '', why = '']) => {
  const folder = folderOf();
  const more = flag === '--uses' ? ['--ci', 'github'] : [];
  const args = [flag, value].filter(word => word !== '');
  const { status, stdout, stderr } = await runMain(folder, ['init', '--yes', ...more, ...args]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`rem-secrets: ${why}`);
  expect(nodeHost(folder).listFiles('.')).toEqual([]);
});

test.for([
  ['rem-secrets.yaml', []],
  ['.github/workflows/rem-secrets.yaml', ['--ci', 'github', '--uses', ACTION]],
  ['kustomization.yaml', ['--plugin']],
] as const)('what is there stays, and nothing is written beside it: %s', async ([file, flags]) => {
  const folder = folderOf({ [file]: 'mine\n' });
  expect(await runMain(folder, ['init', '--yes', ...flags])).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: ${file} is there already, and is left as it is\n`,
  });
  expect(nodeHost(folder).listFiles('.')).toEqual([file]);
  expect(readFileSync(join(folder, file), 'utf8')).toBe('mine\n');
});

test('nothing is written through a link, be it to nothing', async () => {
  const [folder, outside] = [folderOf(), folderOf()];
  symlinkSync(join(outside, 'spec.yaml'), join(folder, 'rem-secrets.yaml'));
  expect((await runMain(folder, 'init --yes')).status).toBe(2);
  const plugin = folderOf();
  symlinkSync(outside, join(plugin, 'guard'));
  expect((await runMain(plugin, 'init --yes --plugin')).status).toBe(2);
  expect(nodeHost(outside).listFiles('.')).toEqual([]);
});

test('a GitLab that checks something already is told what to include', async () => {
  const folder = folderOf({ '.gitlab-ci.yml': 'build: { script: [make] }\n' });
  const ran = await runMain(folder, ['init', '--yes', '--ci', 'gitlab', '--uses', COMPONENT]);
  expect(ran).toMatchObject({ status: 0, stdout: 'rem-secrets.yaml\n.gitlab/rem-secrets.yaml\n' });
  expect(ran.stderr).toMatch(
    /^Add to \.gitlab-ci\.yml:\ninclude:\n {2}- local: \.gitlab\/rem-secrets\.yaml\n/,
  );
});

test('below the root of a repository paths begin there, and CI is refused', async () => {
  const folder = folderOf({ 'deploy/my "shop"/.keep': '' });
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, '.git/HEAD'), '');
  const below = join(folder, 'deploy/my "shop"');
  expect(await runMain(below, ['init', '--yes', '--ci', 'github', '--uses', ACTION])).toMatchObject(
    {
      status: 2,
      stderr:
        'rem-secrets: --ci is for the root of a repository: run `init` there, or with --ci none\n',
    },
  );
  expect((await runMain(below, 'init --yes --deployer flux')).status).toBe(0);
  expect(load(readFileSync(join(below, 'rem-secrets.yaml'), 'utf8'))).toMatchObject({
    spec: { flux: { path: 'deploy/my "shop"' } },
  });
});

test.for([
  ['github', ACTION, '.github/workflows/rem-secrets.yaml', 'action.yml'],
  ['gitlab', COMPONENT, '.gitlab/rem-secrets.yaml', 'templates/rem-secrets.yml'],
] as const)(
  'what CI runs on %s is some ten lines that give what is there its inputs',
  async ([server, uses, file, source]) => {
    const folder = folderOf();
    const args = ['init', '--yes', '--no-spec', '--ci', server, '--uses', uses];
    const { stdout } = exits(0, await runMain(folder, args));
    expect(stdout.trim().split('\n')).not.toContain('rem-secrets.yaml');
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text.split('\n').length).toBeLessThan(15);
    const shown = text.replace(uses, SHOWN[server]).replace(/^#.*\n/, '');
    expect(blocks('docs/ci.md', 'yaml').map(block => load(block))).toContainEqual(load(shown));
    const [given, inputs] =
      server === 'github' ? actionIn(text, source) : componentIn(text, source);
    expect(text).toContain(uses);
    for (const name of given) expect(inputs).toContain(name);
  },
);

/** What docs/ci.md names. */
const SHOWN = {
  github: 'OWNER/rem-secrets@COMMIT',
  gitlab: '$CI_SERVER_FQDN/GROUP/rem-secrets/rem-secrets@COMMIT',
};

/** The inputs that a workflow gives to the action, and those that the action has. */
function actionIn(text: string, source: string): [string[], string[]] {
  const { jobs } = load(text) as { jobs: Record<string, { steps: { with: object }[] }> };
  const [given] = Object.values(jobs).map(({ steps }) => Object.keys(steps.at(-1)?.with ?? {}));
  const { inputs } = load(readFileSync(join(root, source), 'utf8')) as { inputs: object };
  return [given ?? [], Object.keys(inputs)];
}

/** The same of a pipeline and the component; it gives all that the component asks for. */
function componentIn(text: string, source: string): [string[], string[]] {
  const { include } = load(text) as { include: [{ inputs: object }] };
  const [header] = loadAll(readFileSync(join(root, source), 'utf8')) as [
    { spec: { inputs: Record<string, { default?: string }> } },
  ];
  const all = Object.entries(header.spec.inputs);
  const needed = all.flatMap(([name, { default: usual }]) => (usual === undefined ? [name] : []));
  expect(Object.keys(include[0].inputs)).toEqual(expect.arrayContaining(needed));
  return [Object.keys(include[0].inputs), all.map(([name]) => name)];
}

test('the choices of the flags are those of the questions', async () => {
  const help = (await runMain(folderOf(), 'init --help')).stdout.replaceAll(/\s+/g, ' ');
  for (const known of [DEPLOYERS, SERVERS, STORES])
    expect(help).toContain(`(choices: ${known.map(one => `"${one}"`).join(', ')})`);
});
