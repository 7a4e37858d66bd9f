import { expect, test } from 'vitest';
import { awsPushes } from '../../generator/graph/aws-entries.ts';
import { graphOf } from './graph-of.ts';

function store(name: string, labels: string): string {
  return `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: ${name}, labels: ${labels} }
spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }
---
`;
}

/** The stores that a PushSecret with this selector pushes to. */
function pushedTo(selector: string): string[] {
  const manifests = `${store('gold', '{ tier: gold }')}${store('plain', '{}')}apiVersion: external-secrets.io/v1alpha1
kind: PushSecret
metadata: { name: push, namespace: shop }
spec:
  secretStoreRefs: [{ kind: ClusterSecretStore, labelSelector: ${selector} }]
  selector: { secret: { name: made } }
  data: [{ match: { secretKey: a, remoteRef: { remoteKey: /a } } }]
`;
  return awsPushes(graphOf(manifests)).map(entry => entry.store.object.name);
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
