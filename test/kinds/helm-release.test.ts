import { expect, test } from 'vitest';
import { helmRelease } from '../../generator/kinds/flux/helm-release.ts';
import { graphOf } from '../graph/graph-of.ts';
import { runMain } from '../machine.ts';
import { containerRelease, objectsIn, readsOf, release } from './releases.ts';

const configMap = (name: string, data: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: apps }
data: ${data}
`;

function from(valuesFrom: string, values = '{}'): string {
  return release(values, 'my-chart', `, valuesFrom: [${valuesFrom}]`);
}

test('values of ConfigMaps are merged in their order, and those of the release win', () => {
  const maps = [
    configMap('a', "{ values.yaml: '{ w: { existingSecret: a }, x: { existingSecret: a } }' }"),
    configMap('b', "{ more: '{ x: { existingSecret: b }, z: { existingSecret: b } }' }"),
  ];
  const refs = '{ kind: ConfigMap, name: a }, { kind: ConfigMap, name: b, valuesKey: more }';
  const graph = graphOf(...maps, from(refs, '{ z: { existingSecret: c } }'));
  expect(readsOf(graph)).toEqual(['a helm given', 'b helm given', 'c helm given']);
});

test.for([
  ['a.existingSecret', 'login', ['login helm given']],
  ['a\\.b.existingSecret', 'login', ['login helm given']],
  ['existingSecret', '1', []],
  ['a[0].existingSecret', 'login', []],
  [Array(60).fill('a').join('.'), 'login', []],
])('a value at the path %s is %s', ([path, value, reads]) => {
  const ref = `{ kind: ConfigMap, name: a, valuesKey: v, targetPath: '${path}' }`;
  expect(readsOf(graphOf(configMap('a', `{ v: '${value}' }`), from(ref)))).toEqual(reads);
});

test('a Secret that gives values is read, and what it gives is not known', () => {
  const refs = `{ kind: Secret, name: all, optional: true },
    { kind: Secret, name: one, valuesKey: k, targetPath: a.existingSecret }`;
  const graph = graphOf(from(refs));
  expect(readsOf(graph)).toEqual([
    'all/values.yaml ref optional given',
    'one/k ref given',
    '{{ }} helm given',
  ]);
});

test('a finding stands at the line of the ConfigMap that holds the value', async () => {
  const secret = `apiVersion: v1
kind: Secret
metadata: { name: login, namespace: apps }
data: { user: YQ== }
`;
  const map = configMap(
    'a',
    "\n  other: ''\n  values.yaml: |\n    existingSecret: login\n    passwordKey: pass",
  );
  const files = [secret, map, from('{ kind: ConfigMap, name: a }')].join('---\n');
  const { stdout } = await runMain('.', 'lint -', files);
  expect(stdout).toContain('stdin:13:18: warning: Secret "login" has no key "pass"');
});

test('a release is called after its namespace and itself, and a long name is cut', () => {
  const named = (more: string): string[] => objectsIn(graphOf(release('{}', 'my-chart', more)));
  expect(named('')).toEqual(['HelmRelease/apps/shop']);
  expect(named(', releaseName: web')).toEqual(['HelmRelease/apps/web']);
  expect(named(', targetNamespace: web')).toEqual(['HelmRelease/web/web-shop']);
  const long = 'a'.repeat(54);
  expect(named(`, releaseName: ${long}`)).toEqual([
    `HelmRelease/apps/${long.slice(0, 40)}-a3f01b693925`,
  ]);
});

function unknowns(...manifests: readonly string[]): string[] {
  const { objects, find } = graphOf(...manifests);
  return objects.flatMap(object =>
    object.knownKind === helmRelease
      ? (helmRelease.applies?.unknowns?.(object, find) ?? []).map(
          ({ namespace, what }) => `${namespace}: ${what}`,
        )
      : [],
  );
}

const APP = '{ controllers: { main: { containers: { app: {} } } } }';

function ofSource(kind: string): string {
  return release(APP).replace(
    'chart: { spec: { chart: app-template } }',
    `chartRef: { kind: ${kind}, name: source }`,
  );
}

const source = (kind: string, spec: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: ${kind}
metadata: { name: source, namespace: apps }
spec: ${spec}
`;

test('app-template makes nothing unseen, where all of its values are known', () => {
  expect(unknowns(release(APP))).toEqual([]);
  const chart = ['apps: the Helm chart "app-template"'];
  expect(unknowns(release(APP, 'app-template', ', postRenderers: [{}]'))).toEqual(chart);
  expect(
    unknowns(release(APP, 'app-template', ', valuesFrom: [{ kind: Secret, name: a }]')),
  ).toEqual(chart);
  expect(
    unknowns(release(APP, 'app-template', ', valuesFrom: [{ kind: ConfigMap, name: a }]')),
  ).toEqual(chart);
  expect(unknowns(release(APP, 'app-template', ', kubeConfig: {}'))).toEqual([]);
});

test('any other chart may make anything in its namespace', () => {
  expect(unknowns(release('{}', './charts/web'))).toEqual(['apps: the Helm chart "web"']);
  expect(unknowns(release('{}', 'web', ", targetNamespace: '$" + "{NS}'"))).toEqual([
    'undefined: the Helm chart "web"',
  ]);
});

test('the chart is the one that the source names', () => {
  const url = '{ url: oci://example.com/charts/app-template, ref: { tag: 5.1.0 } }';
  expect(unknowns(ofSource('OCIRepository'), source('OCIRepository', url))).toEqual([]);
  expect(unknowns(ofSource('HelmChart'), source('HelmChart', '{ chart: app-template }'))).toEqual(
    [],
  );
  expect(unknowns(ofSource('HelmChart'), source('HelmChart', '{ chart: web }'))).toEqual([
    'apps: the Helm chart "web"',
  ]);
  expect(unknowns(ofSource('HelmChart'))).toEqual(['apps: the Helm chart "source"']);
  const elsewhere = ofSource('OCIRepository').replace(
    'name: source',
    'name: source, namespace: flux',
  );
  expect(unknowns(elsewhere, source('OCIRepository', url).replace('apps', 'flux'))).toEqual([]);
});

test('the source of a chart reads the login of its registry', () => {
  const spec = '{ url: oci://example.com/web, secretRef: { name: registry } }';
  expect(readsOf(graphOf(source('OCIRepository', spec)))).toEqual(['registry ref']);
});

test('a release in another cluster brings nothing, and reads how to get there', () => {
  const graph = graphOf(release(APP, 'app-template', ', kubeConfig: { secretRef: { name: far } }'));
  expect(objectsIn(graph)).toEqual([]);
  expect(readsOf(graph)).toEqual(['far ref']);
});

test('a value that is a secret by its look is told once', async () => {
  const manifest = containerRelease("env: { DB_PASSWORD: 'kJ8s7Fq2pL0xZ3vB' }");
  const { stdout } = await runMain('.', 'lint -', manifest);
  expect(stdout.match(/\[plaintext-secret\]/g)).toHaveLength(1);
});
