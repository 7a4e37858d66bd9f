import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cloneTo } from './clone.ts';
import { deployment, injectionOf } from './inject/calls.ts';
import { globalPrograms } from './installed.ts';
import { folderOf, lastingFolder, type Ran, root, run, runMain, tool } from './machine.ts';
import { blocks, commandsIn } from './markdown-blocks.ts';
import { git, repositoryOf, write } from './review/repository.ts';

/* Every command in a block `sh` of the README and of docs/ is run: by the installed package, where a user has no clone. */

/** `.ci/run` runs these. */
const BY_CI = ['make render', 'make test'];

/** What needs more than a repository, and who runs it. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/params (?:check|put|copy)/, 'test/operate/params, with an AWS of its own'],
  [/doctor (?!--from)|status (?:-e|--context)/, 'test/operate/doctor and make e2e, with a cluster'],
  [/--helm\b/, 'make helm'],
  [/make e2e|e2e\/run\.sh/, '.ci/run'],
];

const pages = readdirSync(join(root, 'docs'))
  .filter(name => name.endsWith('.md'))
  .map(name => `docs/${name}`);
const all = ['README.md', ...pages].flatMap(page =>
  joined(commandsIn(page)).map(command => [page, command] as const),
);
const elsewhere = all.filter(([, command]) => ELSEWHERE.some(([form]) => form.test(command)));
const here = all.filter(call => !elsewhere.includes(call) && !BY_CI.includes(call[1]));
const [ofClone, ofUser] = [true, false].map(isOfClone =>
  here.filter(([, command]) => command.startsWith('.tools/') === isOfClone),
);

/** Commands whose last word, a `|`, has the next line as its other end. */
function joined(lines: readonly string[]): string[] {
  const [line, ...rest] = lines;
  if (line === undefined) return [];
  if (!line.endsWith('|')) return [line, ...joined(rest)];
  return joined([`${line} ${rest[0]}`, ...rest.slice(1)]);
}

test('CI runs the commands that set everything up', () => {
  expect(commandsIn('README.md')).toEqual(BY_CI);
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain('make render test');
});

test('each command that is run elsewhere is one', () => {
  for (const [form] of ELSEWHERE)
    expect(elsewhere.some(([, command]) => form.test(command))).toBe(true);
});

describe('in a clone', () => {
  const clone = lastingFolder();
  beforeAll(() => {
    cloneTo(clone, ['test/plugin', 'test/validator']);
    for (const name of ['dist', '.tools']) symlinkSync(join(root, name), join(clone, name));
  });

  test.for(ofClone ?? [])('%s: %s', ([, command]) => {
    tool('kustomize');
    const { status, stdout, stderr } = run('sh', ['-c', command], { cwd: clone });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});

/** What needs no shell runs in this process: that the package has each command is seen by test/installed/commands.ts. */
const PLAIN = /^rem-secrets ([\w ./:=-]+)$/;

describe('in a repository of a user', () => {
  const [folder, home, programs] = [lastingFolder(), lastingFolder(), lastingFolder()];
  beforeAll(() => {
    userRepository(folder);
    standInsIn(programs);
  });

  async function ran(command: string): Promise<Ran> {
    const line = PLAIN.exec(command)?.[1];
    if (line !== undefined) return runMain(folder, line);
    const path = [programs, globalPrograms(), dirname(tool('kustomize')), process.env['PATH']];
    const env = { PATH: path.join(':'), HOME: home, XDG_CACHE_HOME: join(home, '.cache') };
    return run('bash', ['-o', 'pipefail', '-c', command], { cwd: folder, env });
  }

  test.for(ofUser ?? [])('%s: %s', async ([, command]) => {
    if (command.includes('rem-secrets import')) rmSync(join(folder, 'rem-secrets.yaml'));
    const { status, stderr } = await ran(command);
    expect({ status, stderr }).toEqual({
      status: expect.toBeOneOf([0, 1]), // It ran, and found nothing or something.
      stderr: expect.not.stringMatching(/^(?:rem-secrets: (?!Secrets: )|error: |bash: )/m),
    });
    git(folder, 'checkout', '--quiet', '.');
  });
});

function standInsIn(folder: string): void {
  const list = '{ "apiVersion": "v1", "kind": "List", "items": [] }';
  const secret = list.replace(
    '[]',
    '[{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "a" }, "data": {} }]',
  );
  const object = 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: a, namespace: shop }\\n';
  const kubectl = `#!/bin/sh\ncase "$*" in *secrets\\ *) echo '${secret}' ;; *yaml) printf '${object}' ;; *) echo '${list}' ;; esac\n`;
  write(folder, 'kubectl', kubectl);
  write(folder, 'helm', '#!/bin/sh\ncat injected.yaml\n');
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o755);
}

function userRepository(folder: string): void {
  cpSync(join(root, 'examples/shop'), folder, { recursive: true });
  for (const name of ['deploy/base', 'clusters/prod', 'old', 'new'])
    cpSync(join(root, 'examples/plain/before'), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'dump'));
  repositoryOf(
    {
      'deploy/kustomization.yaml': 'resources: [base]\n',
      'deploy/dev/kustomization.yaml': 'resources: [../base]\n',
      'deploy/live/kustomization.yaml': 'resources: [../base]\n',
      'manifests/all.yaml': readFileSync(join(root, 'examples/plain/before/shop.yaml'), 'utf8'),
      'README.md': readFileSync(join(root, 'test/adopt/markdown/README.md'), 'utf8'),
      'injected.yaml': deployment('[{ name: api, image: "example/api:1" }]'),
      'injection.yaml': injectionOf(
        'workloads: { api: { target: { name: "*" }, env: { MODE: fast } } }',
      ),
    },
    folder,
  );
  git(folder, 'tag', 'v1.4');
}

test.for(blocks('docs/spec-by-example.md', 'yaml'))(
  'docs/spec-by-example.md is a spec, and what is made of it is valid',
  async text => {
    const folder = folderOf({ 'rem-secrets.yaml': text });
    for (const command of ['expand', 'validate', 'lint'])
      expect((await runMain(folder, [command])).status, command).toBe(0);
    expect(existsSync(join(folder, 'overlays/prod'))).toBe(true);
  },
);
