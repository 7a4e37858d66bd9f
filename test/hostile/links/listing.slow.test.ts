import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import type { Host } from '../../../generator/core/host.ts';
import { componentObjects } from '../../../generator/environments/sets.ts';
import { nodeHost } from '../../../generator/shell/host.ts';
import { casesIn } from '../../cases.ts';
import { exits, folderOf, output, runKrm, runMain } from '../../machine.ts';
import { podReading } from '../../manifests.ts';
import { commit, git, repositoryOf } from '../../review/repository.ts';
import { specOf } from '../../spec-text.ts';
import { cluster, type Links, link, linked, namespace } from '../repository.ts';

/** Reads a Secret that nothing makes: lint has something to say. */
const pod = podReading('absent');

async function lint(folder: string, ...args: readonly string[]) {
  const { status, stdout } = await runMain(folder, ['lint', ...args]);
  const found = [...stdout.matchAll(/^(\S+?):\d+:\d+: .*\[([a-z-]+)\]$/gm)];
  return {
    found: found.map(([, file, id]) => `${file} ${id}`).sort(),
    summary: stdout.trimEnd().split('\n').at(-1) ?? '',
    status,
  };
}

interface Followed {
  readonly files: Readonly<Record<string, string>>;
  readonly links: Links;
  /** Where lint finds it. */
  readonly found: string;
}

const fields = ['files', 'links', 'found'] as const;
const followed = casesIn<Followed>(import.meta.dirname, 'followed.yaml', fields, { pod });

test.for(followed)('a link inside the root is followed: %s', async ([, one]) => {
  const { files, links, found } = one;
  const folder = linked({ 'readme.md': '', ...files }, links);
  expect((await lint(folder, 'apps')).found).toEqual([`${found} unknown-secret`]);
  const review = await runMain(folder, 'diff --base path:readme.md --head path:apps');
  expect(review.stdout).toMatch(/^\+ Pod shop\/web/m);
  commit(folder, {});
  const line = '--file apps/rem-secrets.yaml diff --head rev:HEAD --base rev:HEAD~1';
  const inCommit = await runMain(folder, line);
  // Under apps/ the file of the Pod was there before, and nothing of it changes.
  if ('apps/prod/pod.yaml' in files)
    expect(inCommit.stdout).toMatch(/^HEAD~1 → HEAD: no risks; no object changes$/m);
  else expect(inCommit.stdout).toMatch(/^\+ Pod shop\/web/m);
  for (const command of ['graph', 'validate'])
    expect((await runMain(folder, [command, 'apps'])).stdout).toMatch(/shop\/absent|1 objects/);
});

/** Links to what is not of the repository; a folder and a file are there. */
function outside(): string {
  return folderOf({
    'pod.yaml': pod,
    'prod/kustomization.yaml': 'resources: [pod.yaml]\n',
    'prod/pod.yaml': pod,
  });
}

const UNREAD = 'is a link to nothing in this repository';

test.for<[string, (place: string) => string]>([
  ['to a file outside', place => `${place}/pod.yaml`],
  ['to a folder outside', place => place],
  ['to a kustomization outside', place => `${place}/prod`],
  ['by dots', place => `../../${place.split('/').at(-1)}/pod.yaml`],
  ['to nothing', () => 'absent.yaml'],
  ['to itself', () => 'link.yaml'],
  ['to a device', () => '/dev/zero'],
  ["to git's own", () => '../.git/config'],
  ['to what a process is told', () => '/proc/self/environ'],
])('a link %s is named as unread by every command', async ([, textOf]) => {
  const folder = linked({ 'apps/a.yaml': namespace('a') }, { 'apps/link.yaml': textOf(outside()) });
  const found = ['apps/link.yaml skipped-file'];
  expect(await lint(folder, 'apps')).toMatchObject({ found, status: 0 });
  expect((await lint(folder, '.')).summary).toContain('not judged: 1 file');
  const said = `apps/link.yaml:1:1: warning: skipped: it ${UNREAD}`;
  expect((await runMain(folder, 'diff')).stdout).toContain(said);
  for (const command of ['validate', 'graph'])
    expect(await runMain(folder, [command, 'apps'])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(`skipped: it ${UNREAD}`),
    });
});

