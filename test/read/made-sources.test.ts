import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setsOfSpec } from '../../generator/environments/sets.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { parseSpec } from '../../generator/spec/parse.ts';
import { folderOf, root } from '../machine.ts';

test('kustomize is not asked about what expand makes, and is about all else', async () => {
  const folder = folderOf();
  const golden = join(root, 'test/golden/env-order');
  cpSync(join(golden, 'expected'), folder, { recursive: true });
  cpSync(join(golden, 'rem-secrets.yaml'), join(folder, 'rem-secrets.yaml'));
  const run = (): never => {
    throw new Error('something is started');
  };
  const host = { ...nodeHost(folder), run };
  const file = 'rem-secrets.yaml';
  const { value: spec } = parseSpec(readFileSync(join(folder, file), 'utf8'));
  if (spec === undefined) throw new Error('the spec has faults');
  expect((await setsOfSpec(spec, { file }, host)).faults).toEqual([]);
  appendFileSync(join(folder, 'base/kustomization.yaml'), '# Of a person.\n');
  await expect(setsOfSpec(spec, { file }, host)).rejects.toThrow('something is started');
});
