import { appendFileSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeHost } from '../../generator/cli/host/node-host.ts';
import { parseSpec } from '../../generator/make/spec/parse-spec.ts';
import { setsOfSpec } from '../../generator/read/sets/spec-sets.ts';
import { folderOf, type Ran, root, runKeeping } from '../machine.ts';

const cases = join(root, 'test/golden');

/** A copy of a golden case as a repository has it: the spec beside its tree. */
function treeOf(name: string): string {
  const folder = folderOf([]);
  cpSync(join(cases, name, 'expected'), folder, { recursive: true });
  cpSync(join(cases, name, 'rem-secrets.yaml'), join(folder, 'rem-secrets.yaml'));
  return folder;
}

/** What all that reads a tree says of it; what one has built, the next takes. */
function said(folder: string): Ran[] {
  const cache = folderOf([]);
  return COMMANDS.map(args => runKeeping(cache, folder, args));
}

const COMMANDS = [
  ['--format', 'json', 'lint', '--strict'],
  ['graph', '--output', 'json'],
];

/** A comment makes the base another text than expand writes, and kustomize builds all of it. */
test.for(readdirSync(cases))(
  '%s says the same of the expansion as of what kustomize builds',
  name => {
    const folder = treeOf(name);
    const made = said(folder);
    appendFileSync(join(folder, 'base/kustomization.yaml'), '# Of a person.\n');
    expect(made).toEqual(said(folder));
  },
);

test('kustomize is not asked about what expand makes, and is about all else', () => {
  const folder = treeOf('env-order');
  const run = (): never => {
    throw new Error('something is started');
  };
  const host = { ...nodeHost(folder), run };
  const file = 'rem-secrets.yaml';
  const { value: spec } = parseSpec(readFileSync(join(folder, file), 'utf8'));
  if (spec === undefined) throw new Error('the spec has faults');
  expect(setsOfSpec(spec, { file }, host).faults).toEqual([]);
  appendFileSync(join(folder, 'base/kustomization.yaml'), '# Of a person.\n');
  expect(() => setsOfSpec(spec, { file }, host)).toThrow('something is started');
});