/** A machine that notes which files are read. */
function noting(host: Host, read: Set<string>): Host {
  const readFile = (path: string): Uint8Array => {
    read.add(host.realPath(path) ?? path);
    return host.readFile(path);
  };
  return { ...host, readFile, below: folder => noting(host.below(folder), read) };
}

test.for([
  ...['lint .', 'validate .', 'graph .', 'iam .', 'runbook .', 'versions .', 'capacity .'],
  ...['params list', 'expand', 'import . --name shop --out made'],
])('%s opens nothing behind a link that leads outside', async command => {
  const place = outside();
  const spec = specOf('namespace: shop\nsecrets: { db: { manual: [password] } }\nrunbook: {}');
  const folder = linked(
    { 'rem-secrets.yaml': spec, 'apps/a.yaml': pod },
    {
      'apps/link.yaml': `${place}/pod.yaml`,
      'base/kustomization.yaml': `${place}/prod/kustomization.yaml`,
      'overlays/old/kustomization.yaml': `${place}/prod/kustomization.yaml`,
      'runbook/prod.md': `${place}/prod/kustomization.yaml`,
    },
  );
  const read = new Set<string>();
  await runMain(folder, command, '', host => noting(host, read));
  expect([...read].filter(path => path.startsWith(place))).toEqual([]);
});

test.for([['lint'], ['validate'], ['graph']])(
  'where nothing at all is read, %s says it as an error',
  async ([command = '']) => {
    const place = outside();
    const folder = linked({}, { 'apps/a.yaml': `${place}/pod.yaml`, 'apps/b': place });
    const { stdout, stderr } = exits(1, await runMain(folder, [command, 'apps']));
    for (const file of ['apps/a.yaml', 'apps/b'])
      expect(stdout + stderr).toContain(`${file}:1:1: error: not read: it ${UNREAD}`);
  },
);

test('a side of which nothing is read is no side: the rest is shown, and the exit code is 2', async () => {
  const folder = linked({ 'apps/a.yaml': namespace('a') }, {});
  const other = linked({}, { 'apps/a.yaml': `${outside()}/pod.yaml` });
  const { stdout } = exits(2, await runMain(folder, `diff --base apps --head ${other}/apps`));
  expect(stdout).toContain(`not read: it ${UNREAD}`);
});

const PROD = {
  'rem-secrets.yaml': '',
  'overlays/prod/kustomization.yaml': 'resources: [db.yaml]\n',
  'overlays/prod/db.yaml': cluster,
};

test.for<[string, Links]>([
  ['its file leads outside', { 'overlays/prod/kustomization.yaml': '/dev/null' }],
  ['its file leads nowhere', { 'overlays/prod/kustomization.yaml': 'absent' }],
  ['it leads outside', { 'overlays/prod': '/tmp' }],
  ['it leads nowhere', { 'overlays/prod': '../absent' }],
  ['all overlays lead nowhere', { overlays: 'absent' }],
  ['all overlays lead outside', { overlays: '/proc/self' }],
])('an overlay cannot be hidden behind a link: %s', async ([, links]) => {
  const folder = repositoryOf(PROD);
  git(folder, 'rm', '--quiet', '-r', 'overlays');
  link(folder, links);
  commit(folder, {});
  for (const head of ['.', 'rev:HEAD']) {
    const { status, stdout } = await runMain(folder, `diff --base rev:HEAD~1 --head ${head}`);
    expect(status, stdout).not.toBe(0);
    expect(stdout).toMatch(/is a link to nothing in this repository|is no regular file/);
    expect(stdout).not.toMatch(/\benviron\b/); // Names are of the machine too.
  }
});

test('an overlay that moves behind a link inside the root is what it was', async () => {
  const folder = repositoryOf(PROD);
  mkdirSync(join(folder, 'envs'));
  git(folder, 'mv', 'overlays/prod', 'envs/prod');
  link(folder, { 'overlays/prod': '../envs/prod' });
  commit(folder, {});
  for (const head of ['.', 'rev:HEAD']) {
    const { stdout } = exits(0, await runMain(folder, `diff --base rev:HEAD~1 --head ${head}`));
    expect(stdout).toContain('no object changes');
  }
});

