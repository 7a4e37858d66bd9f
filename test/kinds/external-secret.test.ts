import { expect, test } from 'vitest';
import { valueAt } from '../../generator/core/json.ts';
import { externalSecret } from '../../generator/kinds/eso/external-secret.ts';
import { readText, root } from '../machine.ts';
import { expandText, specOf } from '../spec-text.ts';

/** What the CRD of External Secrets fills into an ExternalSecret. */
const { properties } = JSON.parse(
  readText(root, 'schemas/external-secrets.io/externalsecret_v1.json'),
).properties.spec;

const defaults = {
  refreshInterval: properties.refreshInterval.default,
  target: properties.target.default,
};

test('what an ExternalSecret leaves out is taken for what its CRD fills in', () => {
  const bare = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'a' },
  };
  expect(externalSecret.changes?.normalForm?.({ ...bare, spec: {} })).toMatchObject({
    spec: defaults,
  });
});

test('what a spec leaves out is written as the CRD fills it in', () => {
  const body = `
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1 } } }
secrets: { mail: { store: aws, keys: { user: /mail/user } } }`;
  const objects = expandText(specOf(body)).value?.base.objects.map(({ object }) => object);
  const made = objects?.find(({ kind }) => kind === 'ExternalSecret');
  expect(valueAt(made, ['spec'])).toMatchObject(defaults);
});
