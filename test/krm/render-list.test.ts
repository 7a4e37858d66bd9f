import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { Document, isCollection, isSeq, type ToStringOptions } from 'yaml';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { renderMerge } from '../../generator/krm/function-config.ts';
import { type ResourceList, resourceListOf } from '../../generator/krm/list-places.ts';
import { mergeItems, ownResults, type Result } from '../../generator/krm/results.ts';
import { hold } from '../hostile/fuzz/hold.ts';

/** Ours, new or in the place of an older one. */
const ours: readonly KubeObject[] = ['a', 'b'].map(name => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { text: `${name}: [ # "` },
}));
const results: readonly Result[] = [{ message: 'a', severity: 'error', tags: { id: 'a' } }];

/** Text that YAML has to quote, fold or escape, and looks like what ends an item. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '',
    '}',
    ']',
    '# a',
    'a # b',
    '- a',
    'a: b',
    '|',
    "'",
    '"',
    'a\n\n',
    ' \n b\n',
    '\n',
  ),
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
const older = fc
  .record({ metadata: fc.constantFrom({ name: 'a' }, { name: 'b' }), rest: value })
  .map(({ metadata, rest }) => ({
    rest,
    kind: 'ConfigMap',
    metadata,
    apiVersion: 'v1',
    more: rest,
  }));
const items = fc.array(fc.oneof(value, older), { maxLength: 5 }).filter(list => {
  const names = list.map(nameOf).filter(name => name !== undefined);
  return new Set(names).size === names.length;
});
/** Fields that a list may come with, or without. */
const fields = fc.record(
  {
    apiVersion: fc.constant('config.kubernetes.io/v1beta1'),
    results: fc.oneof(
      fc.constant(null),
      fc.array(fc.record({ message: text, tags: value }), { maxLength: 2 }),
    ),
    unknown: value,
  },
  { requiredKeys: [] },
);
const layout = fc.record({
  collectionStyle: fc.constantFrom('any', 'flow'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL'),
  indentSeq: fc.boolean(),
  indent: fc.constantFrom(2, 4),
  lineWidth: fc.constantFrom(0, 20),
} as const);

test('whatever the list and its layout, ours join it, the rest stays, and once is enough', async () => {
  await hold(
    'rendered lists',
    400,
    fc.property(
      items,
      fields,
      layout,
      fc.nat(31),
      fc.boolean(),
      (others, more, style, flow, isFaulty) => {
        const before = { kind: 'ResourceList', ...more, items: others, functionConfig: { others } };
        const render = (text: string): string =>
          renderMerge(
            text,
            listOf(text),
            mergeItems(listOf(text).items, isFaulty ? [] : built),
            ownResults(undefined, isFaulty ? results : []),
          );
        const input = laidOut(before, style, flow);
        const list = listOf(input);

        const output = render(input);

        const isNew = /^\{"apiVersion":"[^"]*","kind":"ResourceList"/.test(output);
        expect(isNew, 'written anew').toBe(others.length === 0);
        const after = load(output) as typeof before & Record<string, unknown>;
        const isOurs = (item: unknown): boolean => !isFaulty && nameOf(item) !== undefined;
        expect(after.items.filter(item => !isOurs(item))).toEqual(
          list.items.filter(item => !isOurs(item)),
        );
        const { apiVersion, items: _, results: __, ...otherFields } = after;
        const { apiVersion: version, items: ___, results: ____, ...rest } = list;
        expect(otherFields).toEqual(rest);
        expect(apiVersion).toBe(version);
        const found = isFaulty ? results.map(signed) : [];
        expect(after['results'] ?? []).toEqual([...found, ...(list.results ?? [])]);
        if (!isFaulty) expect(after.items).toEqual(expect.arrayContaining([...ours]));
        expect(after.items.filter(isOurs)).toHaveLength(isFaulty ? 0 : ours.length);
        if (after.items.length > 0) expect(render(output)).toBe(output);
      },
    ),
  );
});

const built = ours.map(object => ({ object, path: [], needs: [] }));

function listOf(text: string): ResourceList {
  const { value: list } = resourceListOf(load(text));
  if (list === undefined) throw new Error(text);
  return list;
}

/** A result as it stands in the list. */
function signed(result: Result): Result {
  return { ...result, tags: { ...result.tags, function: 'rem-secrets' } };
}

/** YAML in which the bits of `flow` say which items are in flow style. */
function laidOut(list: object, style: ToStringOptions, flow: number): string {
  const document = new Document(list, { aliasDuplicateObjects: false });
  const nodes = document.get('items');
  if (!isSeq(nodes)) throw new Error('no items');
  nodes.items.forEach((node, index) => {
    if (isCollection(node)) node.flow = (flow & (1 << index)) !== 0;
  });
  return document.toString(style);
}

function nameOf(item: unknown): string | undefined {
  const { more, data, metadata } = Object(item);
  return more !== undefined || data !== undefined ? metadata?.name : undefined;
}
