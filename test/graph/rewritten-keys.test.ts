import { expect, test } from 'vitest';
import { rewrittenKeys } from '../../generator/kinds/eso/external-secret-spec.ts';
import { yamlIn } from '../machine.ts';

const regexp = (source: string, target: string): object => ({ regexp: { source, target } });

const cases = yamlIn<{
  readonly expressions: readonly (readonly [string, string, string, string])[];
  readonly refused: readonly string[];
  readonly templates: readonly (readonly [template: string, key: string])[];
  readonly others: readonly string[];
}>(import.meta.dirname, 'rewritten-keys.yaml');

test.for([
  ...cases.expressions,
  ['(a+)+$', 'x', `${'a'.repeat(200)}b`, `${'a'.repeat(200)}b`],
  ['(.*)(.*)(.*)(.*)(.*)c', 'x', 'ab'.repeat(100), 'ab'.repeat(100)],
] as const)('%o with %o makes of %o: %o', ([source, target, key, result]) => {
  const keys = rewrittenKeys([key], [regexp(source, target)]);
  expect(keys).toEqual(result === '' ? [] : [result]);
});

test('each step rewrites what the one before has made', () => {
  const steps = [regexp('^db-', ''), regexp('(.*)', 'DB_$1'), regexp('-', '_')];
  expect(rewrittenKeys(['db-host', 'db-user-name'], steps)).toEqual(['DB_host', 'DB_user_name']);
});

test.for([[undefined], [[]]])('rewrite %o changes nothing', ([rewrite]) => {
  expect(rewrittenKeys(['a'], rewrite)).toEqual(['a']);
});

test('of keys that are not known none are known', () => {
  expect(rewrittenKeys(undefined, [regexp('a', 'b')])).toBeUndefined();
});

test.for<unknown>([
  'wrong',
  {},
  { merge: { strategy: 'Extract' }, regexp: { source: 'a', target: 'b' } },
  { merge: { strategy: 'JSON' } },
  { regexp: { source: 'a' } },
  { regexp: { source: 1, target: 'b' } },
])('after %o the keys are not known', step => {
  expect(rewrittenKeys(['a'], [step])).toBeUndefined();
});

test.for([...cases.refused, 'a'.repeat(2000)])(
  'of the expression %o nothing is claimed: Go refuses it, or nobody means it',
  source => expect(rewrittenKeys(['a'], [regexp(source, '')])).toBeUndefined(),
);

test('a target that nobody means is not claimed', () =>
  expect(rewrittenKeys(['a'], [regexp('a', 'b'.repeat(300))])).toBeUndefined());

test('keys that grow at every step, and thousands of keys at thousands of steps, are not known', () => {
  const doubling = Array.from({ length: 100 }, () => regexp('(.+)', '$1$1'));
  expect(rewrittenKeys(['a'], doubling)).toBeUndefined();
  const keys = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
  expect(
    rewrittenKeys(
      keys,
      Array.from({ length: 1000 }, () => regexp('a', 'b')),
    ),
  ).toBeUndefined();
});

test.for(cases.templates)('a template renames: %s', ([template, key]) => {
  expect(rewrittenKeys(['db-host'], [{ transform: { template } }])).toEqual([key]);
});

test.for([...cases.others, `{{ .value ${'| replace "d" "dddddd" '.repeat(30)}}}`])(
  '%s does more than rename',
  template => expect(rewrittenKeys(['db-host'], [{ transform: { template } }])).toBeUndefined(),
);

test.for([
  [1000, ['db-host']],
  [1001, undefined],
] as const)('of a template of %i characters the keys are %o', ([length, keys]) => {
  const template = `{{${'.value'.padStart(length - 4)}}}`;
  expect(rewrittenKeys(['db-host'], [{ transform: { template } }])).toEqual(keys);
});

test('what is merged into one value has one key, whatever comes in', () => {
  const merge = { merge: { strategy: 'JSON', into: 'all' } };
  expect(rewrittenKeys(['a', 'b'], [merge])).toEqual(['all']);
  expect(rewrittenKeys(undefined, [merge, regexp('^', 'x-')])).toEqual(['x-all']);
  expect(rewrittenKeys(['a'], [{ merge: { strategy: 'Extract' } }])).toBeUndefined();
});
