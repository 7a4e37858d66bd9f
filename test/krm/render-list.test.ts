import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { Document, isCollection, isSeq, type ToStringOptions } from 'yaml';
import { renderList } from '../../generator/krm/render-list.ts';
import { asResourceList } from '../../generator/krm/resource-list.ts';
import type { Result } from '../../generator/krm/results.ts';
import type { KubeObject } from '../../generator/objects/kube-object.ts';

const seed = Number(process.env['FC_SEED'] ?? 1);

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
const layout = fc.record({
  collectionStyle: fc.constantFrom('any', 'flow'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL'),
  indentSeq: fc.boolean(),
  indent: fc.constantFrom(2, 4),
  lineWidth: fc.constantFrom(0, 20),
} as const);

test('whatever the items and their layout, ours join them and the others stay', () => {
  fc.assert(
    fc.property(items, layout, fc.nat(31), fc.boolean(), (others, style, flow, isFaulty) => {
      const before = { items: others, kind: 'ResourceList', functionConfig: { others } };
      const input = laidOut(before, style, flow);
      const list = asResourceList(load(input));
      if (list === undefined) throw new Error(input);
      const built = ours.map(object => ({ object, path: [], needs: [] }));

      const output = renderList(input, list, isFaulty ? [] : built, isFaulty ? results : []);

      expect(output.startsWith('{"'), 'written anew').toBe(others.length === 0);
      const after = load(output) as typeof before & { results?: unknown };
      const isOurs = (item: unknown): boolean => !isFaulty && nameOf(item) !== undefined;
      expect(after.items.filter(item => !isOurs(item))).toEqual(
        (list.items as unknown[]).filter(item => !isOurs(item)),
      );
      expect(after.functionConfig).toEqual(list.functionConfig);
      expect(after.results).toEqual(isFaulty ? results : undefined);
      if (!isFaulty) expect(after.items).toEqual(expect.arrayContaining([...ours]));
      expect(after.items.filter(isOurs)).toHaveLength(isFaulty ? 0 : ours.length);
    }),
    { seed, numRuns: 300 },
  );
});

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
