import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keys, lint, store, stream, web } from '../../lint/shop.ts';
import { exits, folderOf, runMain } from '../../machine.ts';
import { commit, git, repositoryOf } from '../../review/repository.ts';

const remote = 'https://example.com/shop//keys?ref=v1';

const settings = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { a: b }
`;

const PARTLY = {
  'prod/kustomization.yaml': `resources: ['${remote}', settings.yaml]\n`,
  'prod/settings.yaml': settings,
};

test('what may be in what was not read is not said to be missing, and counted', async () => {
  const alone = { 'kustomization.yaml': 'resources: [web.yaml]\n', 'web.yaml': web };
  expect((await lint(alone, ['.'])).found).toEqual(['web.yaml:18:50 unknown-secret']);
  const partly = { ...alone, 'kustomization.yaml': `resources: [web.yaml, '${remote}']\n` };
  expect(await lint(partly, ['.'])).toEqual({
    status: 0,
    found: ['kustomization.yaml:1:23 not-read'],
    summary:
      '1 warning in 1 object; not judged: 1 entry that was not read, 1 reference to what may be made unseen',
  });
});

test('what is wrong with what was read is said all the same', async () => {
  const files = {
    'kustomization.yaml': `resources: [shop.yaml, '${remote}']\n`,
    'shop.yaml': stream(store, keys.replace('1h0m0s', '1 hour'), web),
  };
  expect((await lint(files, ['.'])).found).toEqual([
    'shop.yaml:10:20 refresh-interval',
    'kustomization.yaml:1:24 not-read',
  ]);
});

test('a manifest beside it may get its Secret from what was not read', async () => {
  const files = { 'app/kustomization.yaml': `resources: ['${remote}']\n`, 'web.yaml': web };
  expect((await lint(files, ['.'])).found).toEqual(['app/kustomization.yaml:1:13 not-read']);
});

test('what a patch or a replacement is for may be in what was not read', async () => {
  const files = {
    'kustomization.yaml': `resources: ['${remote}', settings.yaml]
patchesStrategicMerge: [old.yaml]
patches:
  - path: new.yaml
  - patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {c: d}}'
  - target: { kind: Secret }
    patch: '[{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}]'
replacements:
  - source: { kind: Secret, name: absent }
    targets: [{ select: { kind: ConfigMap }, fieldPaths: [data.a] }]
`,
    'settings.yaml': settings,
    'old.yaml': '{apiVersion: v1, kind: Secret, metadata: {name: a.b}, type: Opaque}\n',
    'new.yaml': `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {e: f}}
`,
  };
  const { found, status, summary } = await lint(files, ['.']);
  expect({ found, status }).toEqual({
    status: 0,
    found: ['kustomization.yaml:1:13 not-read', 'kustomization.yaml:8:1 not-read'],
  });
  expect(summary).toBe('2 warnings in 1 object; not judged: 2 entries that were not read');
});

test('a build that needs what was not read says so, and may be whole', async () => {
  const files = {
    'kustomization.yaml': `resources: ['${remote}']
configMapGenerator: [{ name: settings, behavior: merge, literals: [a=b] }]
`,
  };
  const { stdout } = exits(0, await runMain(folderOf(files), 'lint .'));
  expect(stdout).toContain('kustomize cannot build it: merging from generator');
  expect(stdout).toContain('hint: It may be that it needs what was not read');
});

test('what is outside of the repository is not read, by a path or by a link', async () => {
  const outside = folderOf({
    'kustomization.yaml': 'configMapGenerator: [{name: outside}]\n',
    'secret.txt': 'hunter2-secret',
  });
  const folder = repositoryOf({
    'kustomization.yaml': `resources: [../${outside.split('/').at(-1)}, link, settings.yaml]
configMapGenerator: [{ name: a, files: [a=${outside}/secret.txt, linked.txt] }]
`,
    'settings.yaml': settings,
  });
  symlinkSync(outside, join(folder, 'link'));
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'linked.txt'));
  const { stdout } = exits(0, await runMain(folder, 'lint .'));
  expect(stdout.match(/not read: outside of the repository/g)).toHaveLength(4);
  expect(stdout).toMatch(/in 2 objects; not judged: 4 entries that were not read\n$/);
});

test('a repository of another place is read with --enable-remote only', async () => {
  const other = repositoryOf({
    'sub/kustomization.yaml': 'configMapGenerator: [{name: fetched, literals: [a=b]}]\n',
  });
  const entry = `file://${other}//sub?ref=main`;
  const folder = folderOf({ 'kustomization.yaml': `resources: ['${entry}']\n` });
  for (const command of ['lint', 'validate', 'graph']) {
    const without = await runMain(folder, [command, '.']);
    expect(without.stdout + without.stderr).toContain('not read: remote: file://');
    expect(without.stdout + without.stderr).toContain(
      'hint: --enable-remote reads it, for trusted',
    );
    const allowed = await runMain(folder, [command, '--enable-remote', '.']);
    expect(allowed.stdout + allowed.stderr).not.toContain('not read');
    expect(allowed.status).toBe(0);
  }
  expect((await runMain(folder, 'lint --enable-remote .')).stdout).toBe(
    'no findings in 1 object\n',
  );
});

