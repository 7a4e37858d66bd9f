import { realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { nodeHost } from '../../generator/shell/host.ts';
import { setsOfPaths } from '../../generator/world/sets.ts';
import { folderOf, runMain } from '../machine.ts';
import { repositoryOf } from '../review/repository.ts';

const reader = (namespace: string, secret: string): string => `apiVersion: v1
kind: Pod
metadata: { name: reader${namespace === '' ? '' : `, namespace: ${namespace}`} }
spec: { containers: [{ name: a, image: a, envFrom: [{ secretRef: { name: ${secret} } }] }] }
`;

const release = (name: string, namespace: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: ${namespace} }
spec: { chart: { spec: { chart: ${name} } } }
`;

test('what is not known is counted where it is asked for, and nowhere else', async () => {
  const folder = folderOf([
    ['a/pod.yaml', reader('shop', 'web-login')],
    ['b/pod.yaml', reader('shop', 'web-token').replace('name: reader', 'name: other')],
    ['chart/web.yaml', release('web', 'shop')],
  ]);
  expect((await runMain(folder, 'lint a')).stdout).toContain('1 reference not judged');
  expect((await runMain(folder, 'lint .')).stdout).toContain('2 references not judged');
});

test('in a namespace that is not known any chart may have made it', async () => {
  const both = `${release('one', 'first')}---\n${release('web', 'second')}---\n`;
  const { stdout } = await runMain('.', 'lint -', both + reader('', 'web-login'));
  expect(stdout).toContain('made perhaps by the Helm chart "web" in second');
  expect(stdout).not.toContain('[unknown-secret]');
});

test('two repositories are two, though each has a deployment object of the name', async () => {
  const flux = (path: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: ./${path}, prune: true, interval: 1h, sourceRef: { kind: GitRepository, name: home } }
`;
  const login = 'apiVersion: v1\nkind: Secret\nmetadata: { name: login, namespace: shop }\n';
  const one = repositoryOf({ 'flux.yaml': flux('one'), 'one/pod.yaml': reader('shop', 'login') });
  const two = repositoryOf({ 'flux.yaml': flux('two'), 'two/login.yaml': login });
  const { stdout } = await runMain('/', ['lint', one, two]);
  expect(stdout).toContain('nothing makes the Secret "login" in namespace "shop"');
});

test('outside of a repository the working directory is read around a path in it, and nothing around another path', async () => {
  const names = ['above', 'here/p', 'here/q'];
  const folder = realpathSync(folderOf(names.map(name => [`${name}/a.yaml`, reader('a', 'b')])));
  const openedFrom = async (cwd: string, path: string): Promise<readonly string[]> => {
    const machine = nodeHost(cwd);
    const opened = new Set<string>();
    const noted = (place: string): string => {
      const name = relative(folder, resolve(cwd, place));
      if (name !== '') opened.add(name);
      return place;
    };
    await setsOfPaths(
      { paths: [path], namespace: '' },
      {
        ...machine,
        entriesIn: place => machine.entriesIn(noted(place)),
        readFile: place => machine.readFile(noted(place)),
      },
    );
    return [...opened].sort();
  };
  const [here, p] = [join(folder, 'here'), join(folder, 'here/p')];
  const ofHere = ['here', ...['p', 'q'].flatMap(name => [`here/${name}`, `here/${name}/a.yaml`])];
  expect(await openedFrom(here, 'p')).toEqual(ofHere);
  expect(await openedFrom(here, p)).toEqual(ofHere);
  expect(await openedFrom('/', p)).toEqual(['here/p', 'here/p/a.yaml']);
  expect(await openedFrom(join(folder, 'above'), p)).toEqual(['here/p', 'here/p/a.yaml']);
});

test.for([
  ['alone', '', 'nothing makes the Secret "login"'],
  [
    'beside an ExternalSecret',
    `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: token, namespace: shop }
spec: { data: [{ secretKey: a, remoteRef: { key: a } }], secretStoreRef: { kind: SecretStore, name: aws } }
`,
    'there is no SecretStore "aws"',
  ],
])('what deployment objects %s at a path apply elsewhere', async ([, beside = '', found]) => {
  const flux = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: ./apps, prune: true, interval: 1h, sourceRef: { kind: GitRepository, name: home } }
`;
  const folder = repositoryOf({
    'flux/apps.yaml': flux + beside,
    'apps/pod.yaml': reader('shop', 'login'),
  });
  const { stdout } = await runMain(folder, 'lint flux');
  expect(stdout).toContain(found);
  expect(stdout).toContain('1 error in');
});
