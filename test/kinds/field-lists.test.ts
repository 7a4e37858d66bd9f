import { expect, test } from 'vitest';
import { mapAt, textAt } from '../../generator/core/json.ts';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { MUTABLE, statefulSet } from '../../generator/kinds/apps.ts';
import { FIXED, job } from '../../generator/kinds/batch.ts';
import type { Kind } from '../../generator/kinds/kind.ts';
import { BESIDE_PODS, openTelemetryCollector } from '../../generator/kinds/otel.ts';
import { readText, root } from '../machine.ts';

function fieldsOf(schema: string): string[] {
  const spec = mapAt(read(`${schema}.json`), 'properties', 'spec');
  const [, name = ''] = /#\/definitions\/(.*)/.exec(textAt(spec, '$ref') ?? '') ?? [];
  const found = name === '' ? spec : mapAt(mapAt(read('kubernetes.json'), 'definitions')[name]);
  return Object.keys(mapAt(found, 'properties'));
}

const read = (file: string): unknown => JSON.parse(readText(root, 'schemas', file));

const jobFields = fieldsOf('batch/job_v1');
const statefulSetFields = fieldsOf('apps/statefulset_v1');
const collectorFields = [
  ...fieldsOf('opentelemetry.io/opentelemetrycollector_v1alpha1'),
  ...fieldsOf('opentelemetry.io/opentelemetrycollector_v1beta1'),
];

test.for([
  ['Job', FIXED, jobFields],
  ['StatefulSet', MUTABLE, statefulSetFields],
  ['OpenTelemetryCollector', BESIDE_PODS, collectorFields],
] as const)('the fields that are known of a %s are those of its API', ([, known, fields]) => {
  expect(fields.length).toBeGreaterThan(8);
  expect([...known].filter(field => !fields.includes(field))).toEqual([]);
});

function isFixed({ changes }: Kind, field: string, more: object = {}): boolean {
  const of = (value: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Any',
    metadata: { name: 'a' },
    spec: { ...more, [field]: value },
  });
  return (changes?.fixed?.(of('before'), of('after')) ?? []).length > 0;
}

test('of a Job those are refused, and how much is to complete unless it has an index', () => {
  const refused = jobFields.filter(field => isFixed(job, field));
  expect(refused.sort()).toEqual([...FIXED, 'completions'].sort());
  expect(isFixed(job, 'completions', { completionMode: 'Indexed' })).toBe(false);
});

test('of a StatefulSet all others are refused', () => {
  const allowed = statefulSetFields.filter(field => !isFixed(statefulSet, field));
  expect(allowed.sort()).toEqual([...MUTABLE].sort());
});

test('the pods of a collector are made from all others, and from its labels and annotations', () => {
  const has = (...path: string[]) => openTelemetryCollector.pods?.source?.has(path) === true;
  const beside = [...new Set(collectorFields)].filter(field => !has('spec', field));
  expect(beside.sort()).toEqual([...BESIDE_PODS].sort());
  expect(has('metadata', 'labels')).toBe(true);
  expect(has('metadata', 'annotations')).toBe(true);
  expect(has('metadata', 'ownerReferences')).toBe(false);
  expect(has('status')).toBe(false);
});

/** Fields of v1alpha1 that v1beta1 has under other names. */
test.for(['maxReplicas', 'minReplicas', 'updateStrategy'])(
  'the older %s is of no pod either',
  field => expect(openTelemetryCollector.pods?.source?.has(['spec', field])).toBe(false),
);