test('links that lead in circles, and a thousand ways to one folder, come to an end', async () => {
  const links: Record<string, string> = {};
  // Two ways at each of 40 steps are a million million paths.
  for (let step = 0; step < 40; step++) {
    links[`steps/${step}/one`] = `../${step + 1}`;
    links[`steps/${step}/two`] = `../${step + 1}`;
  }
  const circles = { 'apps/self': '.', 'apps/up': '..', 'apps/a': 'b', 'apps/b': 'a' };
  const folder = linked({ 'steps/40/pod.yaml': pod }, { ...circles, ...links });
  expect(await lint(folder, 'apps')).toMatchObject({ status: 1 });
  const { found } = await lint(folder, 'steps/0');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/one\/pod\.yaml unknown-secret$/);
  expect((await lint(folder, '.')).found).toEqual([
    'apps/a skipped-file',
    'apps/b skipped-file',
    'steps/40/pod.yaml unknown-secret',
  ]);
});

test('a file comes once, under its own name, and what a kustomization uses behind a link is used', async () => {
  const folder = linked(
    {
      'apps/real.yaml': pod,
      'base/kustomization.yaml': 'resources: [pod.yaml]\n',
      'base/pod.yaml': pod.replace('web', 'other'),
      'prod/kustomization.yaml': 'resources: [../alias]\nnamespace: prod\n',
    },
    { 'apps/a.yaml': 'real.yaml', 'apps/z.yaml': 'real.yaml', alias: 'base' },
  );
  expect((await lint(folder, '.')).found).toEqual([
    'alias/pod.yaml unknown-secret', // As prod names it.
    'apps/real.yaml unknown-secret',
  ]);
});

test('what is used behind a link does not hide a file that is there to be applied', async () => {
  const folder = linked(
    {
      'part/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n',
      'part/pod.yaml': pod,
    },
    { 'apps/pod.yaml': '../part/pod.yaml' },
  );
  expect((await lint(folder, '.')).found).toEqual(['apps/pod.yaml unknown-secret']);
});

test('pipes and sockets are named and not opened', async () => {
  const folder = linked({ 'apps/a.yaml': namespace('a') }, {});
  output('mkfifo', [join(folder, 'apps/pipe.yaml')]);
  const server = createServer().listen(join(folder, 'apps/socket.json'));
  await new Promise(resolve => server.once('listening', resolve));
  const { found } = exits(0, await lint(folder, 'apps'));
  server.close();
  expect(found).toEqual(['apps/pipe.yaml skipped-file', 'apps/socket.json skipped-file']);
});

test('a file is opened only if it is a regular one, whoever asks', () => {
  const folder = folderOf();
  output('mkfifo', [join(folder, 'pipe')]);
  for (const path of ['pipe', '/dev/zero', '.'])
    expect(() => nodeHost(folder).readFile(path)).toThrow('it is no regular file');
});

test('hidden folders and node_modules are left alone, whatever they link to', async () => {
  const folder = linked(
    { 'a.yaml': namespace('a') },
    { node_modules: '/tmp', '.cache': '/tmp', '.direnv/x.yaml': '/tmp', 'node_modules2/.bin': 'x' },
  );
  expect((await lint(folder, '.')).found).toEqual([]);
});

test('a name that is no UTF-8 is named', async () => {
  const folder = folderOf({ 'a.yaml': namespace('a') });
  output('sh', ['-c', "printf 'a: b' > \"$(printf 'x\\377.yaml')\""], { cwd: folder });
  expect((await lint(folder, '.')).found).toEqual(['x\uFFFD.yaml skipped-file']);
});

test.for<[string, string]>([
  ['a file', 'pod.yaml'],
  ['a folder', ''],
  ['a kustomization', 'prod'],
])('a link that is named on the command line is no way out either: %s', async ([, path]) => {
  const place = outside();
  const folder = linked({ 'a.yaml': namespace('a') }, { 'link.yaml': join(place, path) });
  const said = `link.yaml ${UNREAD}`;
  expect(await runMain(folder, 'lint link.yaml')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining(said),
  });
  const review = await runMain(folder, 'diff --base a.yaml --head link.yaml');
  expect(review).toMatchObject({ status: 2, stdout: expect.stringContaining(said) });
  expect((await lint(folder, join(place, path))).found.join()).toMatch(/unknown-secret/);
});

