import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { lintListOf, listOf } from '../../krm/calls.ts';
import { exits, type Ran, runKrm } from '../../machine.ts';
import { configMap, podReading } from '../../manifests.ts';
import { Planter } from './planted.ts';

const p = new Planter('head');

/** What the function prints apart from the items, which are its caller's own. */
function said({ stdout, stderr }: Ran): string {
  const { items: _, ...rest } = load(stdout) as Readonly<Record<string, unknown>>;
  return JSON.stringify(rest) + stderr;
}

const item = configMap('a');

const unmade = podReading('none', 'a');

const faulty: readonly (readonly [what: string, input: (secret: string) => string])[] = [
  ['an unknown field', s => listOf(`namespace: shop\nadminToken: ${s}`)],
  ['an unknown field of a generator', s => listOf(`namespace: shop\nadminToken: ${s}`, '[]')],
  [
    'a field of a transformer',
    s => listOf(`namespace: shop\ntoken: ${s}`, `- ${item.trim().replaceAll('\n', '\n  ')}`),
  ],
  ['the wrong type', s => listOf(`namespace: { pass: ${s} }`)],
  [
    'a fault elsewhere',
    s => listOf(`colour: blue\nworkloads: { a: { image: a, env: { PIN: ${s} } } }`),
  ],
  ['a password', s => listOf(`workloads: { a: { image: a, env: { DB_PASSWORD: ${s} } } }`)],
  ['a URL', s => listOf(`colour: "https://a:${s}@db"`)],
  ['a list in JSON', s => JSON.stringify(load(listOf(`namespace: shop\ntoken: ${s}`)))],
  ['a list with an alias', s => listOf(`namespace: shop\ntoken: &x ${s}\ncolour: *x`)],
  ['functionConfig before the items', s => configFirst(`namespace: shop\ntoken: ${s}`)],
  ['another kind', s => listOf(`token: ${s}`).replace('kind: RemSecrets', 'kind: Secret')],
  ['no ResourceList', s => listOf(`token: ${s}`).replace('kind: ResourceList', 'kind: List')],
  ['YAML that is broken', s => `${listOf(`token: ${s}`)}\n  password: [${s}`],
  ['a lint that has an unknown field', s => lintListOf(`{ token: ${s} }`, item)],
  ['a lint with a wrong value', s => lintListOf(`{ failOn: "password=${s}" }`, item)],
  [
    'a lint that finds something',
    s =>
      lintListOf(
        `{ accept: [{ rule: unknown-secret, object: Pod/shop/b, reason: "pw=${s}" }] }`,
        unmade,
      ),
  ],
  [
    'an annotation of a lint that finds something',
    s =>
      lintListOf('{}', unmade).replace(
        '{ name: lint }',
        `{ name: lint, annotations: { token: ${s} } }`,
      ),
  ],
];

function configFirst(spec: string): string {
  const [, head = '', config = ''] = /^(.*)(functionConfig:.*)$/s.exec(listOf(spec)) ?? [];
  const [top, items] = head.split(/^(?=items:)/m);
  return `${top}${config}${items}`;
}

test.for(faulty)('the function fails for %s and says nothing of it', async ([what, inputOf]) => {
  const secret = p.plant(what);
  const ran = await runKrm(inputOf(secret));
  expect(ran.status).not.toBe(0);
  expect(said(ran)).not.toContain(secret);
});

test('a RemSecretsLint without secrets comes back as it was, whatever it finds', async () => {
  const ran = exits(1, await runKrm(lintListOf('{ namespace: shop }', unmade)));
  expect(ran.stdout).toContain('  spec: { namespace: shop }\n');
});

test('what is around functionConfig stays as it is written', async () => {
  const { stdout } = await runKrm(
    configFirst('colour: blue').replace('items: []', 'items: # none\n- a: 1.0'),
  );
  expect(stdout).toContain('items: # none');
  expect(stdout).toContain('- a: 1.0');
  expect(stdout).not.toContain('blue');
});
