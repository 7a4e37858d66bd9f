import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { isMap, type JsonObject, mapAt, textAt } from '../../generator/core/json.ts';
import { root } from '../machine.ts';
import { caseNames, FILLED, printed } from './iam-cases.ts';
import { type Fields, misfits } from './shape.ts';

type FieldsByType = Readonly<Record<string, Fields>>;

const { specs, eksctl, cloudformation, terraform } = load(
  readFileSync(join(root, 'test/operate/iam-shapes.yaml'), 'utf8'),
) as Readonly<Record<'specs' | 'cloudformation' | 'terraform', FieldsByType>> & { eksctl: Fields };

/** The objects that a format prints, of all cases. */
async function objectsAs(format: string): Promise<JsonObject[]> {
  const texts = caseNames.map(name => printed(name, format, ...FILLED));
  return (await Promise.all(texts)).flatMap(text => loadAll(text).filter(isMap));
}

/** Expects that things fit the fields of their types, and that all types are there. */
function expectFit(things: readonly (readonly [type: string, unknown])[], known: FieldsByType) {
  for (const [type, thing] of things) expect(misfits(thing, known[type] ?? {}), type).toEqual([]);
  expect([...new Set(things.map(([type]) => type))].sort()).toEqual(Object.keys(known).sort());
}

test.for([
  ['ack', '.k8s.aws/'],
  ['crossplane', '.upbound.io/'],
] as const)('as %s each object is one of its kind', async ([format, group]) => {
  const kinds = (await objectsAs(format)).map(object => {
    const kind = `${textAt(object, 'apiVersion')} ${textAt(object, 'kind')}`;
    return [kind, object['spec']] as const;
  });
  const known = Object.entries(specs).filter(([kind]) => kind.includes(group));
  expectFit(kinds, Object.fromEntries(known));
});

test('as eksctl each config is one', async () => {
  const configs = await objectsAs('eksctl');
  expectFit(
    configs.map(config => ['config', config]),
    { config: eksctl },
  );
});

test('as CloudFormation each resource has the properties of its type', async () => {
  const resources = (await objectsAs('cloudformation')).flatMap(template =>
    Object.values(mapAt(template, 'Resources')),
  );
  expectFit(
    resources.map(resource => [textAt(resource, 'Type') ?? '', mapAt(resource, 'Properties')]),
    cloudformation,
  );
});

test('as Terraform each block has the arguments of its type', async () => {
  const blocks = (await objectsAs('terraform')).flatMap(configuration =>
    Object.entries({ ...mapAt(configuration, 'resource'), ...mapAt(configuration, 'data') }),
  );
  const named = blocks.flatMap(([type, all]) =>
    Object.values(mapAt(all)).map(block => [type, block] as const),
  );
  expectFit(named, terraform);
});

test('what is no field, of another type, or missing is a misfit', () => {
  const policy = specs['iam.services.k8s.aws/v1alpha1 Policy'] ?? {};
  expect(misfits({ name: 'a', policyDocument: '{}' }, policy)).toEqual([]);
  expect(misfits({ name: 'a', policyDocument: {}, document: '' }, policy)).toHaveLength(2);
  expect(misfits({ name: 'a' }, policy)).toHaveLength(1);
});
