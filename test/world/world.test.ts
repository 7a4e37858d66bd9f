import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, root, runMain } from '../machine.ts';

const cases = join(root, 'test/world');

/** What is said of a small repository, `tree`: by the commands of `args.txt`, a line each, or by `lint .`. */
test.for(foldersIn(cases))('%s', async name => {
  const folder = join(cases, name);
  const file = join(folder, 'args.txt');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : ['lint .'];
  const tree = treeAt(join(folder, 'tree'));
  const said: string[] = [];
  for (const line of lines) {
    const { status, stdout, stderr } = await runMain(tree, line.split(' '));
    said.push(`$ rem-secrets ${line}\n${stdout}${stderr}exit ${status}\n`);
  }
  await expect(said.join('\n')).toMatchFileSnapshot(join(folder, 'out.txt'));
});

function foldersIn(folder: string): string[] {
  return readdirSync(folder).filter(name => statSync(join(folder, name)).isDirectory());
}

/** A copy of a tree, so that no repository is around it. */
function treeAt(tree: string): string {
  const paths = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  const files = paths.filter(path => statSync(join(tree, path)).isFile());
  return folderOf(files.map(path => [path, readFileSync(join(tree, path))] as const));
}
