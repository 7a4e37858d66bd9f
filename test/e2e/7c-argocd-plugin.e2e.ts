import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pluginFile } from '../krm/calls.ts';
import { root, run } from '../machine.ts';
import { refresh, statusOf, summary } from './argocd.ts';
import { apply, expectOk, find, get, merge, type Ref, until } from './cluster.ts';
import { makeRepository } from './repository.ts';

/* The function inside Argo CD, both ways of docs/argocd.md: by build options, and by the sidecar. */

const repository = makeRepository();
const settings = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'argocd', name: 'argocd-cm' };
const kind: Ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd' };

/** A folder whose kustomization lists the spec as a generator, and the guard. */
function writeFolder(name: string): void {
  const folder = join(repository.folder, name);
  mkdirSync(folder);
  const map = `{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: { way: ${name} } }`;
  const spec = `{ namespace: plugged-${name}, resources: { settings: { object: ${map} } } }`;
  writeFileSync(join(folder, 'rem-secrets.yaml'), pluginFile(spec, 'rem-secrets-fn'));
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    'generators: [rem-secrets.yaml]\ncomponents: [guard]\n',
  );
  cpSync(join(root, 'test/plugin/guard'), join(folder, 'guard'), { recursive: true });
}

async function applyApplication(name: string, more: object = {}): Promise<void> {
  await apply({
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name: `plugged-${name}`, namespace: 'argocd' },
    spec: {
      project: 'plugged',
      source: { repoURL: repository.url, targetRevision: 'main', path: name, ...more },
      destination: { server: 'https://kubernetes.default.svc', namespace: `plugged-${name}` },
      syncPolicy: { automated: {}, retry: { limit: 10, backoff: { duration: '5s' } } },
    },
  });
}

async function settled(name: string): Promise<void> {
  await until(`${name} is synced and healthy`, async () => {
    const state = summary(await get({ ...kind, name: `plugged-${name}` }));
    if (state === 'Synced/Healthy') return true;
    throw new Error(state);
  });
  const made = await find({ ...settings, namespace: `plugged-${name}`, name: 'settings' });
  expect(made?.['data']).toEqual({ way: name });
}

beforeAll(async () => {
  for (const name of ['options', 'sidecar']) writeFolder(name);
  repository.push();
  await apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'plugged', namespace: 'argocd' },
    spec: {
      sourceRepos: [repository.url],
      destinations: [{ server: 'https://kubernetes.default.svc', namespace: 'plugged-*' }],
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
    },
  });
});

afterAll(() => expectOk(merge(settings, { data: { 'kustomize.buildOptions': null } })));

test('without build options nothing is applied, and Argo CD says that it cannot build', async () => {
  await applyApplication('options');
  await until('Argo CD says so', async () => {
    const { conditions = [] } = statusOf(await get({ ...kind, name: 'plugged-options' }));
    return conditions.some(({ type }) => type === 'ComparisonError');
  });
  expect(
    await find({ ...settings, namespace: 'plugged-options', name: 'settings' }),
  ).toBeUndefined();
});

test('with build options the repo-server runs the function', async () => {
  const options = '--enable-alpha-plugins --enable-exec';
  await expectOk(merge(settings, { data: { 'kustomize.buildOptions': options } }));
  await refresh('plugged-options');
  await settled('options');
});

const hasSidecar = run('which', ['argocd-cmp-server']).status === 0;

test.runIf(hasSidecar)('the sidecar runs it without them, for those that name it', async () => {
  await expectOk(merge(settings, { data: { 'kustomize.buildOptions': null } }));
  await applyApplication('sidecar', { plugin: { name: 'rem-secrets' } });
  await settled('sidecar');
});
