import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What dist/ is made of: the same that the Makefile builds it anew for. */
const FOLDERS = ['generator', 'schemas', 'tools'];
const FILES = ['package.json', 'package-lock.json'];

/** A sum over all that dist/ is made of, by what is in it: the build keeps it in dist/.built. */
export function sourcesSum(root: string): string {
  const files = FOLDERS.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name))),
  );
  const sum = createHash('sha256');
  for (const file of [...FILES, ...files].sort())
    sum
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return sum.digest('hex');
}
