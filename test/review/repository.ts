import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderOf, output, type Ran, runMain } from '../machine.ts';

/** Git without the settings of whoever runs the tests. */
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto', // A program for each commit that finds nothing to do.
  GIT_CONFIG_VALUE_0: 'false',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

/** Runs git in a folder; it has to succeed. */
export function git(folder: string, ...args: readonly string[]): string {
  return output('git', args, { cwd: folder, env });
}

/** A file that a commit writes; undefined removes it. */
export type Files = Readonly<Record<string, string | undefined>>;

/**
 * A scratch repository on branch main with a commit, gone when the test is over, or in a folder of
 * the caller's.
 */
export function repositoryOf(files: Files, folder: string = folderOf()): string {
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  commit(folder, files);
  return folder;
}

/** Writes files and commits everything. */
export function commit(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) git(folder, 'rm', '--quiet', path);
    else write(folder, path, text);
  }
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'change');
}

/** Writes a file and commits nothing. */
export function write(folder: string, path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** What `diff` says of a commit that changes a repository. */
export function changed(before: Files, after: Files, ...flags: readonly string[]): Promise<Ran> {
  const folder = repositoryOf(before);
  commit(folder, after);
  return runMain(folder, ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD', ...flags]);
}

/** What `diff` says of two streams of manifests, in a format. */
export async function compared(base: string, head: string, format = 'text'): Promise<string> {
  const folder = folderOf({ 'base.yaml': base, 'head.yaml': head });
  const args = ['--format', format, 'diff', '--base', 'base.yaml', '--head', 'head.yaml'];
  return (await runMain(folder, args)).stdout;
}
