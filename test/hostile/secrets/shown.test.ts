import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../generator/core/json.ts';
import { maskMessage } from '../../../generator/core/shown.ts';
import { shownAt } from '../../../generator/report/shown.ts';
import { yamlIn } from '../../machine.ts';

/** A secret as people choose them: nothing but the place gives it away. */
const C = 'hunter2-7x';

const folder = import.meta.dirname;
const objectsIn = (file: string): [what: string, object: JsonObject][] =>
  Object.entries(yamlIn<Readonly<Record<string, JsonObject>>>(folder, file));

test.for(objectsIn('hidden.yaml'))('hidden: %s', ([, object]) => {
  const text = JSON.stringify(shownAt(object));
  for (const secret of [C, 'swordfish', '9041337', '4111111']) expect(text).not.toContain(secret);
  expect(text).toMatch(/\(hidden\)|…/);
});

const { settings, texts, messages } = yamlIn<{
  readonly settings: readonly [name: string, value: Json][];
  readonly texts: readonly [text: string, shown: string][];
  readonly messages: readonly [text: string, shown: string][];
}>(folder, 'shown.yaml');

test.for(settings)('shown in a chart: %s', ([name, value]) => {
  const object = { kind: 'HelmRelease', spec: { values: { part: { [name]: value } } } };
  const names = ['foreman-agent', 'actions-auth', 'netbox-oidc-credentials', 'registry', 'a'];
  expect(shownAt(object, [], { isKnown: text => names.includes(text) })).toEqual(object);
});

test.for(objectsIn('open.yaml'))('shown: %s', ([, object]) => {
  expect(shownAt(object)).toEqual(object);
});

test.for(texts)('of %j shows %s', ([text, shown]) => {
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

test.for(messages)('the message %j', ([text, shown]) => expect(maskMessage(text)).toBe(shown));

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
