import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, type Ran, root, runKeeping } from '../machine.ts';

const cases = join(root, 'test/golden');

function treeOf(name: string): string {
  const folder = folderOf();
  cpSync(join(cases, name, 'expected'), folder, { recursive: true });
  cpSync(join(cases, name, 'rem-secrets.yaml'), join(folder, 'rem-secrets.yaml'));
  return folder;
}

/** What all that reads a tree says of it; what one has built, the next takes. */
async function said(folder: string): Promise<Ran[]> {
  const cache = folderOf();
  const all: Ran[] = [];
  for (const args of COMMANDS) all.push(await runKeeping(cache, folder, args));
  return all;
}

const COMMANDS = [
  ['--format', 'json', 'lint', '--strict'],
  ['graph', '--output', 'json'],
];

/** A comment makes the base another text than expand writes, and kustomize builds all of it. */
test.for(readdirSync(cases))('%s says the same of the expansion as of a build', async name => {
  const folder = treeOf(name);
  const made = await said(folder);
  appendFileSync(join(folder, 'base/kustomization.yaml'), '# Of a person.\n');
  expect(made).toEqual(await said(folder));
});
