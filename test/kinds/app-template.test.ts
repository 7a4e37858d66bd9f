import { expect, test } from 'vitest';
import { valueAt } from '../../generator/core/json.ts';
import { persistentVolumeClaim } from '../../generator/kinds/core/volumes.ts';
import { isKeptByHelm } from '../../generator/kinds/helm/release.ts';
import { graphOf } from '../graph/graph-of.ts';
import { runMain } from '../machine.ts';
import { containerRelease, objectsIn, readsIn, readsOf, release } from './releases.ts';

test.for(readsIn('a container of app-template'))(
  'a container with %s reads %j',
  ([text, reads]) => {
    expect(readsOf(graphOf(containerRelease(text.slice(1, -1))))).toEqual(reads);
  },
);

test.for(readsIn('values of app-template'))('values with %s read %j', ([text, reads]) => {
  expect(readsOf(graphOf(containerRelease('', `, ${text.slice(1, -1)}`)))).toEqual(reads);
});

test('pull secrets of a pod replace those of all', () => {
  const pull = (name: string): string => `imagePullSecrets: [{ name: ${name} }]`;
  const containers = "containers: { app: { image: { repository: shop, tag: '1' } } }";
  const values = `{ controllers: { main: { pod: { ${pull('own')} }, ${containers} } }, defaultPodOptions: { ${pull('all')} } }`;
  expect(readsOf(graphOf(release(values)))).toEqual(['own pull']);
});

test('defaults for containers hold where a container says nothing', () => {
  const defaults =
    'envFrom: [{ secretRef: { name: common } }], env: { A: { secretKeyRef: { name: a, key: a } } }';
  const containers =
    '{ x: {}, y: { env: { B: b } }, z: { envFrom: [{ secretRef: { name: own } }] } }';
  const values = (more: string): string =>
    `{ controllers: { main: { defaultContainerOptions: { ${defaults} }, ${more} containers: ${containers} } } }`;
  expect(readsOf(graphOf(release(values(''))))).toEqual([
    'a/a env',
    'common envFrom',
    'common envFrom',
    'a/a env',
    'own envFrom',
  ]);
  expect(readsOf(graphOf(release(values('defaultContainerOptionsStrategy: merge,'))))).toEqual([
    'a/a env',
    'common envFrom',
    'a/a env',
    'common envFrom',
    'a/a env',
    'own envFrom',
  ]);
});

const ALL = `{
  controllers: {
    main: { containers: { app: {} } },
    db: { type: statefulset, containers: { app: {} } },
    node: { type: daemonset, containers: { app: {} } },
    night: { type: cronjob, cronjob: { schedule: 0 0 * * * }, containers: { app: {} } },
    once: { type: job, containers: { app: {} } },
    gone: { enabled: false, containers: { app: {} } },
    shop: { containers: { app: {} } },
    odd: { type: other, containers: { app: {} } } },
  service: { app: { ports: { http: { port: 80 } } } },
  ingress: { app: { prefix: web, suffix: out } },
  secrets: { a: { stringData: { key: value } }, b: { forceRename: mine } },
  configMaps: { a: { data: { x: y } } },
  externalSecrets: { a: { target: { name: fetched }, dataFrom: [{ extract: { key: k } }] } },
  serviceAccount: { shop: {} },
  rawResources: { a: { manifest: { apiVersion: v1, kind: ConfigMap, data: {} } } } }`;

test('the objects have the names that the library gives', () =>
  expect(objectsIn(graphOf(release(ALL)))).toEqual([
    'StatefulSet/apps/shop-db',
    'Deployment/apps/shop-main',
    'CronJob/apps/shop-night',
    'DaemonSet/apps/shop-node',
    'Job/apps/shop-once',
    'Deployment/apps/shop',
    'Service/apps/shop',
    'Ingress/apps/web-shop-out',
    'Secret/apps/shop-a',
    'Secret/apps/mine',
    'ConfigMap/apps/shop',
    'ExternalSecret/apps/shop',
    'ServiceAccount/apps/shop',
    'ConfigMap/apps/shop',
  ]));

