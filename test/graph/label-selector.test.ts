import { expect, test } from 'vitest';
import { graphOf } from './graph-of.ts';

const namespaces = `apiVersion: v1
kind: Namespace
metadata: { name: front, labels: { team: web, tier: gold } }
---
apiVersion: v1
kind: Namespace
metadata: { name: back, labels: { team: api } }
---
apiVersion: v1
kind: Namespace
metadata: { name: plain }
---
`;

/** Where a ClusterExternalSecret with these fields makes its Secret. */
function selected(fields: string): string[] {
  const manifests = `${namespaces}apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: { name: shared }
spec:
  ${fields}
  externalSecretSpec:
    secretStoreRef: { kind: ClusterSecretStore, name: store }
    data: [{ secretKey: a, remoteRef: { key: a } }]
`;
  return [...graphOf(manifests).secrets.values()].map(({ namespace }) => namespace).sort();
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
