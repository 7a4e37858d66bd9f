import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { isMap, type JsonObject, mapAt, textAt } from '../../generator/core/json.ts';
import { caseNames, FILLED, printed } from './iam-cases.ts';
import { CLOUDFORMATION, EKSCTL, SPECS, TERRAFORM } from './iam-shapes.ts';
import { misfits } from './shape.ts';

/** The objects that a format prints, of all cases. */
async function objectsAs(format: string): Promise<JsonObject[]> {
  const texts = caseNames.map(name => printed(name, format, ...FILLED));
  return (await Promise.all(texts)).flatMap(text => loadAll(text).filter(isMap));
}

test.for(['ack', 'crossplane'])('as %s each object is one of its kind', async format => {
  const kinds = new Set<string>();
  for (const object of await objectsAs(format)) {
    const kind = `${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}`;
    kinds.add(kind);
    expect(misfits(object['spec'], SPECS[kind] ?? {}), kind).toEqual([]);
  }
  const known = Object.keys(SPECS).filter(kind =>
    kind.includes(format === 'ack' ? '.k8s.aws/' : '.upbound.io/'),
  );
  expect([...kinds].sort()).toEqual(known.sort());
});

test('as eksctl each config is one', async () => {
  const configs = await objectsAs('eksctl');
  expect(configs.length).toBeGreaterThan(0);
  for (const config of configs) expect(misfits(config, EKSCTL)).toEqual([]);
});

test('as CloudFormation each resource has the properties of its type', async () => {
  const types = new Set<string>();
  for (const template of await objectsAs('cloudformation'))
    for (const resource of Object.values(mapAt(template, 'Resources'))) {
      const type = textAt(resource, 'Type') ?? '';
      types.add(type);
      expect(misfits(mapAt(resource, 'Properties'), CLOUDFORMATION[type] ?? {}), type).toEqual([]);
    }
  expect([...types].sort()).toEqual(Object.keys(CLOUDFORMATION).sort());
});

test('as Terraform each block has the arguments of its type', async () => {
  const types = new Set<string>();
  for (const configuration of await objectsAs('terraform')) {
    const blocks = { ...mapAt(configuration, 'resource'), ...mapAt(configuration, 'data') };
    for (const [type, named] of Object.entries(blocks))
      for (const block of Object.values(mapAt({ named }, 'named'))) {
        types.add(type);
        expect(misfits(block, TERRAFORM[type] ?? {}), type).toEqual([]);
      }
  }
  expect([...types].sort()).toEqual(Object.keys(TERRAFORM).sort());
});

test('what is no field, of another type, or missing is a misfit', () => {
  const policy = SPECS['iam.services.k8s.aws/v1alpha1 Policy'] ?? {};
  expect(misfits({ name: 'a', policyDocument: '{}' }, policy)).toEqual([]);
  expect(misfits({ name: 'a', policyDocument: {}, document: '' }, policy)).toHaveLength(2);
  expect(misfits({ name: 'a' }, policy)).toHaveLength(1);
});