test('they pass every check that a manifest has to pass', async () => {
  const { stdout } = await runMain('.', 'lint -', release(ALL));
  expect(stdout).not.toMatch(/\[(invalid|undefined|duplicate-variable|unknown-service-account)/);
});

test.for([
  ['{ global: { fullnameOverride: web },', '5.0.0', ['Service/apps/web-a', 'Service/apps/web-b']],
  ['{ global: { nameOverride: w },', '5.0.0', ['Service/apps/shop-w-a', 'Service/apps/shop-w-b']],
  ['{ global: { nameOverride: sho },', '5.0.0', ['Service/apps/shop-a', 'Service/apps/shop-b']],
  ['{', '3.7.3', ['Service/apps/shop', 'Service/apps/shop-two']],
])('Services of %s with version %s are %j', ([start, version, names]) => {
  const values = `${start} controllers: {}, service: { a: { primary: true }, b: { nameOverride: two } } }`;
  const manifest = release(values).replace('app-template', `app-template, version: ${version}`);
  expect(objectsIn(graphOf(manifest))).toEqual(names);
});

function variables(env: string): string[] {
  const [pod] = graphOf(containerRelease(`env: ${env}`)).pods;
  return pod?.containers.flatMap(container => container.env.map(({ name }) => name)) ?? [];
}

test('variables come by name, and behind those that they depend on', () => {
  expect(variables('{ B: 1, A: 2, a: 3 }')).toEqual(['A', 'B', 'a']);
  expect(variables('{ A: { value: 1, dependsOn: C }, B: 1, C: 1 }')).toEqual(['B', 'C', 'A']);
  expect(variables('{ A: { value: 1, dependsOn: [B] }, B: { value: 1, dependsOn: [A] } }')).toEqual(
    ['A', 'B'],
  );
  expect(variables('[{ name: B }, { name: A }]')).toEqual(['B', 'A']);
});

test('a variable that comes too early can say what it depends on, or be moved in a list', async () => {
  const found = async (env: string): Promise<string> =>
    (await runMain('.', 'lint -', containerRelease(`env: ${env}`))).stdout;
  expect(await found("{ A: '$(B)', B: b }")).toContain('depends on "B" (dependsOn)');
  expect(await found("[{ name: A, value: '$(B)' }, { name: B, value: b }]")).toContain(
    'Move "B" up',
  );
});

test('what the values make is made: keys of Secrets, certificates, fetched Secrets', () => {
  const more = `, secrets: { a: { stringData: { key: value } } },
    ingress: { a: { annotations: { cert-manager.io/issuer: ca }, tls: [{ secretName: tls }] } },
    externalSecrets: { a: { target: { name: fetched }, data: [{ secretKey: k, remoteRef: { key: k } }] } }`;
  const refs =
    'envFrom: [{ secretRef: { identifier: a } }, { externalSecretRef: { identifier: a } }]';
  const graph = graphOf(containerRelease(refs, more));
  expect([...graph.secrets].map(([id, { keys }]) => [id, [...keys]])).toEqual([
    ['apps/tls', ['tls.crt', 'tls.key', 'ca.crt']],
    ['apps/shop', ['key']],
    ['apps/fetched', ['k']],
  ]);
  expect(readsOf(graph)).toEqual(['shop envFrom', 'fetched envFrom', 'tls tls']);
});

test('of a Secret in the values nothing is kept but its keys', () => {
  const graph = graphOf(containerRelease('', ', secrets: { a: { stringData: { key: hidden } } }'));
  const [secret] = graph.objects.filter(({ kind }) => kind === 'Secret');
  expect(valueAt(secret?.json, ['stringData', 'key'])).toBe('');
});

test('a mount of one file out of a Secret has its place in the values', async () => {
  const store = `---
apiVersion: v1
kind: Secret
metadata: { name: files, namespace: apps }
data: { a.yaml: YQ== }
---
`;
  const values = `
    controllers: { main: { containers: { app: { image: { repository: shop } } } } }
    persistence:
      files:
        type: secret
        name: files
        globalMounts:
          - { path: /a.yaml, subPath: a.yaml }
          - { path: /b.yaml, subPath: b.yaml }
`;
  const manifest = release('{}').replace(
    '{ chart: { spec: { chart: app-template } }, values: {} }',
    `\n  chart: { spec: { chart: app-template } }\n  values:${values}`,
  );
  const { stdout } = await runMain('.', 'lint -', store + manifest);
  expect(stdout).toContain('stdin:20:39: error: the volume of Secret "files" has no file "b.yaml"');
});

test('a chart that wraps the library has values of its own: only its names are read', () => {
  const values =
    '{ controllers: { a: { containers: { b: { envFrom: [{ secretRef: { name: db } }] } } } } }';
  const graph = graphOf(release(values, 'wrapper'));
  expect(objectsIn(graph)).toEqual(['HelmRelease/apps/shop']);
  expect(readsOf(graph)).toEqual(['db envFrom given']);
});

test('a small file cannot stand for more than anybody runs', () => {
  const many = (name: string, count: number): string =>
    Array.from({ length: count }, (_, index) => `${name}${index}: { }`).join(', ');
  const values = `{ persistence: { ${many('v', 400)} }, controllers: { main: { containers: { ${many('c', 400)} } } } }`;
  expect(objectsIn(graphOf(release(values)))).toEqual(['HelmRelease/apps/shop']);
});

test.for([
  ['persistence: { data: { type: persistentVolumeClaim, size: 5Gi } }', ['shop']],
  ['persistence: { data: { size: 5Gi } }', ['shop']],
  ['persistence: { a: { size: 1Gi }, b: { size: 2Gi, retain: true } }', ['shop-a', 'shop-b keep']],
  ['persistence: { data: { existingClaim: data }, tmp: { type: emptyDir } }', []],
  ['persistence: { data: { size: 5Gi, enabled: false } }', []],
])('values with %s make the claims %j', ([more, claims]) => {
  const found = graphOf(containerRelease('', `, ${more}`))
    .byKind(persistentVolumeClaim)
    .map(object => `${object.name}${isKeptByHelm(object) ? ' keep' : ''}`);
  expect(found).toEqual(claims);
});
