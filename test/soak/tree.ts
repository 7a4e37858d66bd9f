import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The spec of this repository, and one with which every file is another: some come, some go. Without
 * runbooks, which are made of what was written, and written after it.
 */
const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8').replace(/^ *runbook: .*\n/m, '');
const other = spec
  .replace('  name: rem\n', '  name: moved\n')
  .replace('  namespace: rem-api', '  namespace: moved')
  .replace('\n    staging:', '\n    testing:');

/** The files of the two specs. */
export const SPECS: readonly string[] = ['rem-secrets.yaml', 'other.yaml'];

/** A new folder with both specs, and their components. */
export function repository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rem-secrets-soak-'));
  cpSync(join(root, 'components'), join(folder, 'components'), { recursive: true });
  writeFileSync(join(folder, 'rem-secrets.yaml'), spec);
  writeFileSync(join(folder, 'other.yaml'), other);
  return folder;
}

/** What is generated, as one text: two trees are the same where it is. */
export function treeIn(folder: string): string {
  try {
    return textIn(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'changing';
    throw error;
  }
}

function textIn(folder: string): string {
  return ['base', 'overlays', 'argocd', 'iam', 'runbook']
    .filter(name => existsSync(join(folder, name)))
    .flatMap(name => readdirSync(join(folder, name), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => `${path.slice(folder.length)}\n${readFileSync(path, 'utf8')}`)
    .join('');
}

/** What runs leave beside the tree. */
export function remainsIn(folder: string): string[] {
  return readdirSync(folder).filter(name => name.startsWith('.'));
}
