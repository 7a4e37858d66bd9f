import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { folderOf, readText, runMain } from '../machine.ts';
import { application as applicationOf, cnpgCluster, configMap } from '../manifests.ts';
import { commit, git, repositoryOf, write } from './repository.ts';

/** A repository whose last commit moves one of two databases into a spec; the other is gone. */
async function imported(): Promise<string> {
  const folder = repositoryOf({
    'deploy/kept.yaml': cnpgCluster('kept'),
    'deploy/lost.yaml': cnpgCluster('lost'),
  });
  for (const line of [['import', 'deploy/kept.yaml'], ['expand']])
    expect(await runMain(folder, line)).toMatchObject({ status: 0 });
  commit(folder, { 'deploy/kept.yaml': undefined, 'deploy/lost.yaml': undefined });
  return folder;
}

test('what goes from a folder into a new spec, or out of one, has moved; what it does not make is lost', async () => {
  const folder = await imported();
  const diff = async (base: string, head: string): Promise<string> =>
    (await runMain(folder, ['diff', '--base', `rev:${base}`, '--head', `rev:${head}`])).stdout;
  const there = await diff('HEAD~1', 'HEAD');
  expect(there).toMatch(/^HEAD~1 → HEAD: 1 blocker; 1 removed, 1 changed$/m);
  expect(there).toMatch(/^block: Cluster shop\/lost \(deploy\): .* \[cluster-removed\]/m);
  expect(there).toMatch(/^~ Cluster shop\/kept \(base\), until now applied by deploy$/m);
  const back = await diff('HEAD', 'HEAD~1');
  expect(back).toMatch(/^HEAD → HEAD~1: no risks; 1 added, 1 changed$/m);
  expect(back).toMatch(/^~ Cluster shop\/kept \(deploy\), until now applied by base$/m);
});

async function told(folder: string, ...flags: readonly string[]): Promise<string[]> {
  return (await runMain(folder, ['diff', ...flags])).stdout.split('\n');
}

test('what changes beside a spec is compared with it as one world, and what its overlays are built of only there', async () => {
  const folder = await imported();
  const built = 'resources: [cluster-kept.yaml, ../apps]\n';
  const apps = { 'apps/kustomization.yaml': 'resources: [same.yaml]\n' };
  commit(folder, {
    ...apps,
    'apps/same.yaml': cnpgCluster('same'),
    'base/kustomization.yaml': built,
  });
  write(folder, 'apps/same.yaml', cnpgCluster('same').replace('5Gi', '6Gi'));
  const asMade =
    '- Cluster shop/same (base, as the spec makes it); deleted if what applies it prunes, else left running';
  const changes = async () => (await told(folder)).filter(line => /^[+~-] /.test(line));
  expect(await changes()).toEqual(['~ Cluster shop/same (base)', asMade]);
  write(folder, 'more/more.yaml', cnpgCluster('more'));
  expect(await changes()).toEqual([
    '~ Cluster shop/same (base)',
    asMade,
    '+ Cluster shop/more (more)',
  ]);
});

