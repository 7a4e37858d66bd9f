import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../generator/core/json.ts';
import { maskMessage } from '../../../generator/core/shown.ts';
import { shownAt } from '../../../generator/report/shown.ts';
import { readText } from '../../machine.ts';

/** A secret as people choose them: nothing but the place gives it away. */
const C = 'hunter2-7x';

function objectsIn(file: string): readonly (readonly [what: string, object: JsonObject])[] {
  const text = readText(import.meta.dirname, file);
  return Object.entries(load(text) as Readonly<Record<string, JsonObject>>);
}

test.for(objectsIn('hidden.yaml'))('hidden: %s', ([, object]) => {
  const text = JSON.stringify(shownAt(object));
  for (const secret of [C, 'swordfish', '9041337', '4111111']) expect(text).not.toContain(secret);
  expect(text).toMatch(/\(hidden\)|…/);
});

/** What charts and operators in the field have, in names that end as those of secrets do. */
const SETTINGS: readonly (readonly [name: string, value: Json])[] = [
  ['gitCredentialsSecret', 'foreman-agent'],
  ['githubConfigSecret', 'actions-auth'],
  ['extraEnvVarsSecret', 'netbox-oidc-credentials'],
  ['pullSecrets', ['registry']],
  ['apiKey', '$'.concat('{OPENAI_API_KEY}')],
  ['apiKey', '$'.concat('$', '{OPENAI_API_KEY}')],
  ['secretKeys', { adminPasswordKey: 'postgres-password' }],
  ['usePassword', true],
];

test.for(SETTINGS)('shown in a chart: %s', ([name, value]) => {
  const object = { kind: 'HelmRelease', spec: { values: { part: { [name]: value } } } };
  const names = ['foreman-agent', 'actions-auth', 'netbox-oidc-credentials', 'registry', 'a'];
  expect(shownAt(object, [], { isKnown: text => names.includes(text) })).toEqual(object);
});

test.for(objectsIn('open.yaml'))('shown: %s', ([, object]) => {
  expect(shownAt(object)).toEqual(object);
});

/** Of a text that is hidden what shows through. */
test.for([
  ['postgres://app:x1@shop-db-rw.shop:5432/x', 'postgres://…@shop-db-rw.shop:5432…'],
  ['https://elsewhere.example.com/x1', 'https://…'],
  ['jdbc:postgresql://shop-db-rw/x?password=x1', 'jdbc:postgresql://shop-db-rw…'],
  ['http://shop-db-rw:80/', 'http://shop-db-rw:80/'],
  ['shop-db-rw', 'shop-db-rw'],
  ['other-db-rw', '… (11 characters)'],
  ['x', '… (1 character)'],
  ['one\ntwo\n', '… (2 lines)'],
  ['{{ .user }}:x1@{{ .host }}', '{{ .user }}…{{ .host }}'],
  ['{{ .user | default "x1" }} {{ x1', '{{ .user | default "…" }}…'],
  ['--password=x1', '… (13 characters)'],
  ['$(USER) x1', '$(USER)…'],
  ['postgresql://$(U):$(P)@shop-db-rw:5432/x1', 'postgresql://$(U):$(P)@shop-db-rw:5432…'],
  ['postgresql://$(U):x1@shop-db-rw/x1', 'postgresql://$(U)…'],
  ['postgresql://$(U):$(P)@elsewhere/x1', 'postgresql://$(U):$(P)…'],
])('of %j shows %s', ([text = '', shown]) => {
  const isKnown = (name: string): boolean => ['shop-db-rw', 'shop-db-rw.shop'].includes(name);
  const path = ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value'];
  const containers = [{ name: 'a', env: [{ name: 'A', value: text }] }];
  const object = { kind: 'Deployment', spec: { template: { spec: { containers } } } };
  expect(shownAt(object, path, { isKnown })).toBe(shown);
});

const thing = (spec: JsonObject): JsonObject => ({ apiVersion: 'x.io/v1', kind: 'Thing', spec });

test('a repository can allow texts, but not what looks like a secret', () => {
  const isAllowed = (kind: string): boolean => kind === 'Thing';
  const object = thing({ expr: 'up == 0 and x', password: C, note: `password=${C}` });
  expect(shownAt(object, ['spec'], { isAllowed })).toEqual({
    expr: 'up == 0 and x',
    password: '(hidden)',
    note: 'password=…',
  });
});

test.for([
  ['"shop?password=x" is no name', '"shop?password=…" is no name'],
  ['the keys are: token, password.', 'the keys are: token, password.'],
  ['key "token" of Secret "password" is read', 'key "token" of Secret "password" is read'],
])('the message %j', ([text = '', shown]) => expect(maskMessage(text)).toBe(shown));

test('a text of a whole list is hidden by what each entry is', () => {
  const list = [
    { name: 'a', password: C },
    { name: 'b', password: { value: C } },
  ];
  expect(shownAt(thing({ users: list }), ['spec', 'users'])).toEqual([
    { name: 'a', password: '(hidden)' },
    { name: 'b', password: { value: '(hidden)' } },
  ]);
});
