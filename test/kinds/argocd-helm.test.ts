import { expect, test } from 'vitest';
import { graphOf } from '../graph/graph-of.ts';
import { runMain } from '../machine.ts';
import { objectsIn, readsIn, readsOf } from './releases.ts';

const DESTINATION = 'destination: { namespace: apps }';

const application = (spec: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec: { ${DESTINATION}, ${spec} }
`;

function chart(helm: string): string {
  return application(`source: { chart: web, targetRevision: 1.0.0, helm: { ${helm} } }`);
}

test.for(readsIn('helm of an Application'))('the helm %s reads %j', ([helm, reads]) => {
  expect(readsOf(graphOf(chart(helm.slice(1, -1))))).toEqual(reads);
});

test('a release is called like the Application, and is where that goes', () => {
  expect(objectsIn(graphOf(chart('')))).toEqual(['Application/apps/shop']);
  expect(objectsIn(graphOf(chart('releaseName: web')))).toEqual(['Application/apps/web']);
});

test('each source may be a chart', () => {
  const values = '{ controllers: { a: { containers: { a: {} } } } }';
  const sources = `sources: [{ chart: app-template, helm: { valuesObject: ${values} } }, { path: charts/web, helm: { releaseName: web } }, { path: ., repoURL: oci://example.com/app-template, helm: { releaseName: b, valuesObject: ${values} } }, { path: base }]`;
  expect(objectsIn(graphOf(application(sources)))).toEqual([
    'Deployment/apps/shop',
    'Application/apps/web',
    'Deployment/apps/b',
  ]);
});

const setOf = (generator: string): string => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: shops, namespace: argocd }
spec:
  generators: [${generator}]
  template:
    metadata: { name: '{{name}}-shop' }
    spec:
      ${DESTINATION}
      source: { chart: web, helm: { valuesObject: { x: { secretName: '{{name}}-tls' } } } }
`;

test.for(readsIn('generators of an ApplicationSet'))(
  'an ApplicationSet with %s reads %s',
  ([generator, reads]) => expect(readsOf(graphOf(setOf(generator)))).toEqual(reads),
);

test('a matrix of more pairs than are read is not known', () => {
  const list = (length: number, field: string): string =>
    JSON.stringify({ list: { elements: Array.from({ length }, (_, at) => ({ [field]: at })) } });
  const matrix = (length: number): string =>
    `{ matrix: { generators: [${list(length, 'name')}, ${list(length, 'other')}] } }`;
  expect(readsOf(graphOf(setOf(matrix(22))))).toHaveLength(22 * 22);
  expect(readsOf(graphOf(setOf(matrix(23))))).toEqual(['{{name}}-tls helm']);
});

test('what generators of an ApplicationSet do not tell is no fault', async () =>
  expect((await runMain('.', 'lint -', setOf('{ clusters: {} }'))).stdout).not.toContain(
    'unknown-secret',
  ));

function unknowns(manifest: string): string[] {
  const { objects, find } = graphOf(manifest);
  return objects.flatMap(object =>
    (object.knownKind?.applies?.unknowns?.(object, find) ?? []).map(({ what }) => what),
  );
}

test('a chart may make anything, and app-template too where values are in files', () => {
  expect(unknowns(chart(''))).toEqual(['the Helm chart "web"']);
  const app = chart('valuesObject: { controllers: {} }').replace(
    'chart: web',
    'chart: app-template',
  );
  expect(unknowns(app)).toEqual([]);
  expect(unknowns(app.replace('helm: {', 'helm: { valueFiles: [a.yaml], '))).toEqual([
    'the Helm chart "app-template"',
  ]);
});

test('a finding stands at the value', async () => {
  const secret = `apiVersion: v1
kind: Secret
metadata: { name: login, namespace: apps }
data: { user: YQ== }
---
`;
  const values = '{ existingSecret: login, passwordKey: pass }';
  const { stdout } = await runMain('.', 'lint -', secret + chart(`valuesObject: ${values}`));
  expect(stdout).toContain('warning: Secret "login" has no key "pass"');
  expect(stdout).toContain('passwordKey: pass');
});

test('values that are written as a text line by line have their lines', async () => {
  const manifest = `apiVersion: v1
kind: Secret
metadata: { name: login, namespace: apps }
data: { user: YQ== }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec:
  destination: { namespace: apps }
  source:
    chart: web
    helm:
      values: |
        # A comment
        auth:
          existingSecret: login
          passwordKey: pass
`;
  const { stdout } = await runMain('.', 'lint -', manifest);
  expect(stdout).toContain('stdin:18:24: warning: Secret "login" has no key "pass"');
});

test('of more parameters than anybody has the last ones are read', () => {
  const many = Array.from(
    { length: 300 },
    (_, index) => `{ name: a${index}.existingSecret, value: s${index} }`,
  );
  expect(readsOf(graphOf(chart(`parameters: [${many.join(', ')}]`)))).toHaveLength(200);
});
