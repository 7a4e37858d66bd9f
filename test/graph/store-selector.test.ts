import { expect, test } from 'vitest';
import { awsPushes } from '../../generator/graph/aws-entries.ts';
import { joined, pushOf, storeOf } from '../operate/aws-manifests.ts';
import { graphOf } from './graph-of.ts';

/** The stores that a PushSecret with this selector pushes to. */
function pushedTo(selector: string): string[] {
  const plain = storeOf('service: ParameterStore, region: eu-west-1', 'plain');
  const gold = plain.replace('name: plain', 'name: gold, labels: { tier: gold }');
  const data = 'data: [{ match: { secretKey: a, remoteRef: { remoteKey: /a } } }]';
  const ref = `kind: ClusterSecretStore, labelSelector: ${selector}`;
  const manifests = joined(gold, plain, pushOf('push', ref, 'made', data));
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
