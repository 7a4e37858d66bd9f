import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { isMap, listAt, mapAt, textAt } from '../../generator/core/json.ts';
import { identityOf, type KubeObject } from '../../generator/core/kube-object.ts';
import type { Expansion } from '../../generator/spec/pipeline.ts';
import { renderTree } from '../../generator/spec/tree.ts';
import { exits, folderOf, kustomizeBuild, objectsOf, output, root, runMain } from '../machine.ts';
import { expandText, findingsIn, specOf } from '../spec-text.ts';

function expansionOf(text: string): Expansion {
  const { value, faults } = expandText(text);
  if (value === undefined) throw new Error(JSON.stringify(faults));
  return value;
}

function kustomizationsIn(tree: ReadonlyMap<string, string>): Map<string, KubeObject> {
  const found = [...tree].filter(([path]) => /^flux\/[^/]+\/kustomization-/.test(path));
  return new Map(found.flatMap(([path, text]) => objectsOf(text).map(object => [path, object])));
}

function folderIn(kustomization: KubeObject): string {
  return (textAt(kustomization, 'spec', 'path') ?? '').replace(/^.*(?=(overlays|base|flux)\b)/, '');
}

/** What a Kustomization applies of a tree: its fields are laid over those of the folder's file, as Flux does. */
function appliedBy(kustomization: KubeObject, tree: string): KubeObject[] {
  const namespace = textAt(kustomization, 'spec', 'targetNamespace');
  const folder = join(tree, folderIn(kustomization));
  const file = join(folder, 'kustomization.yaml');
  const text = readFileSync(file, 'utf8');
  const own: unknown = parse(text);
  if (!isMap(own)) throw new Error(`${file} is no map`);
  const patches = [...listAt(own, 'patches'), ...listAt(kustomization, 'spec', 'patches')];
  writeFileSync(
    file,
    stringify({
      ...own,
      ...(patches.length > 0 && { patches }),
      ...(namespace !== undefined && { namespace }),
    }),
  );
  const applied = kustomizeBuild(folder);
  writeFileSync(file, text);
  return applied;
}

