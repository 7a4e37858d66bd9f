import { describe, expect, test } from 'vitest';
import { rewrittenKeys } from '../../generator/kinds/eso/external-secret-spec.ts';

const regexp = (source: string, target: string): object => ({ regexp: { source, target } });

// The results are those of Go 1.26, `regexp.MustCompile(source).ReplaceAllString(key, target)`.
test.for<[source: string, target: string, key: string, result: string]>([
  ['password', 'PHOENIX_SECRET', 'password', 'PHOENIX_SECRET'],
  ['^password$', 'x', 'my-password', 'my-password'],
  ['.*', 'X', 'abc', 'X'],
  ['b*', '-', 'abc', '-a-c-'],
  ['x*', '-', 'abc', '-a-b-c-'],
  ['(.*)', 'DB_$1', 'host', 'DB_host'],
  ['(.*)', 'DB_$1_X', 'host', 'DB_'],
  ['(.*)', 'DB_$\u007b1}_X', 'host', 'DB_host_X'],
  ['(.*)', '$2$1', 'host', 'host'],
  ['^', 'DB_', 'host', 'DB_host'],
  ['$', '_DB', 'host', 'host_DB'],
  ['.*/([^/]+)$', '$1', 'a/b/c', 'c'],
  ['([a-z])-(\\d)', '$2$1', 'a-1.b-2', '1a.2b'],
  ['\\.', '$$', 'a.b', 'a$b'],
  ['a', '$', 'banana', 'b$n$n$'],
  ['a', '$-', 'banana', 'b$-n$-n$-'],
  ['a', '${1', 'banana', 'b${1n${1n${1'],
  ['(a)|(b)', '<$1$2>', 'ab', '<a><b>'],
  ['[\\w-]+', 'w', 'db-host.name', 'w.w'],
  ['(?:db|pg)_', '', 'db_host', 'host'],
  ['host', '', 'host', ''],
  ['a', '$01', 'banana', 'bnn'],
  ['(?i)A', 'x', 'banana', 'bxnxnx'],
  ['(?P<name>a)(?<other>b)', '<$other$\u007bname}>', 'abc', '<ba>c'],
  ['[[:alpha:]]', 'x', 'a1', 'x1'],
  ['[]a]', 'x', 'a]b', 'xxb'],
  [String.raw`\pN`, 'x', 'a1', 'ax'],
  [String.raw`\bx`, 'y', 'x-xx', 'y-yx'],
  [String.raw`\Qx.\E`, 'y', 'x.x', 'yx'],
  ['((a*))+b', 'x', 'aab', 'x'],
  ['(a+)+$', 'x', `${'a'.repeat(200)}b`, `${'a'.repeat(200)}b`],
  ['(a|a)*$', 'x', 'aab', 'aabx'],
  ['(.*)(.*)(.*)(.*)(.*)c', 'x', 'ab'.repeat(100), 'ab'.repeat(100)],
])('%o with %o makes of %o: %o', ([source, target, key, result]) => {
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

test.for<[source: string, target: string]>([
  ['(?=a)', ''],
  [String.raw`(a)\1`, ''],
  ['a**', ''],
  ['(', ''],
  ['a{1001}', ''],
  ['a'.repeat(2000), ''],
  ['a', 'b'.repeat(300)],
])(
  'of the expression %o nothing is claimed: Go refuses it, or nobody means it',
  ([source, target]) => {
    expect(rewrittenKeys(['a'], [regexp(source, target)])).toBeUndefined();
  },
);

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

describe('a template renames', () => {
  test.for([
    ['{{ .value | upper }}', 'DB-HOST'],
    ['APP_{{ .value | upper | replace "-" "_" }}', 'APP_DB_HOST'],
    ['{{ trimPrefix "db-" .value }}', 'host'],
    ['{{ .value | trimSuffix "-host" }}', 'db'],
    ['{{ printf "%s_v1" .value }}', 'db-host_v1'],
  ] as const)('%s', ([template, key]) => {
    expect(rewrittenKeys(['db-host'], [{ transform: { template } }])).toEqual([key]);
  });

  test.for([
    '{{ .value | sha256sum }}',
    '{{ range list "a" }}b{{ end }}',
    '{{ .other }}',
    '{{ .value',
    '{{ $x := .value }}{{ $x }}',
    '{{ replace "" "x" .value }}',
    `{{ .value ${'| replace "d" "dddddd" '.repeat(30)}}}`,
  ])('%s does more than that', template => {
    expect(rewrittenKeys(['db-host'], [{ transform: { template } }])).toBeUndefined();
  });
});

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
