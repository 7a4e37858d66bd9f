import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { nodeHost } from '../../generator/cli/host/node-host.ts';
import type { KubeObject } from '../../generator/ground/kube-object.ts';
import { generated } from '../generated-applications.ts';
import { kustomizeBuild, objectsOf, runMain } from '../machine.ts';
import { lookAtGit, statusOf, summary } from './argocd.ts';
import { apply, find, get, type Live, type Ref, refTo, remove, send, until } from './cluster.ts';
import { makeRepository } from './repository.ts';

/*
 * Environments of one ApplicationSet. Its controller is not in the run: what it makes of the
 * files is worked out here, and applied in its place; everything from the Application on is Argo CD.
 */

/** How many; 200 of them take minutes on two busy cores. */
const COUNT = Number(process.env['REM_E2E_TENANTS'] ?? 20);
const HIDDEN = 'https://git.example.com/tenants.git';
const repository = makeRepository();
const names = Array.from({ length: COUNT }, (_, index) => `tenant-${index}`);
const kind: Ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd' };

const spec = {
  apiVersion: 'rem-secrets.io/v1alpha1',
  kind: 'RemSecrets',
  metadata: { name: 'tenants' },
  spec: {
    namespace: 'tenant-base',
    cluster: 'here',
    resources: {
      settings: {
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'settings' },
          data: { size: 's' },
        },
      },
    },
    environmentsFrom: 'tenants/*.yaml',
    argocd: {
      repository: HIDDEN,
      clusters: { here: 'https://kubernetes.default.svc' },
      applicationSets: { namespaces: ['tenant-*'] },
    },
  },
};

function writeTenant(name: string, namespace = name): void {
  writeFileSync(join(repository.folder, 'tenants', `${name}.yaml`), `namespace: ${namespace}\n`);
}

/** Expands and pushes; gives the commit, and the Applications that the ApplicationSet then makes. */
function pushed(): { readonly commit: string; readonly made: readonly KubeObject[] } {
  expect(runMain(repository.folder, ['expand'])).toMatchObject({ status: 0 });
  const [set] = objectsOf(textOf('argocd/applications/applicationset-tenants.yaml'));
  if (set === undefined) throw new Error('there is no ApplicationSet');
  const paths = nodeHost(repository.folder).listFiles('overlays');
  const files = paths.map(path => [`overlays/${path}`, textOf(`overlays/${path}`)] as const);
  // A spec takes no file:// URL.
  const text = JSON.stringify(generated(set, files)).replaceAll(HIDDEN, repository.url);
  return { commit: repository.push(), made: JSON.parse(text) as KubeObject[] };
}

function textOf(path: string): string {
  return readFileSync(join(repository.folder, path), 'utf8');
}

function projects(): KubeObject[] {
  const all = kustomizeBuild(join(repository.folder, 'argocd'));
  return all.filter(object => object.kind === 'AppProject');
}

async function settled(commit: string, made: readonly KubeObject[]): Promise<readonly Live[]> {
  return until(`${made.length} Applications are synced and healthy`, async () => {
    const all = await Promise.all(made.map(object => get(refTo(object))));
    const open = all.filter(
      one => summary(one) !== 'Synced/Healthy' || statusOf(one).sync?.revision !== commit,
    );
    if (open.length === 0) return all;
    throw new Error(open.map(one => `${one.metadata.name} ${summary(one)}`).join('; '));
  });
}

function settingsIn(namespace: string): Ref & { readonly name: string } {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' };
}

let before: readonly Live[] = [];

beforeAll(() => {
  mkdirSync(join(repository.folder, 'tenants'));
  writeFileSync(join(repository.folder, 'rem-secrets.yaml'), stringify(spec));
  names.forEach(name => {
    writeTenant(name);
  });
});

test('all environments settle in a project that knows their namespaces by a pattern', async () => {
  const { commit, made } = pushed();
  expect(made).toHaveLength(COUNT);
  for (const project of projects()) {
    const text = JSON.stringify(project).replaceAll(HIDDEN, repository.url);
    expect(text).not.toContain('tenant-0');
    await apply(JSON.parse(text) as KubeObject);
  }
  await Promise.all(made.map(object => apply(object, { manager: 'application-set' })));
  before = await settled(commit, made);
  for (const name of names) expect(await find(settingsIn(name))).toBeDefined();
});

test('one more and one less: nothing else is synced, and what the one had stays', async () => {
  const projectsBefore = projects();
  writeTenant('tenant-new');
  rmSync(join(repository.folder, 'tenants/tenant-3.yaml'));
  const { commit, made } = pushed();
  expect(projects()).toEqual(projectsBefore);
  expect(made.map(({ metadata }) => metadata.name)).toContain('tenants-tenant-new');
  expect(made).toHaveLength(COUNT);
  await Promise.all(made.map(object => apply(object, { manager: 'application-set' })));
  await remove({ ...kind, name: 'tenants-tenant-3' });
  const old = made.filter(({ metadata }) => metadata.name !== 'tenants-tenant-new');
  await Promise.all(old.map(({ metadata }) => lookAtGit(metadata.name)));
  const after = await settled(commit, made);
  for (const one of after) {
    const earlier = before.find(({ metadata }) => metadata.name === one.metadata.name);
    if (earlier === undefined) continue;
    expect(statusOf(one).operationState?.finishedAt).toBe(
      statusOf(earlier).operationState?.finishedAt,
    );
  }
  expect(await find(settingsIn('tenant-new'))).toBeDefined();
  expect(await find(settingsIn('tenant-3'))).toBeDefined();
  expect(await find({ ...kind, name: 'tenants-tenant-3' })).toBeUndefined();
});

test('a namespace that no pattern fits needs the project to be applied again', async () => {
  writeTenant('tenant-odd', 'odd');
  const { made } = pushed();
  const odd = made.find(({ metadata }) => metadata.name === 'tenants-tenant-odd');
  if (odd === undefined) throw new Error('there is no Application');
  expect(await send(odd)).toMatchObject({ status: 201 });
  await until('Argo CD refuses it', async () => {
    const { conditions = [] } = statusOf(await get(refTo(odd)));
    return conditions.some(({ type }) => type === 'InvalidSpecError') ? true : undefined;
  });
  expect(await find(settingsIn('odd'))).toBeUndefined();
  await remove(refTo(odd));
});