function inOrder(objects: readonly KubeObject[]): KubeObject[] {
  return [...objects].sort((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
}

const golden = join(root, 'test/golden');
const cases = readdirSync(golden).filter(name => name.startsWith('flux-'));

test.for(cases)('%s: what Flux applies is each object of the overlays, once', name => {
  const value = expansionOf(readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8'));
  const tree = renderTree(value);
  const made = [...kustomizationsIn(tree).values()];
  const folder = folderOf(tree);
  for (const { name: target, objects } of value.units) {
    const own = made.filter(one => folderIn(one) === `overlays/${target}`);
    const applied = own.flatMap(one => appliedBy(one, folder));
    expect(inOrder(applied)).toEqual(inOrder(objects.map(({ object }) => object)));
  }
});

test.for(cases)('%s: a Kustomization waits for others of its cluster, and in no circle', name => {
  const value = expansionOf(readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8'));
  const byFile = kustomizationsIn(renderTree(value));
  const given = value.flux?.spec.dependsOn ?? [];
  for (const [file, kustomization] of byFile) {
    const beside = [...byFile].filter(([other]) => folderOfFile(other) === folderOfFile(file));
    const names = beside.map(([, { metadata }]) => metadata.name);
    const waits = waitsOf(kustomization);
    expect([...names, ...given]).toEqual(expect.arrayContaining(waits));
    const later = beside.flatMap(([, one]) =>
      waits.includes(one.metadata.name) ? waitsOf(one) : [],
    );
    expect(later).not.toContain(kustomization.metadata.name);
  }
});

const folderOfFile = (path: string): string => path.slice(0, path.lastIndexOf('/'));

function waitsOf(kustomization: KubeObject): string[] {
  return listAt(kustomization, 'spec', 'dependsOn').flatMap(one => textAt(one, 'name') ?? []);
}

const spec = specOf(`
namespace: shop
stores: { local: { kind: SecretStore, kubernetes: {} } }
databases: { shop-db: { database: shop, owner: shop, storage: 1Gi } }
secrets: { url: { store: local, from: shop-db-app, template: { URL: { postgresUrl: {} } } } }
workloads:
  web:
    image: example/web:1
    env: { URL: { secret: url, key: URL } }
    patch: { Deployment: { metadata: { annotations: { reloader.stakater.com/auto: 'true' } } } }
flux: { path: deploy }
environments:
  prod: { components: [extra] }
  dev: { cluster: near, namespace: shop-dev }
  test: { cluster: near, namespace: shop-test }`);

const COMPONENT = 'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n';

const quota = {
  'deploy/components/extra/kustomization.yaml': `${COMPONENT}resources: [quota.yaml]`,
  'deploy/components/extra/quota.yaml':
    "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: all }\nspec: { hard: { pods: '10' } }",
};

async function expanded(text: string, component: Readonly<Record<string, string>> = quota) {
  const folder = folderOf([['deploy/rem-secrets.yaml', text], ...Object.entries(component)]);
  output('git', ['init', '--quiet', '.'], { cwd: folder });
  expect(await runMain(join(folder, 'deploy'), 'expand')).toMatchObject({ status: 0 });
  return folder;
}

function readIn(folder: string, path: string): KubeObject {
  const [object] = objectsOf(readFileSync(join(folder, 'deploy', path), 'utf8'));
  if (object === undefined) throw new Error(`${path} has no object`);
  return object;
}

describe('a repository that Flux applies', () => {
  test('is as expand --check expects it, and valid', async () => {
    const cwd = join(await expanded(spec), 'deploy');
    expect(await runMain(cwd, 'expand --check')).toMatchObject({ status: 0, stdout: '' });
    expect(exits(0, await runMain(cwd, 'validate')).stdout).toContain(
      'flux/near: 3 objects, none invalid\nflux/prod: 2 objects, none invalid',
    );
  });

  test.for<[string, string, number]>([
    ['each cluster', spec, 6],
    ['both stages', spec.replace('path: deploy', 'path: deploy, secretsFirst: true'), 9],
  ])('lint follows the Kustomizations of %s, and finds nothing', async ([, text, units]) => {
    const cwd = await expanded(text);
    const { stdout } = exits(0, await runMain(cwd, 'lint --fail-on warning .'));
    expect(stdout).toMatch(/^no findings in \d+ objects; read: \d+ units$/m);
    expect(stdout).toContain(`read: ${units} units`);
  });

  test('lint says where Flux and the tree part', async () => {
    const broken = await expanded(spec);
    const file = join(broken, 'deploy/flux/near/kustomization-shop-test.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('overlays/test', 'overlays/tset'));
    expect((await runMain(broken, 'lint .')).stdout).toContain('[unknown-path]');
  });

  test('diff of an environment that is taken out says what Flux does', async () => {
    const stdout = await diffOf(spec, spec.replace(/ +test: .*\n/, ''), { isExpanded: true });
    expect(stdout).toContain(
      'Kustomization flux-system/shop-test (flux/near); deleted by Flux: Kustomization "shop" prunes',
    );
    expect(stdout).toContain(
      'Cluster shop-test/shop-db (test); left running: its annotation or label tells Flux to keep it',
    );
    expect(stdout).toContain(
      'Deployment shop-test/web (test); left running: Kustomization "shop-test" is removed and deletes nothing',
    );
  });
});

test('diff says which of the two Kustomizations of an environment prunes, and sees a cluster go without expand', async () => {
  const twice = spec.replace('path: deploy', 'path: deploy, secretsFirst: true');
  const less = twice.replace(/ {2}secrets: .*\n/, '').replace(/ {2}workloads:\n( {4}.*\n)+/, '');
  const stdout = await diffOf(twice, less.replace(/ +prod: .*\n/, ''), { isExpanded: false });
  expect(stdout).toContain(
    'ExternalSecret shop-dev/url (dev, as the spec makes it); deleted by Flux: Kustomization "shop-dev-secrets" prunes',
  );
  expect(stdout).toContain(
    'Deployment shop-dev/web (dev, as the spec makes it); deleted by Flux: Kustomization "shop-dev" prunes',
  );
  expect(stdout).toContain(
    '- Kustomization flux-system/shop-prod (flux/prod, as the spec makes it); left running',
  );
});

async function diffOf(before: string, after: string, { isExpanded }: { isExpanded: boolean }) {
  const cwd = join(await expanded(before), 'deploy');
  output('git', ['add', '.'], { cwd });
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  output('git', [...author, 'commit', '--quiet', '-m', 'a'], { cwd });
  writeFileSync(join(cwd, 'rem-secrets.yaml'), after);
  if (isExpanded) expect(await runMain(cwd, 'expand')).toMatchObject({ status: 0 });
  return (await runMain(cwd, 'diff')).stdout;
}

test('what holds data is kept, a Job is made anew, and without the section neither is said', () => {
  const body = `
namespace: shop
databases: { shop-db: { database: shop, owner: shop, storage: 1Gi } }
workloads: { migrate: { kind: Job, image: 'example/migrate:1' } }
resources:
  files: { object: { apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: files }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } } }
flux: {}`;
  const options = (text: string): Record<string, string> =>
    Object.fromEntries(
      expansionOf(text).base.objects.flatMap(({ object }) =>
        Object.entries(object.metadata.annotations ?? {})
          .filter(([name]) => name.includes('fluxcd'))
          .map(([name, value]) => [object.kind, `${name.replace(/.*\//, '')}: ${value}`]),
      ),
    );
  expect(options(specOf(body))).toEqual({
    Cluster: 'prune: disabled',
    Job: 'force: enabled',
    Namespace: 'prune: disabled',
    PersistentVolumeClaim: 'prune: disabled',
  });
  expect(options(specOf(body.replace('flux: {}', '')))).toEqual({});
});

test('what makes a Secret that a database needs comes with the database', () => {
  const text = specOf(`
namespace: shop
stores: { local: { kind: SecretStore, kubernetes: {} } }
databases: { shop-db: { database: shop, owner: shop, storage: 1Gi, ownerSecret: shop-login } }
secrets: { shop-login: { store: local, keys: { username: { key: login, property: user }, password: { key: login, property: password } } } }
resources:
  login: { object: { apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: { name: login }, spec: { encryptedData: { user: AgBx, password: AgBy } } } }
workloads: { web: { image: 'example/web:1' } }
flux: { secretsFirst: true }
environments: { prod: {} }`);
  const tree = renderTree(expansionOf(text));
  const folder = folderOf(tree);
  const kinds = (file: string): string[] => {
    const kustomization = kustomizationsIn(tree).get(`flux/prod/kustomization-shop-${file}.yaml`);
    if (kustomization === undefined) throw new Error(file);
    return inOrder(appliedBy(kustomization, folder)).map(({ kind }) => kind);
  };
  expect(kinds('prod')).toEqual(['Deployment']);
  expect(kinds('prod-secrets')).toContain('SealedSecret');
});

test('a spec without environments is applied from its base', () => {
  const tree = renderTree(expansionOf(specOf('namespace: shop\ncluster: near\nflux: {}')));
  expect([...kustomizationsIn(tree)].map(([path, one]) => [path, folderIn(one)])).toEqual([
    ['flux/near/kustomization-shop-base.yaml', 'base'],
    ['flux/near/kustomization-shop.yaml', 'flux/near'],
  ]);
});

describe('targetNamespace', () => {
  const targetOf = async (component: string): Promise<unknown> => {
    const folder = await expanded(spec, {
      ...quota,
      'deploy/components/extra/quota.yaml': component,
    });
    return mapAt(readIn(folder, 'flux/prod/kustomization-shop-prod.yaml'), 'spec')[
      'targetNamespace'
    ];
  };

  test.for<[string, string, string | undefined]>([
    ['objects without a namespace', quota['deploy/components/extra/quota.yaml'], 'shop'],
    [
      'an object of another namespace',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: monitoring }',
      undefined,
    ],
    [
      'an object of the cluster that kustomize knows',
      'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\nvalue: 1',
      'shop',
    ],
    [
      'an object of a kind that may be of the cluster',
      'apiVersion: example.com/v1\nkind: Anything\nmetadata: { name: a }',
      undefined,
    ],
    ['another Namespace', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }', undefined],
  ])('%s', async ([, component, expected]) => expect(await targetOf(component)).toBe(expected));
});

test('--environment writes the folder of its cluster alone', async () => {
  const cwd = join(await expanded(spec), 'deploy');
  writeFileSync(join(cwd, 'rem-secrets.yaml'), spec.replace('path: deploy', 'path: elsewhere'));
  const check = async (name: string): Promise<string> =>
    (await runMain(cwd, ['expand', '--check', '--environment', name])).stdout;
  expect((await check('prod')).match(/^flux\/\w+/gm)).toEqual(['flux/prod', 'flux/prod']);
  expect(new Set((await check('dev')).match(/^flux\/\w+/gm))).toEqual(new Set(['flux/near']));
});

describe('docs/flux.md', () => {
  const text = readFileSync(join(root, 'docs/flux.md'), 'utf8');

  test('has sections that a spec can have', () => {
    const examples = [...text.matchAll(/```yaml\nspec:\n([^`]+)```/g)].map(([, body = '']) => body);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples)
      expect(findingsIn(specOf('namespace: shop\nenvironments: { dev: {} }') + example)).toEqual(
        [],
      );
  });
});