test.for(['lint', 'validate', 'graph'])('%s of a pipe or device says what it is', async command => {
  const folder = folderOf();
  output('mkfifo', [join(folder, 'pipe')]);
  for (const path of ['pipe', '/dev/zero']) {
    const { stdout, stderr } = exits(1, await runMain(folder, [command, path]));
    expect(stdout + stderr).toContain(`${path} is no regular file`);
  }
});

test('what a component adds is looked for in the repository, in regular files', () => {
  const place = outside();
  const folder = folderOf({
    'components/a/kustomization.yaml': 'resources: [own.yaml, link.yaml, pipe, /dev/zero, up]\n',
    'components/a/own.yaml': namespace('own'),
    'components/b/kustomization.yaml': `resources: [${place}/pod.yaml, ../../..${place}]\n`,
  });
  link(folder, {
    'components/a/link.yaml': `${place}/pod.yaml`,
    'components/a/up': `${place}/prod`,
  });
  output('mkfifo', [join(folder, 'components/a/pipe')]);
  const objects = componentObjects(['a', 'b'], nodeHost(folder));
  expect([...objects.values()].flat().map(({ kind }) => kind)).toEqual(['Namespace']);
});

test('a component may stand behind a link inside the repository, and not outside of it', async () => {
  const spec = (component: string): string =>
    specOf(`namespace: shop\nenvironments: { dev: { components: [${component}] } }`);
  const kustomization = 'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n';
  const place = folderOf({ 'kustomization.yaml': kustomization });
  const folder = folderOf({
    'inside.yaml': spec('a'),
    'outside.yaml': spec('b'),
    'parts/a/kustomization.yaml': kustomization,
    'components/.keep': '',
  });
  link(folder, { 'components/a': '../parts/a', 'components/b': place });
  expect((await runMain(folder, '--file inside.yaml expand')).status).toBe(0);
  const { stderr } = exits(1, await runMain(folder, '--file outside.yaml expand'));
  expect(stderr).toContain('there is no component "b" in components/');
});

test('the function opens no pipe, device or link out that an item or its config says it comes from', async () => {
  const folder = folderOf();
  output('mkfifo', [join(folder, 'pipe')]);
  symlinkSync(join(outside(), 'pod.yaml'), join(folder, 'link.yaml'));
  for (const path of ['pipe', '/dev/zero', 'link.yaml', '/proc/self/environ']) {
    const annotations = { 'config.kubernetes.io/origin': `path: ${path}\n` };
    const metadata = { name: 'web', namespace: 'shop', annotations };
    const input = JSON.stringify({
      apiVersion: 'config.kubernetes.io/v1',
      kind: 'ResourceList',
      functionConfig: { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecretsLint', metadata },
      items: [{ ...(load(pod) as object), metadata }],
    });
    const { status, stderr } = await runKrm(input, folder);
    expect({ path, status }).toEqual({ path, status: 1 });
    expect(stderr).toContain('"absent"');
    expect(stderr).not.toMatch(/link\.yaml:\d/);
  }
});

test('pipes that a kustomization names, or that stand for one, are named and not opened', async () => {
  const folder = linked(
    {
      'apps/kustomization.yaml':
        'resources: [a.yaml]\ncrds: [pipe]\npatches: [{ path: pipe }]\nconfigMapGenerator: [{ name: c, files: [pipe] }]\n',
      'apps/a.yaml': namespace('a'),
      'lists/kustomization.yaml': 'resources: [../base]\n',
      'base/a.yaml': namespace('b'),
    },
    {},
  );
  for (const pipe of ['apps/pipe', 'base/kustomization.yaml'])
    output('mkfifo', [join(folder, pipe)]);
  const { found } = exits(1, await lint(folder, '.'));
  expect(found).toEqual([
    'apps/kustomization.yaml not-read',
    'apps/kustomization.yaml not-read',
    'apps/kustomization.yaml not-read',
    'base/kustomization.yaml skipped-file',
    'base/kustomization.yaml unreadable',
  ]);
});
