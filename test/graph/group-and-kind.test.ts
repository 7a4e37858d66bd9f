import { expect, test } from 'vitest';
import { serviceMakers } from '../../generator/graph/hosts.ts';
import { checkGraph, graphOf } from './graph-of.ts';

function rulesOf(...manifests: readonly string[]): string[] {
  const known = checkGraph(graphOf(...manifests)).filter(({ doubt }) => doubt === undefined);
  return known.map(({ id }) => id);
}

const database =
  '{ apiVersion: postgresql.cnpg.io/v1, kind: Database, metadata: { name: a, namespace: shop }, spec: { name: a, owner: shop, cluster: { name: db } } }';

const external =
  '{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: keys, namespace: shop }, spec: { secretStoreRef: { name: db }, data: [{ secretKey: a, remoteRef: { key: a } }] } }';

/** Kinds that others have too, and an object that names one. */
const namesakes = [
  ['unknown-cluster', 'Cluster', 'cluster.x-k8s.io/v1beta1', 'postgresql.cnpg.io/v1', database],
  ['unknown-cluster', 'Cluster', 'management.cattle.io/v3', 'postgresql.cnpg.io/v1', database],
  ['unknown-store', 'SecretStore', 'example.com/v1', 'external-secrets.io/v1', external],
] as const;

test.for(namesakes)(
  '%s: none is a %s of %s but that of %s',
  ([rule, kind, foreign, own, reader]) => {
    const named = (apiVersion: string): string =>
      `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: db, namespace: shop }, spec: {} }`;
    expect(rulesOf(reader, named(foreign))).toContain(rule);
    expect(rulesOf(reader, named(own))).not.toContain(rule);
    expect(rulesOf(reader, named(own), named(foreign))).not.toContain(rule);
    expect(rulesOf(reader, named(foreign), named(own))).not.toContain(rule);
  },
);

test('a Service of another group is none, but that of Knative brings one of its name; a Secret of another group is none', () => {
  const graph = graphOf(
    '{ apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: web, namespace: shop } }',
    '{ apiVersion: example.com/v1, kind: Service, metadata: { name: other, namespace: shop } }',
    '{ apiVersion: example.com/v1, kind: Secret, metadata: { name: login, namespace: shop }, data: { a: Yg== } }',
  );
  expect([...serviceMakers(graph).keys()]).toEqual(['shop/web']);
  expect([...graph.secrets.keys()]).toEqual([]);
});

const pod =
  '{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop }, spec: { containers: [{ name: web, image: web, envFrom: [{ secretRef: { name: db-login } }] }] } }';

/** The same group, with kinds in the list that make no such Secret, and with kinds that are not in it. */
test.for([
  ['postgresql.cnpg.io/v1', 'ImageCatalog', 'Tenant'],
  ['external-secrets.io/v1', 'SecretStore', 'Tenant'],
  ['generators.external-secrets.io/v1alpha1', 'Password', 'VaultLogin'],
  ['cert-manager.io/v1', 'Issuer', 'Tenant'],
  ['argoproj.io/v1alpha1', 'AppProject', 'Workflow'],
  ['kafka.strimzi.io/v1beta2', 'KafkaUser', 'KafkaTopicOfTomorrow'],
])('%s: %s is known to make nothing, %s may make anything', ([apiVersion, known, unknown]) => {
  const named = (kind = ''): string =>
    `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: db, namespace: shop }, spec: {} }`;
  expect(rulesOf(pod, named(known))).toContain('unknown-secret');
  expect(rulesOf(pod, named(unknown))).not.toContain('unknown-secret');
});
