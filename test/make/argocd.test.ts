import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { groupOf, type KubeObject } from '../../generator/core/kube-object.ts';
import { operatorsOf } from '../../generator/spec/model/operators.ts';
import { renderTree } from '../../generator/spec/tree.ts';
import {
  exits,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  remSecrets,
  root,
  run,
} from '../machine.ts';
import { expandText, findingsIn, specOf } from '../spec-text.ts';

type Fields = Readonly<Record<string, string>>;

interface ProjectSpec {
  readonly sourceRepos: readonly string[];
  readonly destinations: readonly Fields[];
  readonly clusterResourceWhitelist: readonly Fields[];
  readonly namespaceResourceWhitelist: readonly Fields[];
}

interface ApplicationSpec {
  readonly project: string;
  readonly source: { readonly repoURL: string; readonly path: string };
  readonly destination: Fields;
}

const specOfObject = <T>(object: KubeObject | undefined): T => object?.['spec'] as T;

describe('argocd/ of this repository', () => {
  const bootstrap = kustomizeBuild('argocd');
  const applications = kustomizeBuild('argocd/applications');
  const project = (name: string): ProjectSpec =>
    specOfObject(
      bootstrap.find(({ kind, metadata }) => kind === 'AppProject' && metadata.name === name),
    );
  const ofPaths = applications
    .map(object => specOfObject<ApplicationSpec>(object))
    .filter(({ source }) => source.path !== undefined);
  const built = ofPaths.map(spec => ({ spec, objects: kustomizeBuild(spec.source.path) }));

  test('has an Application for each overlay', () => {
    const folders = ['dev', 'prod', 'shared', 'staging'].map(name => `overlays/${name}`);
    expect(ofPaths.map(({ source }) => source.path).sort()).toEqual(folders);
  });

  test.for(built)('$spec.source.path: its AppProject allows every object', ({ spec, objects }) => {
    const rights = project(spec.project);
    expect(rights.sourceRepos).toContain(spec.source.repoURL);
    expect(rights.destinations.map(keyOf)).toContain(keyOf(spec.destination));
    expect(objects.filter(object => !isAllowed(rights, spec.destination, object))).toEqual([]);
  });

  test('the AppProject allows nothing that no object needs', () => {
    const objects = built.flatMap(one => one.objects);
    const { clusterResourceWhitelist: own, namespaceResourceWhitelist: others } = project('rem');
    const isUsed = (entry: Fields): boolean => objects.some(object => isListed([entry], object));
    expect([...own, ...others].filter(entry => !isUsed(entry))).toEqual([]);
    const needed = built.flatMap(({ spec, objects }) =>
      objects.map(object => placeOf(spec.destination, object)),
    );
    expect(new Set(project('rem').destinations.map(keyOf))).toEqual(new Set(needed));
  });

  test('the root may make Applications in the namespace of Argo CD, and nothing else', () => {
    const rights = project('rem-root');
    const at = { server: 'https://kubernetes.default.svc', namespace: 'argocd' };
    expect(applications.filter(object => !isAllowed(rights, at, object))).toEqual([]);
    expect(bootstrap.filter(object => isAllowed(rights, at, object))).toEqual(
      bootstrap.filter(({ kind }) => kind === 'Application'),
    );
  });

  test('nothing is deleted with its Application', () => {
    const all = [...bootstrap, ...applications];
    expect(all.filter(({ metadata }) => 'finalizers' in metadata)).toEqual([]);
  });
});

/** As Argo CD's AppProject.IsResourcePermitted does: pkg/apis/application/v1alpha1 of 3.5.7. */
function isAllowed(rights: ProjectSpec, destination: Fields, object: KubeObject): boolean {
  if (['Namespace', 'ClusterSecretStore'].includes(object.kind))
    return isListed(rights.clusterResourceWhitelist, object);
  const isThere = rights.destinations.map(keyOf).includes(placeOf(destination, object));
  return isThere && isListed(rights.namespaceResourceWhitelist, object);
}

const keyOf = ({ name, server, namespace }: Fields): string => `${name ?? server} ${namespace}`;

function placeOf(destination: Fields, { metadata }: KubeObject): string {
  return keyOf({ ...destination, ...(metadata.namespace && { namespace: metadata.namespace }) });
}

function isListed(list: readonly Fields[], object: KubeObject): boolean {
  return list.some(
    ({ group, kind, name }) =>
      group === groupOf(object) &&
      kind === object.kind &&
      (name === undefined || name === object.metadata.name),
  );
}

const spec = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-central-1 } } }
secrets: { payment: { store: aws, keys: { api-key: /shop/api-key } } }
workloads: { web: { image: 'example/web:1', env: { KEY: { secret: payment, key: api-key } } } }
argocd:
  repository: https://git.example.com/shop/deploy.git
  clusters: { prod: in-cluster }
  operators: { external-secrets: {} }
environments: { prod: { components: [extra] } }`);

const extra = {
  'components/extra/kustomization.yaml': `
kind: Component
apiVersion: kustomize.config.k8s.io/v1alpha1
resources: [quota.yaml, more]
configMapGenerator: [{ name: settings, literals: [A=b] }]`,
  'components/extra/quota.yaml': `
