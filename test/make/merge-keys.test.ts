import { expect, test } from 'vitest';
import type { JsonObject } from '../../generator/core/json.ts';
import { CORE_MERGE_KEYS, itemLike, mergeKey } from '../../generator/kinds/merge-keys.ts';
import { readText, root } from '../machine.ts';

test("merge keys are those of Kubernetes' OpenAPI", () => {
  const text = readText(root, 'schemas/kubernetes.json');
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

test.for<[what: string, list: string, lists: JsonObject[][], key: string | undefined]>([
  ['all items of both lists', 'env', [[{ name: 'a' }], [{ name: 'b' }]], 'name'],
  ['some items', 'env', [[{ name: 'a' }, { value: 'b' }]], undefined],
  ['the items of one list', 'env', [[{ name: 'a' }], [{ value: 'b' }]], undefined],
  ['the second of two fields', 'ports', [[{ port: 80 }], [{ port: 81 }]], 'port'],
  ['one or the other of two fields', 'ports', [[{ port: 80 }, { containerPort: 80 }]], undefined],
  ['a list without a key', 'args', [[{ name: 'a' }]], undefined],
  ['a list named as a method', 'toString', [[{ name: 'a' }]], undefined],
])('the merge key is in %s', ([, list, lists, key]) => expect(mergeKey(list, lists)).toBe(key));

test('ports of two protocols are two, and TCP is the default', () => {
  const list = [{ port: 80, protocol: 'UDP' }, { port: 80 }];
  expect(itemLike(list, 'port', { port: 80, protocol: 'TCP' })).toBe(list[1]);
  expect(itemLike(list, 'port', { port: 80, protocol: 'SCTP' })).toBeUndefined();
  const names = [{ name: 'a', protocol: 'UDP' }];
  expect(itemLike(names, 'name', { name: 'a', protocol: 'TCP' })).toBe(names[0]);
});
