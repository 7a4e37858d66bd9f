import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { iamFiles } from '../../generator/iam/files.ts';
import { parseSpec } from '../../generator/spec/parse.ts';
import type { Expansion } from '../../generator/spec/pipeline.ts';
import { renderTree } from '../../generator/spec/tree.ts';
import { root } from '../machine.ts';
import { expandText, findingsIn } from '../spec-text.ts';

const golden = join(root, 'test/golden');
const cases = readdirSync(golden);

test.for(cases)('%s', async name => {
  const text = readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8');
  expect(findingsIn(text)).toEqual([]);
  const { value } = expandText(text);
  if (value === undefined) throw new Error('the spec has faults');
  const tree = new Map([...renderTree(value), ...iamOf(text, value)]);

  for (const [path, content] of tree)
    await expect(content).toMatchFileSnapshot(join(golden, name, 'expected', path));
  const expected = join(golden, name, 'expected');
  const files = !existsSync(expected)
    ? []
    : readdirSync(expected, { recursive: true, withFileTypes: true });
  const stale = files
    .filter(file => file.isFile())
    .map(file => join(file.parentPath, file.name).slice(join(golden, name, 'expected/').length))
    .filter(path => !tree.has(path));
  expect(stale, 'golden files that nothing renders any more').toEqual([]);
});

function iamOf(text: string, expansion: Expansion): readonly (readonly [string, string])[] {
  const { value: spec } = parseSpec(text);
  if (spec === undefined) return [];
  const { value = [], faults } = iamFiles(spec, expansion, new Map());
  expect(faults).toEqual([]);
  return value;
}
