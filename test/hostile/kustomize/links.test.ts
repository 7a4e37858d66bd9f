import { expect, test } from 'vitest';
import { exits, folderOf, output, runMain, tool } from '../../machine.ts';
import { linked } from '../repository.ts';

const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: b }\n';

/** What lint says of a folder, and how many objects kustomize builds of it by itself. */
async function both(folder: string, path: string) {
  const ours = (await runMain(folder, ['lint', path])).stdout;
  const built = output(tool('kustomize'), ['build', path], { cwd: folder });
  return { ours, objects: built.match(/^kind:/gm)?.length ?? 0 };
}

test('a kustomization file that is a link inside of its folder is one', async () => {
  const folder = linked(
    { 'prod/shared.yaml': 'resources: [settings.yaml]\n', 'prod/settings.yaml': settings },
    { 'prod/kustomization.yaml': 'shared.yaml' },
  );
  expect(await both(folder, 'prod')).toEqual({ ours: 'no findings in 1 object\n', objects: 1 });
});

test('a base and a folder that are links are followed, as kustomize does', async () => {
  const folder = linked(
    {
      'base/kustomization.yaml': 'resources: [settings.yaml]\n',
      'base/settings.yaml': settings,
      'prod/kustomization.yaml': 'resources: [linked]\n',
    },
    { 'prod/linked': '../base', live: 'prod' },
  );
  for (const path of ['prod', 'live'])
    expect(await both(folder, path)).toEqual({ ours: 'no findings in 1 object\n', objects: 1 });
});

test('links are followed too where something is left out', async () => {
  const folder = linked(
    {
      'base/kustomization.yaml': 'resources: [settings.yaml]\n',
      'base/settings.yaml': settings,
      'prod/data/a.txt': 'a',
      'prod/kustomization.yaml': `resources: [linked, 'https://example.com/o/r']
configMapGenerator: [{ name: files, files: [b.txt] }]
`,
    },
    { 'prod/linked': '../base', 'prod/b.txt': 'data/a.txt' },
  );
  const { stdout } = await runMain(folder, 'lint prod');
  expect(stdout).toMatch(/in 2 objects; not judged: 1 entry that was not read\n$/);
  const { stdout: graph } = await runMain(folder, '--format json validate prod');
  expect(graph).toContain('not read: remote');
});

test('a kustomization file that leads out of its folder is none to kustomize, and told', async () => {
  const folder = linked(
    { 'shared/kustomization.yaml': 'resources: []\n', 'prod/settings.yaml': settings },
    { 'prod/kustomization.yaml': '../shared/kustomization.yaml' },
  );
  const { stdout } = exits(1, await runMain(folder, 'lint prod'));
  expect(stdout).toContain("kustomize cannot build it: unable to find one of 'kustomization.yaml'");
});

test('a second name behind a link that kustomize does not follow is not overlooked', async () => {
  const folder = linked(
    {
      'shared/kustomization.yaml': 'resources: []\n',
      'prod/Kustomization': "resources: ['http://127.0.0.1:9/x.yaml']\n",
    },
    { 'prod/kustomization.yaml': '../shared/kustomization.yaml' },
  );
  expect((await runMain(folder, 'lint prod')).stdout).toContain(
    'prod/Kustomization:1:13: warning: not read: remote: http://127.0.0.1:9/x.yaml',
  );
});

test('links that lead in a circle, or nowhere, end', async () => {
  const folder = linked(
    { 'prod/kustomization.yaml': 'resources: [self, gone, a]\n' },
    { 'prod/self': '../prod', 'prod/gone': 'nowhere', 'prod/a': 'b', 'prod/b': 'a' },
  );
  expect(exits(1, await runMain(folder, 'lint prod')).stdout).toMatch(
    /^prod\/kustomization\.yaml:1:19: error: kustomize cannot build it: there is no gone/m,
  );
});

test('a link out of the repository is named, and what it leads to is not shown', async () => {
  const outside = folderOf({
    'kustomization.yaml': 'secretGenerator: [{ name: hunter2, literals: [a=b] }]\n',
  });
  const folder = linked(
    {
      'prod/kustomization.yaml': 'resources: [other, settings.yaml]\n',
      'prod/settings.yaml': settings,
    },
    { 'prod/other': outside },
  );
  for (const command of ['lint', 'graph', 'validate']) {
    const { stdout, stderr } = await runMain(folder, [command, 'prod']);
    expect(stdout + stderr).toContain(
      'prod/kustomization.yaml:1:13: warning: not read: outside of the repository: other',
    );
    expect(stdout + stderr).not.toContain('hunter2');
  }
});
