import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../generator/core/json.ts';
import patterns from '../../generator/core/patterns.json' with { type: 'json' };
import { isMergeWord, STORE_SOURCES } from '../../generator/spec/merge.ts';
import { WORKLOADS } from '../../generator/spec/objects/workloads.ts';
import { isOwn, withoutKinds } from '../../tools/build/own-fields.ts';
import { runtimeSchema } from '../../tools/build/runtime-schema.ts';
import { readText, root } from '../machine.ts';

const schema: unknown = JSON.parse(readText(root, 'schemas/rem-secrets.schema.json'));

type Node = Readonly<Record<string, unknown>>;

function* nodes(value: unknown, place: string): Generator<readonly [place: string, node: Node]> {
  if (typeof value !== 'object' || value === null) return;
  yield [place, value as Node];
  for (const [name, child] of Object.entries(value)) {
    if (name !== 'examples' && name !== 'enum') yield* nodes(child, `${place}/${name}`);
  }
}

/** Every field of the spec: what stands under `properties`, and the definitions. */
const fields = [...nodes(schema, '')].filter(([place]) =>
  /\/(properties|definitions)\/[^/]+$/.test(place),
);

test('every field has a description, which is a sentence, and an example', () => {
  const offenders = fields.flatMap(([place, { $ref, description, examples }]) => {
    if (typeof $ref === 'string' || isOwn({ description })) return [];
    return [
      ...(/\.$/.test(String(description)) ? [] : [`${place} has no description`]),
      ...(Array.isArray(examples) && examples.length === 1 && examples[0] != null
        ? []
        : [`${place} has not one example`]),
    ];
  });
  expect(offenders).toEqual([]);
});

const fieldsAt = (place: string): Node => (fields.find(([at]) => at === place)?.[1] ?? {}) as Node;

test('a workload is of a kind that is built, and a store has each short form there is', () => {
  const { enum: kinds = [] } = fieldsAt('/definitions/workload/properties/kind');
  expect([...(kinds as unknown[])].sort()).toEqual([...Object.keys(WORKLOADS), null].sort());
  const { properties = {} } = fieldsAt('/definitions/store');
  const others = [
    '$patch',
    'annotations',
    'conditions',
    'controller',
    'extends',
    'kind',
    'labels',
    'patch',
    'refreshInterval',
    'retrySettings',
  ];
  expect(Object.keys(properties as Node).sort()).toEqual([...STORE_SOURCES, ...others].sort());
});

test('the examples fit', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema(withoutKinds(schema as JsonObject), 'spec');
  for (const [place, node] of fields)
    for (const example of (node['examples'] ?? []) as unknown[]) {
      const validate = ajv.compile({ $ref: `spec#${place.replaceAll('%', '%25')}` });
      expect(validate(example), `${place}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    }
});

/** The maps of an environment that are merged, with the names that they know and their place in the schema. */
function* mergedMaps(
  place: string,
  node: Node,
  path: readonly string[],
): Generator<readonly [place: string, node: Node, path: readonly string[]]> {
  const { $ref, type, properties = {}, additionalProperties: others } = node;
  if (typeof $ref === 'string') return yield* mergedMaps($ref, fieldsAt($ref.slice(1)), path);
  const isKnown = Object.keys(properties as Node).length > 0 || typeof others === 'object';
  if (![type].flat().includes('object') || !isKnown) return;
  if (path.length > 0 && !isMergeWord('$patch', path)) return;
  if (path.length > 0) yield [place, node, path];
  for (const [name, child] of Object.entries(properties as Node))
    if (!isMergeWord(name, path))
      yield* mergedMaps(`${place}/${name}`, child as Node, [...path, name]);
  if (typeof others === 'object') yield* mergedMaps(`${place}/*`, others as Node, [...path, '*']);
}

test('an editor knows the words of the merge in every map that is merged', () => {
  const maps = ['environment', 'clusterSpec'].flatMap(name => [
    ...mergedMaps(`#/definitions/${name}`, fieldsAt(`/definitions/${name}`), []),
  ]);
  const offenders = maps.flatMap(([place, { properties = {} }, path]) =>
    ['$patch', 'only', 'extends']
      .filter(word => isMergeWord(word, path) !== Object.hasOwn(properties as Node, word))
      .map(word => `${word} in ${place}`),
  );
  expect([...new Set(offenders)]).toEqual([]);
  expect(maps.length).toBeGreaterThan(40);
});

test('every pattern is put in words, and no words are left over', () => {
  const written = [
    'rem-secrets-lint',
    'rem-secrets-baseline',
    'rem-secrets-review',
    'rem-secrets-injection',
  ].map(name => JSON.parse(readText(root, 'schemas', `${name}.schema.json`)) as unknown);
  const used = [runtimeSchema(schema as JsonObject), ...written].flatMap(one =>
    [...nodes(one, '')].flatMap(([, node]) =>
      typeof node['pattern'] === 'string' ? node['pattern'] : [],
    ),
  );
  expect(Object.keys(patterns).sort()).toEqual([...new Set(used)].sort());
});