test('old manifests that go after a spec has taken them over are no loss; what it has not is', async () => {
  const folder = repositoryOf({
    'deploy/kept.yaml': cnpgCluster('kept'),
    'deploy/lost.yaml': cnpgCluster('lost'),
  });
  for (const line of [['import', 'deploy/kept.yaml'], ['expand']])
    expect(await runMain(folder, line)).toMatchObject({ status: 0 });
  commit(folder, {});
  commit(folder, { 'deploy/kept.yaml': undefined });
  const review = ['--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  expect((await told(folder, ...review))[0]).toBe('HEAD~1 → HEAD: no risks; no object changes');
  commit(folder, { 'deploy/lost.yaml': undefined });
  expect((await told(folder, ...review))[0]).toBe('HEAD~1 → HEAD: 1 blocker; 1 removed');
});

const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: { name: reader, namespace: shop }
spec:
  containers:
    - name: main
      image: reader
      env: [{ name: A, valueFrom: { secretKeyRef: { name: ${name}, key: username } } }]
`;

test('a reader beside a spec is held against what the spec makes', async () => {
  const folder = await imported();
  commit(folder, { 'apps/reader.yaml': pod('kept-app') });
  expect((await told(folder, '--base', 'rev:HEAD~1'))[0]).toBe(
    'HEAD~1 → the working tree: no risks; 1 added',
  );
  write(folder, 'apps/reader.yaml', pod('kept-ap'));
  expect((await told(folder))[0]).toBe('HEAD → the working tree: 1 blocker; 1 changed');
});

/** A repository whose spec makes a Secret that a Pod beside it reads; another folder there is broken. */
async function read(): Promise<string> {
  const folder = await imported();
  const bad = { 'apps/bad/kustomization.yaml': 'resources: [none.yaml]\n' };
  commit(folder, { 'apps/reader.yaml': pod('kept-app'), ...bad });
  return folder;
}

test('what a spec makes no more is missed by a reader beside it, which does not change', async () => {
  const folder = await read();
  const spec = readText(folder, 'rem-secrets.yaml');
  const change = async (from: string, to: string): Promise<string> => {
    write(folder, 'rem-secrets.yaml', spec.replaceAll(from, to));
    expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
    return (await told(folder)).join('\n');
  };
  expect(await change('5Gi', '6Gi')).toMatch(/^HEAD → the working tree: no risks; 1 changed$/m);
  expect(await change(' kept:', ' other:')).toMatch(
    /^block: Pod shop\/reader \(apps\): .* \[secret-lost\]/m,
  );
});

test('a Secret whose reader beside a spec goes is still there', async () => {
  const folder = await read();
  commit(folder, { 'apps/reader.yaml': undefined });
  expect(await told(folder, '--base', 'rev:HEAD~1')).toContain(
    'Secret shop/kept-app (apps): its readers change',
  );
});

test('what a person wrote where expand writes too is compared, and what expand made of it is not twice', async () => {
  const folder = await imported();
  const settings = (value: string): string => configMap('own', `{ a: "${value}" }`);
  const homes = ['argocd', 'flux', 'iam'];
  const files = (value: string) =>
    Object.fromEntries(homes.map(home => [`${home}/own.yaml`, settings(value + home)]));
  commit(folder, files('1'));
  const spec = readText(folder, 'rem-secrets.yaml').replace('5Gi', '6Gi');
  commit(folder, { ...files('2'), 'rem-secrets.yaml': spec });
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  expect((await told(folder, '--base', 'rev:HEAD~1')).filter(line => /^[+~-] /.test(line))).toEqual(
    ['~ Cluster shop/kept (base)', ...homes.map(home => `~ ConfigMap shop/own (${home})`)],
  );
});

test('however it is written, and whatever its first line says', async () => {
  const folder = await imported();
  const text = (name: string) => configMap(name, '{ a: "1" }');
  const made = readText(folder, 'base/kustomization.yaml').split('\n')[0];
  write(folder, 'x/a.json', JSON.stringify(parseYaml(text('json'))));
  write(folder, 'x/b.yaml', text('quoted').replace('apiVersion', "'apiVersion'"));
  write(folder, 'iam/c.yaml', `${made}\n${text('made')}`);
  write(folder, 'argocd/own.yaml', application('.hidden'));
  write(folder, '.hidden/d.yaml', text('hidden'));
  commit(folder, {});
  write(folder, '.hidden/d.yaml', configMap('hidden', '{ a: "2" }'));
  expect((await told(folder)).filter(line => /^[+~-] /.test(line))).toEqual([
    '~ ConfigMap shop/hidden (.hidden)',
  ]);
  const since = await told(folder, '--base', 'rev:HEAD~1');
  expect(since.filter(line => /^[+~-] Conf/.test(line))).toEqual([
    '+ ConfigMap shop/hidden (.hidden)',
    '+ ConfigMap shop/made (iam)',
    '+ ConfigMap shop/json (x)',
    '+ ConfigMap shop/quoted (x)',
  ]);
});

const application = (path: string): string => applicationOf('own', path);

test('a chart beside a spec whose files change is said not to be seen', async () => {
  const folder = await imported();
  const chart = {
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'charts/web/templates/web.yaml': 'kind: {{ .Values.kind }}\n',
  };
  commit(folder, { 'argo/web.yaml': application('charts/web'), ...chart });
  expect((await told(folder)).join('\n')).not.toContain('Helm');
  for (const file of ['values.yaml', 'templates/NOTES.txt']) {
    commit(folder, { [`charts/web/${file}`]: 'a: 1\n' });
    expect(await told(folder, '--base', 'rev:HEAD~1')).toContain(
      'not seen: Helm charts, which are not rendered: "charts/web"',
    );
  }
});

test('what an Application applies of an excluded folder beside a spec is compared, and nothing else there', async () => {
  const folder = await imported();
  const size = (to: string) => ({
    'apps/own/db.yaml': cnpgCluster('own').replace('5Gi', to),
    'apps/test/db.yaml': cnpgCluster('test').replace('5Gi', to),
  });
  commit(folder, {
    '.rem-secrets-lint.yaml': 'exclude: [apps]\n',
    'argo/own.yaml': application('apps/own'),
    ...size('5Gi'),
  });
  commit(folder, size('6Gi'));
  expect((await told(folder, '--base', 'rev:HEAD~1')).filter(line => /^[+~-] /.test(line))).toEqual(
    ['~ Cluster shop/own (apps/own)'],
  );
});

test('what git cannot give of files beside a spec is said', async () => {
  const folder = await imported();
  commit(folder, { 'apps/same.yaml': cnpgCluster('same') });
  commit(folder, { 'apps/same.yaml': cnpgCluster('same').replace('5Gi', '6Gi') });
  git(folder, 'config', 'uploadpack.allowFilter', 'true');
  const clone = join(folderOf(), 'clone');
  git(folder, 'clone', '--quiet', '--filter=blob:none', `file://${folder}`, clone);
  const text = (await told(clone, '--base', 'rev:HEAD~1')).join('\n');
  expect(text).toContain('apps/same.yaml:1:1: warning: skipped: it is not in this clone');
  expect(text).toMatch(/: 1 environment was not read; no object changes$/m);
});
