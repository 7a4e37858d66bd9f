import { expect, test } from 'vitest';
import { exits } from '../machine.ts';
import { application, fluxKustomization } from '../manifests.ts';
import { changed, type Files } from './repository.ts';

async function unseenIn(before: Files, after: Files): Promise<string[]> {
  return JSON.parse((await changed(before, after, '--format', 'json')).stdout).unseen;
}

const kustomization = (name: string, more = ''): string => fluxKustomization(name) + more;

const config = (data: string, kind = 'ConfigMap'): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: settings, namespace: shop }\n${data}\n`;

const release = (version: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: cache, namespace: shop }
spec:
  interval: 1h
  chart:
    spec:
      chart: valkey
      version: ${version}
      sourceRef: { kind: HelmRepository, name: charts, namespace: flux-system }
`;

const REMOTE = 'https://example.org/manifests.yaml';

const WORLD: Files = {
  'flux/web.yaml': kustomization('web'),
  'flux/db.yaml': kustomization('db'),
  'apps/web/kustomization.yaml': 'resources: [settings.yaml, release.yaml]\n',
  'apps/web/settings.yaml': config('data: { a: "1" }'),
  'apps/web/release.yaml': release('1.0.0'),
  'apps/db/kustomization.yaml': `resources: [settings.yaml, "${REMOTE}"]\n`,
  'apps/db/settings.yaml': config('data: { b: "1" }').replace('settings', 'other'),
};

test('where all of a change is here, that a cluster has more is one line', async () =>
  expect(
    await unseenIn(
      { 'web/settings.yaml': config('data: { a: "1" }') },
      { 'web/settings.yaml': config('data: { a: "2" }') },
    ),
  ).toEqual(['values in their stores, and what a cluster has beside these manifests']));

test('a chart whose release changes is named', async () =>
  expect(await unseenIn(WORLD, { 'apps/web/release.yaml': release('2.0.0') })).toEqual([
    'Helm charts, which are not rendered: "valkey"',
    '1 entry of an environment without changes, which was not read',
  ]));

test('what is remote is named where something changes beside it, and counted elsewhere', async () => {
  const other = config('data: { b: "2" }').replace('settings', 'other');
  expect(await unseenIn(WORLD, { 'apps/db/settings.yaml': other })).toEqual([
    `not read: remote: ${REMOTE}`,
  ]);
  expect(await unseenIn(WORLD, { 'apps/web/settings.yaml': config('data: { a: "2" }') })).toEqual([
    '1 entry of an environment without changes, which was not read',
  ]);
});

test('a folder that a new Kustomization applies, and that is not here, is named', async () => {
  const [said] = await unseenIn(WORLD, { 'flux/new.yaml': kustomization('new') });
  expect(said).toBe('not read: the Flux Kustomization "new" (its folder "./apps/new" is not here)');
});

test('a chart of the repository that changes, and is not rendered, is named', async () => {
  const files: Files = {
    'apps.yaml': application('wiki', 'charts/wiki'),
    'charts/wiki/Chart.yaml': 'apiVersion: v2\nname: wiki\nversion: 1.0.0\n',
    'charts/wiki/values.yaml': 'wiki: { tag: "1" }\n',
  };
  const said = 'Helm charts, which are not rendered: "charts/wiki"';
  expect(await unseenIn(files, { 'charts/wiki/values.yaml': 'wiki: { tag: "2" }\n' })).toEqual([
    said,
  ]);
  expect(await unseenIn(files, { 'other.yaml': config('') })).not.toContain(said);
});

const FILLED = kustomization(
  'web',
  '  postBuild: { substituteFrom: [{ kind: Secret, name: vars }] }\n',
);
const ONLY_WEB = { ...WORLD, 'flux/db.yaml': undefined, 'apps/db/kustomization.yaml': undefined };

test.for([
  [
    'of a Kustomization that fills them in',
    FILLED,
    config(`data: { a: "echo $\${PATH}" }\nspec: { host: "\${HOST}" }`),
    ['HOST'],
  ],
  ['with a default', FILLED, config(`spec: { a: "\${HOST:=a}" }`), []],
  ['of one that fills in nothing', kustomization('web'), config(`spec: { a: "\${HOST}" }`), []],
  [
    'of an object that is left as it is',
    FILLED,
    config(`spec: { a: "\${HOST}" }`).replace(
      'namespace: shop',
      'namespace: shop, labels: { kustomize.toolkit.fluxcd.io/substitute: disabled }',
    ),
    [],
  ],
] as const)('variables %s', async ([, by, changed, names]) => {
  const { 'flux/db.yaml': _, 'apps/db/kustomization.yaml': __, ...files } = ONLY_WEB;
  const before = { ...files, 'flux/web.yaml': by };
  const said = await unseenIn(before, { 'apps/web/settings.yaml': changed });
  expect(said).toEqual(
    names.length === 0
      ? ['values in their stores, and what a cluster has beside these manifests']
      : [`variables without a value: ${names.join(', ')}`],
  );
});

test('where nothing tells what applies an object, a script keeps its variables', async () => {
  const before = config('data: { a: "1" }');
  const said = async (data: string, kind?: string): Promise<string[]> =>
    unseenIn({ 'web/settings.yaml': before }, { 'web/settings.yaml': config(data, kind) });
  expect(await said(`data: { a: "echo \${NAME}" }`)).toEqual([expect.stringMatching(/^values in/)]);
  expect(await said(`spec: { externalName: "\${HOST}.example.org" }`, 'Service')).toEqual([
    'variables without a value: HOST',
  ]);
});

const FLUX = fluxKustomization('web', 'web');

/** Files in which a document is no object, and why they would be applied. */
const APPLIED: Readonly<Record<string, Files>> = {
  'beside manifests': { 'web/settings.yaml': config('data: { a: "1" }'), 'web/it.yaml': 'a: 1\n' },
  'in a folder of Flux': { 'flux/web.yaml': FLUX, 'web/it.yaml': 'a: 1\n' },
  'like a manifest': { 'web/it.yaml': 'apiVersion: v1\n' },
};

test.for(Object.entries(APPLIED))(
  'a changed file %s, of no object, is unread',
  async ([, before]) => {
    const { status, stdout } = await changed(before, {
      'web/it.yaml': `${before['web/it.yaml']}b: 2\n`,
    });
    expect(status).toBe(2);
    expect(stdout).toContain('not read: "web/it.yaml" changes, and a document of it is no object');
    expect((await changed(before, { 'web/new.txt': 'b' })).status).toBe(0);
  },
);

test('a kind alone makes no manifest of what nothing applies', async () => {
  const before: Files = { 'data/it.yaml': 'kind: engram\n', 'web/a.yaml': config('data: {}') };
  expect((await changed(before, { 'data/it.yaml': 'kind: engram\nlabel: b\n' })).status).toBe(0);
});

test('a changed file that holds no object and is not applied is named', async () => {
  const before: Files = {
    'app/settings.yaml': config('data: { a: "1" }'),
    'play/list.yaml': '- one\n',
  };
  const { stdout } = exits(0, await changed(before, { 'play/list.yaml': '- one\n- two\n' }));
  expect(stdout).toContain('no risks in what was read');
  expect(stdout).toContain('changed files in which something is no object: play/list.yaml');
});
