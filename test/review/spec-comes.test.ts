import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runMain } from '../machine.ts';
import { commit, repositoryOf, write } from './repository.ts';

const cluster = (name: string): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: ${name}, namespace: shop }
spec: { instances: 1, storage: { size: 5Gi } }
`;

/** A repository whose last commit moves one of two databases into a spec; the other is gone. */
function imported(): string {
  const folder = repositoryOf({
    'deploy/kept.yaml': cluster('kept'),
    'deploy/lost.yaml': cluster('lost'),
  });
  for (const line of [['import', 'deploy/kept.yaml'], ['expand']])
    expect(runMain(folder, line)).toMatchObject({ status: 0 });
  commit(folder, { 'deploy/kept.yaml': undefined, 'deploy/lost.yaml': undefined });
  return folder;
}

test('what goes from a folder into a new spec, or out of one, has moved; what it does not make is lost', () => {
  const folder = imported();
  const diff = (base: string, head: string): string =>
    runMain(folder, ['diff', '--base', `rev:${base}`, '--head', `rev:${head}`]).stdout;
  const there = diff('HEAD~1', 'HEAD');
  expect(there).toMatch(/^HEAD~1 → HEAD: 1 block; 1 removed, 1 changed$/m);
  expect(there).toMatch(/^block: Cluster shop\/lost: .* \[cluster-removed\]/m);
  expect(there).toMatch(/^~ Cluster shop\/kept \(base\), until now applied by deploy$/m);
  const back = diff('HEAD', 'HEAD~1');
  expect(back).toMatch(/^HEAD → HEAD~1: no risks; 1 added, 1 changed$/m);
  expect(back).toMatch(/^~ Cluster shop\/kept \(deploy\), until now applied by base$/m);
});

test('manifests beside a spec that change are said not to be compared, and those of its overlays are', () => {
  const folder = imported();
  const spec = readFileSync(join(folder, 'rem-secrets.yaml'), 'utf8');
  commit(folder, { 'apps/same.yaml': cluster('same'), 'notes.yaml': 'a: 1\n' });
  const said = (): string[] =>
    runMain(folder, ['diff'])
      .stdout.split('\n')
      .filter(line => line.includes('not compared'));
  write(folder, 'notes.yaml', 'a: 2\n');
  write(folder, 'gitops/rem-secrets.yaml', spec);
  write(folder, 'apps/same.yaml', cluster('same').replace('5Gi', '6Gi'));
  write(folder, 'base/kustomization.yaml', 'resources: [../apps/same.yaml]\n');
  expect(said()).toEqual([]);
  write(folder, 'apps/more.yaml', cluster('more'));
  expect(said()).toEqual([
    'rem-secrets.yaml:1:1: warning: manifests beside rem-secrets.yaml change and are not compared: apps/more.yaml',
  ]);
});
