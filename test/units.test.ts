import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFields } from '../generator/ground/changed-value.ts';
import { goDuration } from '../generator/ground/go-duration.ts';
import { canonicalQuantity, quantityValue } from '../generator/ground/quantity.ts';
import { certificateKeys, loginKeys } from '../generator/kinds/cnpg/login-keys.ts';
import { dashedKey, postgresUrl, templateKeys, urlKeys } from '../generator/make/model/template.ts';
import { references } from '../generator/make/objects/env-order.ts';
import { CORE_MERGE_KEYS } from '../generator/make/objects/merge-keys.ts';
import { root } from './machine.ts';

describe('a Go duration as Kubernetes stores it (time.Duration.String)', () => {
  test.for([
    ['5m', '5m0s'],
    ['1h', '1h0m0s'],
    ['90m', '1h30m0s'],
    ['1h0m0s', '1h0m0s'],
    ['36h', '36h0m0s'],
    ['30s', '30s'],
    ['90s', '1m30s'],
    ['1.5h', '1h30m0s'],
    ['1500ms', '1.5s'],
    ['10ms', '10ms'],
    ['0', '0s'],
    ['0s', '0s'],
    ['1d', '1d'],
  ])('%s → %s', ([text = '', stored]) => expect(goDuration(text)).toBe(stored));
});

describe('a quantity as Kubernetes stores it (resource.Quantity.String)', () => {
  test.for([
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000k', '1M'],
    ['0', '0'],
    ['250m', '250m'],
    ['2', '2'],
    ['512Mi', '512Mi'],
    ['1024', '1024'],
    ['many', 'many'],
  ])('%s → %s', ([text = '', stored]) => expect(canonicalQuantity(text)).toBe(stored));
});

describe('a quantity as a number (resource.ParseQuantity)', () => {
  test.for<[string, number | undefined]>([
    ['1Ti', 1024 ** 4],
    ['1000Gi', 1000 * 1024 ** 3],
    ['1.5Gi', 1536 * 1024 ** 2],
    ['100G', 1e11],
    ['1E', 1e18],
    ['1e9', 1e9],
    ['12E6', 12e6],
    ['500m', 0.5],
    ['.5Ki', 512],
    ['1073741824', 1024 ** 3],
    ['10 Gi', undefined],
    ['10GB', undefined],
    ['-1Gi', undefined],
    ['', undefined],
  ])('%s → %s', ([text, value]) => expect(quantityValue(text)).toBe(value));
});

describe('the keys of a CNPG Secret by version (docs/facts/cnpg.md#login-secret)', () => {
  test.for([
    ['1.19.4', 3],
    ['1.19.5', 9],
    ['1.20.2', 3],
    ['1.20.3', 9],
    ['1.25.2', 9],
    ['1.25.3', 11],
    ['1.26.0', 9],
    ['1.26.1', 11],
    ['1.30.0', 11],
    ['2.0.0', 11],
  ] as const)('%s has %i', ([version, count]) => expect(loginKeys(version).keys.size).toBe(count));

  test('the newest has those that were observed', () => {
    const observed =
      'dbname, fqdn-jdbc-uri, fqdn-uri, host, jdbc-uri, password, pgpass, port, uri, user, username';
    expect([...loginKeys('1.30.0').keys].sort().join(', ')).toBe(observed);
    expect([...(certificateKeys('ca')?.keys ?? [])]).toEqual(['ca.crt', 'ca.key']);
    expect([...(certificateKeys('server')?.keys ?? [])]).toEqual(['tls.crt', 'tls.key']);
  });
});

describe('the keys that a template uses', () => {
  test.for([
    ['plain', []],
    ['{{ .a }}', ['a']],
    ['{{ .a | b64dec }}-{{- .b -}}', ['a', 'b']],
    ['{{ index . "a-b" }}', ['a-b']],
    ['{{ printf "%s:.c" .a }}', ['a']],
    ['{{ .a | replace ".x" "}}" }}', ['a']],
    ['{{/* .no */}}{{ (.a | upper) }}', ['a']],
    ['{{ range $k, $v := . }}{{ $k }}{{ end }}', undefined],
    ['{{ with .a }}{{ . }}{{ end }}', ['a']],
    ['{{ . | toJson }}', undefined],
    ['{{ toJson . }}', undefined],
  ] as const)('%s', ([text, keys]) => expect(templateKeys(text)).toEqual(keys));

  test('a dash after a dot is found', () => {
    expect(dashedKey('{{ .api-key }}')).toBe('api-key');
    expect(dashedKey('{{ index . "api-key" }}-{{- .a -}}')).toBeUndefined();
  });
});

test('a URL escapes user and password, and takes what it is not told from the Secret', () => {
  const escaped = (key: string): string => `{{ .${key} | urlquery | replace "+" "%20" }}`;
  expect(postgresUrl({}, undefined)).toBe(
    `postgresql://${escaped('username')}:${escaped('password')}@{{ .host }}:5432/{{ .dbname }}`,
  );
  expect(urlKeys({}, undefined)).toEqual(['username', 'password', 'host', 'dbname']);
  const own = { database: 'a b', port: 6432, parameters: { sslmode: 'require' } };
  const target = { host: 'db-rw.shop.svc.cluster.local', database: 'shop' };
  expect(postgresUrl(own, target)).toMatch(
    /@db-rw\.shop\.svc\.cluster\.local:6432\/a%20b\?sslmode=require$/,
  );
  expect(urlKeys(own, target)).toEqual(['username', 'password']);
});

test.for([
  ['$(A)', ['A']],
  ['x$(A)-$(B_2)', ['A', 'B_2']],
  ['$$(A)', []],
  ['$$$(A)', ['A']],
  ['$A $(not closed', []],
] as const)('references in %s', ([text, names]) => expect(references(text)).toEqual(names));

test("merge keys are those of Kubernetes' OpenAPI", () => {
  const text = readFileSync(join(root, 'schemas/kubernetes.json'), 'utf8');
  const found: Record<string, Set<string>> = {};
  const visit = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const key: unknown = Reflect.get(value, 'x-kubernetes-patch-merge-key');
    if (typeof key === 'string') found[name] = new Set([...(found[name] ?? []), key]);
    for (const [child, below] of Object.entries(value)) visit(below, child);
  };
  visit(JSON.parse(text), '');
  const { matchConditions: _, ownerReferences: __, ...inPods } = found;
  const ours = Object.fromEntries(
    Object.entries(CORE_MERGE_KEYS).map(([name, keys]) => [name, new Set(keys)]),
  );
  expect(ours).toEqual(inPods);
});

test('a map with a field taken out has no such field, and one that stays is not copied', () => {
  const map = { optional: false, key: 'a' };
  const without = withFields(map, Object.keys(map), (name, value) =>
    name === 'optional' ? undefined : value,
  );
  expect(without).toStrictEqual({ key: 'a' });
  expect(withFields(map, Object.keys(map), (_, value) => value)).toBe(map);
});