test.for([
  '?ref=--upload-pack=SHELL #',
  '?version=--upload-pack=SHELL #',
  '?ref=%2D-upload-pack=SHELL',
  '?timeout=9&ref=-o',
  '//-c?ref=main',
  '/-x',
])('%s is refused with --enable-remote too', async end => {
  const mark = folderOf();
  const folder = folderOf({
    'kustomization.yaml': `resources: [${JSON.stringify(`file:///x${end.replace('SHELL', `sh -c 'id > ${mark}/pwned'`)}`)}, settings.yaml]\n`,
    'settings.yaml': settings,
  });
  const { stdout } = await runMain(folder, 'lint --enable-remote .');
  expect(stdout).toContain('warning: not read: refused, as a part that begins with - would be');
  expect(stdout).toContain('in 1 object; not judged: 1 entry that was not read');
  expect(existsSync(join(mark, 'pwned'))).toBe(false);
});

test('a diff says what neither side has read, and compares the rest', async () => {
  const folder = repositoryOf(PARTLY);
  commit(folder, { 'prod/settings.yaml': settings.replace('a: b', 'a: c') });
  const { stdout } = exits(0, await runMain(folder, 'diff --base HEAD~1'));
  expect(stdout).toContain(`\nnot seen: not read: remote: ${remote}\n`);
  expect(stdout).toContain('~ ConfigMap shop/settings (prod)');
  const shown = async (format: string): Promise<string> =>
    (await runMain(folder, ['--format', format, 'diff', '--base', 'HEAD~1'])).stdout;
  const json = JSON.parse(await shown('json'));
  expect(json.unseen).toEqual([`not read: remote: ${remote}`]);
  expect(json.notices).toMatchObject([
    {
      message: `not read: remote: ${remote}`,
      hint: '--enable-remote reads it, for trusted repositories only.',
      file: 'prod/kustomization.yaml',
      line: 1,
      column: 13,
    },
  ]);
  expect(await shown('markdown')).toContain(
    `\n- not read: remote: ${remote.replace(':', '&#58;&#8203;')}\n`, // No link to elsewhere.
  );
  expect((await shown('html')).replaceAll('<wbr>', '')).toContain(
    `<li>not read: remote: ${remote}</li>`,
  );
  expect(await shown('sarif')).toContain(
    `"text": "prod/kustomization.yaml:1:13: not read: remote: ${remote}"`,
  );
});

test('a new reader of what may be in what was not read is no new finding', async () => {
  const folder = repositoryOf(PARTLY);
  commit(folder, { 'prod/settings.yaml': stream(settings, web) });
  const { stdout } = exits(0, await runMain(folder, 'diff --base HEAD~1'));
  expect(stdout).not.toMatch(/secret-lost|unknown-secret/);
  commit(folder, { 'prod/kustomization.yaml': 'resources: [settings.yaml]\n' });
  commit(folder, { 'prod/settings.yaml': settings });
  commit(folder, { 'prod/settings.yaml': stream(settings, web) });
  expect((await runMain(folder, 'diff --base HEAD~1')).stdout).toContain('secret-lost');
});

test('what only one side does not read keeps it from being compared, and another version of it is shown', async () => {
  const folder = repositoryOf(PARTLY);
  commit(folder, {
    'prod/kustomization.yaml': `resources: ['${remote.replace('v1', 'v2')}', settings.yaml]\n`,
  });
  const moved = exits(0, await runMain(folder, 'diff --base HEAD~1'));
  expect(moved.stdout).toContain(`${remote} → ${remote.replace('v1', 'v2')}`);
  const other = remote.replace('shop', 'stock');
  commit(folder, { 'prod/kustomization.yaml': `resources: ['${other}', settings.yaml]\n` });
  expect(exits(2, await runMain(folder, 'diff --base HEAD~1')).stdout).toContain(
    '\nnot read: prod (base side; 1 more reason on the head side): not read: remote: ',
  );
  const { broken } = JSON.parse((await runMain(folder, '--format json diff --base HEAD~1')).stdout);
  expect(broken).toMatchObject([
    { side: 'base', message: `not read: remote: ${remote.replace('v1', 'v2')}` },
    { side: 'head', message: `not read: remote: ${other}` },
  ]);
});

test('a base above the folder that diff runs in is inside of the repository, on both sides', async () => {
  const folder = repositoryOf({
    'base/kustomization.yaml': 'configMapGenerator: [{ name: a, literals: [a=b] }]\n',
    'team/app/kustomization.yaml': 'resources: [../../base]\n',
  });
  commit(folder, {
    'base/kustomization.yaml': 'configMapGenerator: [{ name: a, literals: [a=c] }]\n',
  });
  const { stdout, status } = await runMain(join(folder, 'team'), 'diff --base HEAD~1 --head HEAD');
  expect(stdout).not.toContain('not read');
  expect(status).toBe(0);
  expect(stdout).toContain('1 added, 1 removed');
  expect(git(folder, 'status', '--porcelain')).toBe('');
});
