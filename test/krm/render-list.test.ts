import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
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
const items = fc
  .array(fc.oneof(value, older), { maxLength: 5 })
  .filter(list => new Set(list.map(nameOf)).size >= list.filter(nameOf).length);
const layout = fc.record({
  collectionStyle: fc.constantFrom('any', 'flow', 'block'),
  defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL'),
  indentSeq: fc.boolean(),
  indent: fc.constantFrom(2, 4),
  lineWidth: fc.constantFrom(0, 20),
  aliasDuplicateObjects: fc.boolean(),
} as const);

test('whatever the items and their layout, ours join them and the others stay', () => {
  fc.assert(
    fc.property(items, layout, fc.boolean(), (others, style, isFaulty) => {
      const { collectionStyle, defaultStringType, ...rest } = style;
      const before = { items: others, kind: 'ResourceList', functionConfig: { others } };
      const input = stringify(before, { collectionStyle, defaultStringType, ...rest });
      const list = asResourceList(load(input));
      if (list === undefined) throw new Error(input);
      const built = ours.map(object => ({ object, path: [], needs: [] }));

      const output = renderList(input, list, isFaulty ? [] : built, isFaulty ? results : []);

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

function nameOf(item: unknown): unknown {
  const isOurs = typeof item === 'object' && item !== null && 'more' in item;
  const isBuilt = typeof item === 'object' && item !== null && 'data' in item && 'kind' in item;
  return isOurs || isBuilt ? (item as KubeObject).metadata?.name : undefined;
}
