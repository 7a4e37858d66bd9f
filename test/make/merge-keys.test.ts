import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CORE_MERGE_KEYS } from '../../generator/make/objects/merge-keys.ts';
import { root } from '../machine.ts';

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
