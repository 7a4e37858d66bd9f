import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { Document, isCollection, isSeq, type ToStringOptions } from 'yaml';
import { parseDocument } from '../../../generator/yaml/parse.ts';
import { faultySpec, itemsOf, listOf, shopSpec, written } from '../../krm/calls.ts';
import { keys, store, web } from '../../lint/shop.ts';
import { type Ran, runKrm } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { checkFunction, inFolder } from './commands.ts';
import { hold } from './hold.ts';

const made = await itemsOf(listOf(shopSpec));
const isOurs = (item: unknown): boolean => made.some(object => nameIn(object) === nameIn(item));

function nameIn(item: unknown): string {
  const { kind, metadata } = Object(item);
  return JSON.stringify([kind, metadata?.namespace, metadata?.name]);
}

/** Items as somebody writes them: reading and writing would change each. */
const theirs = [
  '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a }, m: [1.0, 1e3, 0644] } # kept',
  "# above\n{ kind: A, apiVersion: v1, metadata: { name: b, annotations: { config.kubernetes.io/path: 'a.yaml' } } }",
  'apiVersion: v1\n  kind: B\n  metadata: { name: c }\n  text: |+\n    # text\n\n  at: 2025-01-01',
  'apiVersion: v1\n  kind: C\n  metadata:\n    name: d # }\n  folded: >-\n    a\n    b\n  last:',
  '{ apiVersion: v1, kind: D, metadata: { name: e }, __proto__: { a: .5 }, b: [a, {c: }] }',
  '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }',
  ...[web, keys, store].map(text => text.trimEnd().replaceAll('\n', '\n  ')),
  'text',
  'null',
  '[a, b]',
  '{ kind: A }',
];
const older = made.map(object =>
  JSON.stringify({
    ...object,
    spec: 'old',
    metadata: { ...object.metadata, labels: { team: 'a' } },
  }),
);

/** Text that YAML has to quote, fold or escape, and looks like what ends an item. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(...['', '}', ']', '# a', 'a # b', '- a', 'a: b', '|', "'", '"']),
  fc.constantFrom('a\n\n', ' \n b\n', '\n'),
);
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, 1, 1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const layout = fc.record({
  collectionStyle: fc.constantFrom('any', 'flow'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL'),
  indentSeq: fc.boolean(),
  indent: fc.constantFrom(2, 4),
  lineWidth: fc.constantFrom(0, 20),
} as const);

/** Objects with anything in them, laid out in any way; there may be several. */
const anyhow = fc.tuple(fc.constantFrom('f', 'g', 'h'), value, layout).map(([name, spec, how]) => {
  const object = { spec, kind: 'Odd', metadata: { name }, apiVersion: 'v1', more: spec };
  const document = new Document(object, { aliasDuplicateObjects: false });
  return document.toString(how).trimEnd().replaceAll('\n', '\n  ');
});
const items = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(...theirs),
    anyhow,
    fc.constantFrom(...older),
    fc.constantFrom(...made.map(object => JSON.stringify(object))),
  ),
  { maxLength: 6 },
);

const configs = [
  specOf(shopSpec),
  specOf(faultySpec),
  ...['{}', '{ failOn: warning }', '{ failOn: never }'].map(
    spec =>
      `apiVersion: rem-secrets.io/v1alpha1\nkind: RemSecretsLint\nmetadata: { name: lint }\nspec: ${spec}\n`,
  ),
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
];
type Parts = typeof fields extends fc.Arbitrary<infer T> ? T : never;

const fields = fc.record({
  version: fc.constantFrom(
    'apiVersion: config.kubernetes.io/v1\n',
    'apiVersion: config.kubernetes.io/v1alpha1\n',
    '',
  ),
  results: fc.constantFrom(
    '',
    'results: []\n',
    'results:\n',
    "results: [{ message: 'a' }] # b\n",
    'results:\n- message: a # b\n- { message: c }\n',
  ),
  unknown: fc.constantFrom('', 'unknown: { a: 1.0 } # b\n', '__proto__: { a: b }\n'),
  config: fc.constantFrom(...configs),
  isConfigFirst: fc.boolean(),
});

test('any right list goes out as one; what is not ours is the text it was; once is enough', async () =>
  await hold(
    'lists',
    80,
    [fields, items, fc.option(fc.tuple(layout, fc.nat(63)))],
    async (parts, list, how) => {
      const asWritten = listOfParts(parts, list);
      const input = how === null ? asWritten : laidOut(asWritten, ...how);
      // Readers differ about a name such as ?a in braces.
      if (parseDocument(input).value === undefined) return;
      const ran = await inFolder([], folder => checkFunction(folder, input));

      expect([0, 1]).toContain(ran.status);
      checkKept(ran, input, how === null ? list : []);
      const again = await runKrm(ran.stdout);
      if (ran.status === 0) expect(again).toEqual(ran);
      else expect(written(again).items).toEqual(written(ran).items);
    },
  ));

function listOfParts(parts: Parts, list: readonly string[]): string {
  const { version, results, unknown, config, isConfigFirst } = parts;
  const configText = `functionConfig:\n${config.replaceAll(/^(?=.)/gm, '  ')}`;
  const itemText = list.length === 0 ? 'items: []\n' : `items:\n${list.map(member).join('')}`;
  const [first, last] = isConfigFirst ? [configText, itemText] : [itemText, configText];
  return `${version}kind: ResourceList\n${first}${unknown}${results}${last}`;
}

/** The same list in another layout; the bits of `flow` say which items are in flow style. */
function laidOut(text: string, style: ToStringOptions, flow: number): string {
  const document = new Document(load(text), { aliasDuplicateObjects: false });
  const nodes = document.get('items');
  if (isSeq(nodes))
    for (const [index, node] of nodes.items.entries())
      if (isCollection(node)) node.flow = (flow & (1 << index)) !== 0;
  return document.toString(style);
}

function member(text: string): string {
  const lines = /^#.*\n/.exec(text)?.[0] ?? '';
  return `${lines}- ${text.slice(lines.length)}\n`;
}

function checkKept(ran: Ran, input: string, list: readonly string[]): void {
  const [before, after] = [load(input), written(ran)] as [
    ReturnType<typeof written>,
    ReturnType<typeof written>,
  ];
  const isKept = (item: unknown): boolean => ran.status === 1 || !isOurs(item);
  expect(after.apiVersion).toBe(before.apiVersion ?? 'config.kubernetes.io/v1');
  expect(after.items.filter(item => isKept(item) && !isAdded(item, before.items))).toEqual(
    before.items.filter(isKept),
  );
  for (const text of list)
    if (!isOurs(load(text.replaceAll('\n  ', '\n')))) expect(ran.stdout).toContain(member(text));
  const messages = (before.results ?? []).map(result => result['message']);
  expect(
    after.results?.slice(after.results.length - messages.length).map(result => result['message']) ??
      [],
  ).toEqual(messages);
  const own = (found: object): unknown =>
    Object.entries(found).find(([name]) => name === 'unknown' || name === '__proto__')?.[1];
  expect(own(after)).toEqual(own(before));
}

function isAdded(item: unknown, before: readonly unknown[]): boolean {
  return isOurs(item) && !before.some(other => nameIn(other) === nameIn(item));
}
