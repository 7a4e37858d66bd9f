import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect, test } from 'vitest';
import { andThen } from '../../generator/core/finding.ts';
import { parseSpec } from '../../generator/spec/parse.ts';
import { expand } from '../../generator/spec/pipeline.ts';
import { readText, root } from '../machine.ts';
import { validators } from '../spec-text.ts';

const schemas = join(root, 'schemas');
const golden = join(root, 'test/golden');

/** ajv writes the defaults of a schema into what it validates, as the API server does. */
const ajv = new Ajv({ strict: false, useDefaults: true });
for (const file of readdirSync(schemas, { recursive: true, encoding: 'utf8' })) {
  if (/(?<!\.schema)\.json$/.test(file)) ajv.addSchema(JSON.parse(readText(schemas, file)), file);
}

function defaulting(apiVersion: string, kind: string): ValidateFunction | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['v1', apiVersion];
  return ajv.getSchema(`${group}/${kind.toLowerCase()}_${version}.json`);
}

const specs = [
  join(root, 'rem-secrets.yaml'),
  ...readdirSync(golden).map(name => join(golden, name, 'rem-secrets.yaml')),
];

test.for(specs)('defaulting adds nothing to the objects of %s', file => {
  const spec = andThen(parseSpec(readFileSync(file, 'utf8')), parsed => expand(parsed, validators));
  const objects = spec.value?.units.flatMap(unit => unit.objects.map(({ object }) => object)) ?? [];
  expect(objects.length).toBeGreaterThan(0);
  for (const object of objects) {
    const validate = defaulting(object.apiVersion, object.kind);
    const stored = structuredClone(object);
    expect(validate?.(stored), JSON.stringify(validate?.errors)).toBe(true);
    expect(stored).toEqual(object);
  }
});
