import { expect, test } from 'vitest';
import { awsPushes } from '../../generator/graph/aws-entries.ts';
import { targetPath } from '../../generator/kinds/eso/external-secret-spec.ts';
import { joined, pushOf, storeOf } from '../operate/aws-manifests.ts';
import { graphOf } from './graph-of.ts';

const namespaces = [
  '{ name: front, labels: { team: web, tier: gold } }',
  '{ name: back, labels: { team: api } }',
  '{ name: plain }',
].map(metadata => `{ apiVersion: v1, kind: Namespace, metadata: ${metadata} }`);

/** Where a ClusterExternalSecret with these fields makes its Secret. */
function selected(fields: string): string[] {
  const secret = `apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: { name: shared }
spec:
  ${fields}
  externalSecretSpec:
    secretStoreRef: { kind: ClusterSecretStore, name: store }
    data: [{ secretKey: a, remoteRef: { key: a } }]
`;
  const { secrets } = graphOf(...namespaces, secret);
  return [...secrets.values()].map(({ namespace }) => namespace).sort();
}

function expression(text: string): string {
  return `namespaceSelector: { matchExpressions: [${text}] }`;
}

test.for<[fields: string, ...namespaces: string[]]>([
  [expression('{ key: team, operator: In, values: [web, api] }'), 'back', 'front'],
  [expression('{ key: team, operator: In, values: [web] }'), 'front'],
  [expression('{ key: team, operator: NotIn, values: [web] }'), 'back', 'plain'],
  [expression('{ key: team, operator: Exists }'), 'back', 'front'],
  [expression('{ key: team, operator: DoesNotExist }'), 'plain'],
  [expression('{ key: team, operator: Exists }, { key: tier, operator: DoesNotExist }'), 'back'],
  [
    'namespaceSelector: { matchLabels: { team: web }, matchExpressions: [{ key: tier, operator: DoesNotExist }] }',
  ],
  ['namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: plain } }', 'plain'],
  ['namespaceSelector: { matchLabels: { toString: x } }'],
  ['namespaceSelector: {}', 'back', 'front', 'plain'],
  [
    'namespaceSelectors: [{ matchLabels: { team: api } }, { matchExpressions: [{ key: tier, operator: Exists }] }]',
    'back',
    'front',
  ],
])('%s', ([fields, ...expected]) => {
  expect(selected(fields)).toEqual(expected);
});

/** The stores that a PushSecret with this selector pushes to. */
function pushedTo(selector: string): string[] {
  const plain = storeOf('service: ParameterStore, region: eu-west-1', 'plain');
  const gold = plain.replace('name: plain', 'name: gold, labels: { tier: gold }');
  const data = 'data: [{ match: { secretKey: a, remoteRef: { remoteKey: /a } } }]';
  const ref = `kind: ClusterSecretStore, labelSelector: ${selector}`;
  const manifests = joined(gold, plain, pushOf('push', ref, 'made', data));
  return awsPushes(graphOf(manifests)).pushes.map(entry => entry.store.object.name);
}

test.for<[selector: string, ...stores: string[]]>([
  ['{ matchLabels: { tier: gold } }', 'gold'],
  ['{ matchExpressions: [{ key: tier, operator: DoesNotExist }] }', 'plain'],
  ['{}', 'gold', 'plain'],
  ['{ matchLabels: { toString: x } }'],
  // The API server gives this label to Namespaces alone.
  ['{ matchLabels: { kubernetes.io/metadata.name: plain } }'],
  [
    '{ matchExpressions: [{ key: kubernetes.io/metadata.name, operator: DoesNotExist }] }',
    'gold',
    'plain',
  ],
])('stores by their labels: %s', ([selector, ...stores]) => {
  expect(pushedTo(selector)).toEqual(stores);
});

function madeBy(spec: string): { secrets: string[]; at: string } {
  const yaml = `{ apiVersion: external-secrets.io/v1, kind: ClusterExternalSecret, metadata: { name: everywhere }, spec: ${spec} }`;
  const { secrets, externalSecrets } = graphOf(yaml);
  const [first] = externalSecrets;
  return { secrets: [...secrets.keys()], at: first ? targetPath(first).join('.') : '' };
}

test.for([
  ['data: [{ secretKey: k }]', 'a/everywhere', 'metadata.name'],
  ['data: []', 'a/keys', 'spec.externalSecretName'],
  ['target: { name: api }', 'a/api', 'spec.externalSecretSpec.target.name'],
])('a Secret that is given no name has that of its ExternalSecret: %s', ([spec, secret, at]) => {
  const named = at === 'metadata.name' ? '' : 'externalSecretName: keys, ';
  const made = madeBy(`{ namespaces: [a], ${named}externalSecretSpec: { ${spec} } }`);
  expect(made).toEqual({ secrets: [secret], at });
});