apiVersion: v1
kind: ResourceQuota
metadata: { name: all, namespace: shop }
spec: { hard: { pods: '10' } }
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: high }
value: 10`,
  'components/extra/more/kustomization.yaml': 'resources: [secret.yaml]',
  'components/extra/more/secret.yaml': `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: more, namespace: monitoring, annotations: { argocd.argoproj.io/sync-wave: '1' } }
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data: [{ secretKey: a, remoteRef: { key: /shop/a } }]`,
  'components/extra/unused.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: unused }',
};

function expanded(text: string = spec): string {
  const folder = folderOf([['rem-secrets.yaml', text], ...Object.entries(extra)]);
  output(remSecrets, ['expand'], { cwd: folder });
  return folder;
}

test('the AppProject allows what components add', () => {
  const [project] = objectsOf(
    readFileSync(join(expanded(), 'argocd/appproject-shop.yaml'), 'utf8'),
  );
  const { destinations, ...rights } = specOfObject<ProjectSpec>(project);
  expect(destinations).toEqual([
    { name: 'in-cluster', namespace: 'monitoring' },
    { name: 'in-cluster', namespace: 'shop' },
  ]);
  expect(rights.clusterResourceWhitelist.map(({ kind }) => kind)).toEqual([
    'Namespace',
    'ClusterSecretStore',
    'PriorityClass',
  ]);
  expect(rights.namespaceResourceWhitelist.map(({ kind }) => kind)).toEqual([
    'ConfigMap',
    'ResourceQuota',
    'ServiceAccount',
    'Deployment',
    'ExternalSecret',
  ]);
});

test('lint knows that an Application installs the CRD of what a component adds', () => {
  const { stdout } = exits(1, run(remSecrets, ['lint'], { cwd: expanded() }));
  expect(stdout).toContain(
    'Application "shop-prod-external-secrets" installs the CRD of ExternalSecret "more"',
  );
  expect(stdout.match(/\[missing-skip-dry-run\]/g)).toHaveLength(1);
});

test('validate looks at what Argo CD is given', () => {
  const folder = expanded();
  const file = join(folder, 'argocd/applications/application-shop-prod.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('project: shop', 'projekt: shop'));
  const { stdout, stderr } = exits(1, run(remSecrets, ['validate'], { cwd: folder }));
  expect(stdout).toContain(
    'argocd: 4 objects, none invalid\nargocd/applications: 2 objects, 1 invalid',
  );
  expect(stderr).toContain('there is no field "projekt" here');
});

test('without the section there is no argocd/ and no sync option, and what was there goes', () => {
  const folder = expanded();
  const plain = spec.replace(/ {2}argocd:[\s\S]*(?= {2}environments:)/, '');
  expect(plain).not.toContain('argocd');
  const { value } = expandText(plain);
  const tree = value === undefined ? new Map() : renderTree(value);
  expect([...tree.keys()].filter(path => path.startsWith('argocd'))).toEqual([]);
  expect([...tree.values()].join()).not.toContain('sync-options');

  mkdirSync(join(folder, 'argocd/ours'));
  writeFileSync(join(folder, 'argocd/ours/notes.md'), 'ours');
  writeFileSync(join(folder, 'rem-secrets.yaml'), plain);
  const check = run(remSecrets, ['expand', '--check'], { cwd: folder });
  expect(check.stdout).toContain('argocd/application-shop.yaml: would be removed\n');
  output(remSecrets, ['expand'], { cwd: folder });
  expect(output('find', ['argocd', '-type', 'f'], { cwd: folder })).toBe('argocd/ours/notes.md\n');
});

test('a spec without environments is applied from its base', () => {
  const { value } = expandText(
    specOf(`
namespace: shop
argocd: { repository: 'https://git.example.com/shop.git', clusters: { shop: in-cluster } }`),
  );
  const tree = value === undefined ? new Map<string, string>() : renderTree(value);
  const [application] = objectsOf(tree.get('argocd/applications/application-shop-base.yaml') ?? '');
  expect(specOfObject<ApplicationSpec>(application).source.path).toBe('base');
});

test('a ClusterSecretStore and the environments are of one wave when one has its ServiceAccount', () => {
  const { value } = expandText(
    specOf(`
namespace: shop
stores: { local: { kubernetes: {} } }
databases: { shop-db: { database: shop, owner: shop, storage: 1Gi } }
secrets: { url: { store: local, from: shop-db-app, template: { URL: { postgresUrl: {} } } } }
argocd: { repository: 'https://git.example.com/shop.git', clusters: { all: in-cluster } }
environments:
  dev: { cluster: all }
  staging: { cluster: all, namespace: staging, stores: { local: { kind: SecretStore } } }`),
  );
  const tree = value === undefined ? new Map<string, string>() : renderTree(value);
  const waveOf = (name: string): string | undefined =>
    objectsOf(tree.get(`argocd/applications/application-shop-${name}.yaml`) ?? '')[0]?.metadata
      .annotations?.['argocd.argoproj.io/sync-wave'];
  expect(['all', 'dev', 'staging'].map(waveOf)).toEqual(['0', '0', '0']);
});

describe('docs/argocd.md', () => {
  const text = readFileSync(join(root, 'docs/argocd.md'), 'utf8');

  test('has a section that a spec can have', () => {
    const example = /```yaml\nspec:\n([^`]+)```/.exec(text)?.[1] ?? '';
    const environments = 'environments: { dev: { cluster: shared }, prod: {} }';
    expect(findingsIn(specOf(`namespace: shop\n${environments}`) + example)).toEqual([]);
    expect(example).toContain('argocd:');
  });

  test('tells the versions of the charts', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| ([0-9.]+) /gm)];
    const all = { 'cloudnative-pg': {}, 'external-secrets': {}, 'opentelemetry-operator': {} };
    const operators = operatorsOf({
      repository: '',
      clusters: {},
      operators: { ...all, reloader: {} },
    });
    expect(rows.map(([, name, version]) => [name, version])).toEqual(
      operators.map(({ name, version }) => [name, version]),
    );
  });
});
