import { expect, test } from 'vitest';
import { type Json, mapAt, valueAt } from '../../generator/core/json.ts';
import { USED_BY, WORKLOADS } from '../../generator/spec/objects/workloads.ts';
import { kindsWith } from '../../generator/spec/own-fields.ts';
import { isOwn } from '../../tools/build/own-fields.ts';
import { runtimeSchema } from '../../tools/build/runtime-schema.ts';
import { readText, root } from '../machine.ts';
import { expandText, specOf } from '../spec-text.ts';

const schema = runtimeSchema(JSON.parse(readText(root, 'schemas/rem-secrets.schema.json')));

/** The fields of a workload with the examples of the schema. */
const EXAMPLES: Readonly<Record<string, Json>> = Object.fromEntries(
  Object.entries(mapAt(schema, 'definitions', 'workload', 'properties'))
    .filter(([, node]) => !isOwn(node))
    .map(([field, node]) => [field, (valueAt(node, ['examples', 0]) ?? null) as Json]),
);

const OWN = Object.entries(mapAt(schema, 'definitions', 'workload', 'properties')).flatMap(
  ([field, node]) => (isOwn(node) ? [field] : []),
);

/** Entries to which each field makes a difference: none has the value of an example. */
const config = { receivers: {}, exporters: {}, service: { pipelines: {} } };
const usual = { image: 'example/app:0', port: 1234, env: { DATABASE_URL: 'b', LOG_LEVEL: 'a' } };
const ENTRIES: Readonly<Record<string, object>> = {
  ...Object.fromEntries(Object.keys(WORKLOADS).map(kind => [kind, { ...usual, kind }])),
  CronJob: { ...usual, kind: 'CronJob', schedule: '@daily' },
  OpenTelemetryCollector: { ...usual, kind: 'OpenTelemetryCollector', mode: 'sidecar', config },
};

function expanded(kind: string, field?: string): { objects: string; rules: string[] } {
  const examples: Readonly<Record<string, unknown>> = {
    ...EXAMPLES,
    patch: { [kind]: { metadata: { annotations: { patched: 'yes' } } } },
    config: { ...config, ...mapAt(EXAMPLES, 'config') },
  };
  const { port: _, ...portless } = { port: 0, ...ENTRIES[kind] };
  const workload = {
    ...(field === 'ports' ? portless : ENTRIES[kind]),
    ...(field !== undefined && { [field]: examples[field] }),
  };
  const secrets = Object.fromEntries(
    ['rem-phoenix-api-key', 'rem-tls', 'registry-login'].map(name => [name, { external: true }]),
  );
  const databases = { 'rem-postgres': { database: 'a', owner: 'b', storage: '1Gi' } };
  const body = { namespace: 'shop', secrets, databases, workloads: { app: workload } };
  const { value, faults } = expandText(specOf(JSON.stringify(body)));
  const objects = JSON.stringify(value?.base.objects.map(({ object }) => object));
  return { objects, rules: faults.map(({ id }) => id) };
}

const pairs = Object.keys(WORKLOADS).flatMap(kind =>
  Object.keys(EXAMPLES)
    .filter(field => field !== 'kind')
    .map(field => [kind, field] as const),
);

test('each field of a workload has its kinds', () =>
  expect(Object.keys(EXAMPLES).sort()).toEqual([...USED_BY.keys()].sort()));

test('a kind makes something of each field that it uses, and refuses all others', () => {
  const usedBy: ReadonlyMap<string, readonly string[]> = USED_BY;
  const offenders = pairs.flatMap(([kind, field]) => {
    const { objects, rules } = expanded(kind, field);
    if (rules.includes('unknown-field'))
      return [`the built schema does not know ${field}: run \`make build\``];
    if (usedBy.get(field)?.includes(kind) !== true)
      return rules.includes('unused-field') ? [] : [`${kind} does not refuse ${field}`];
    if (rules.length > 0) return [`${kind} with ${field} has faults: ${rules}`];
    return objects === expanded(kind).objects ? [`${kind} drops ${field} in silence`] : [];
  });
  expect([...new Set(offenders)]).toEqual([]);
});

test('a field of Kubernetes’ own is checked at its line, or refused by a kind that has it not', () => {
  const wrong = [{ nothing: { has: 'this' } }];
  const offenders = Object.keys(WORKLOADS).flatMap(kind =>
    OWN.flatMap(field => {
      const { faults } = expandText(
        specOf(
          JSON.stringify({
            namespace: 'shop',
            workloads: { app: { ...ENTRIES[kind], [field]: wrong } },
          }),
        ),
      );
      const found = faults.filter(({ path }) =>
        path.join('.').startsWith(`spec.workloads.app.${field}`),
      );
      const isRefused = found.some(({ id }) => id === 'unused-field');
      const isRight = found.length > 0 && isRefused !== kindsWith('workload', field).includes(kind);
      return isRight ? [] : [`${kind} with ${field}: ${faults.map(({ id }) => id)}`];
    }),
  );
  expect(offenders).toEqual([]);
});
