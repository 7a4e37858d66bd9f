import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host.ts';

/** A revision that cannot be read; the message says what to do. */
export class UnknownRevision extends Error {}

/** The commit that a revision means, in full. */
export function commitOf(revision: string, host: Host): string {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  if (/^[./~]|\s/.test(revision))
    throw new UnknownRevision(`there is no file and no folder ${revision}`);
  const { status, stdout, stderr } = host.run('git', args);
  if (status === 0) return stdout.trim();
  if (status === 127)
    throw new UnknownRevision(
      `git is not installed: ${revision} is no path, and a revision needs it`,
    );
  if (stderr.includes('not a git repository'))
    throw new UnknownRevision(`there is no ${revision} here, and this is no git repository`);
  throw new UnknownRevision(
    `there is no path and no revision ${revision}: ${adviceFor(revision, host)}`,
  );
}

function adviceFor(revision: string, host: Host): string {
  const isShallow = host.run('git', ['rev-parse', '--is-shallow-repository']).stdout.trim();
  if (isShallow === 'true')
    return 'this clone is shallow; run `git fetch --unshallow origin` (actions/checkout: fetch-depth: 0, GitLab: GIT_DEPTH: 0)';
  if (revision.startsWith('-')) return 'name a branch, a tag, a commit or a folder';
  const [first = '', ...rest] = revision.split('/');
  const isRemote = host.run('git', ['remote']).stdout.split('\n').includes(first);
  const wanted = isRemote && rest.length > 0 ? `${first} ${rest.join('/')}` : `origin ${revision}`;
  return `run \`git fetch ${wanted}\``;
}

/**
 * Hands on the files of a commit, in a folder of their own: neither the working tree nor the index
 * of the repository is touched. The folder is the one that the host stands in.
 */
export function withCommit<T>(commit: string, host: Host, use: (checkout: Host) => T): T {
  const prefix = git(['rev-parse', '--show-prefix'], host).trim();
  const top = git(['rev-parse', '--show-toplevel'], host).trim();
  return host.withScratch(scratch => {
    const index = `GIT_INDEX_FILE=${scratch.cwd}/index`;
    const at = ['git', '-C', top];
    run('env', [index, ...at, 'read-tree', commit], host);
    run('env', [index, ...at, 'checkout-index', '--all', `--prefix=${scratch.cwd}/tree/`], host);
    // Says that this is the root: nothing that is read in it may lead out of it (inside.ts).
    mkdirSync(join(scratch.cwd, 'tree/.git'), { recursive: true });
    return use(scratch.below(`tree/${prefix}`));
  });
}

function git(args: readonly string[], host: Host): string {
  return run('git', args, host);
}

function run(command: string, args: readonly string[], host: Host): string {
  const { status, stdout, stderr } = host.run(command, args);
  if (status !== 0) throw new UnknownRevision(`git failed: ${stderr.trim()}`);
  return stdout;
}
