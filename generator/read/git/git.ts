import type { Host, Run, RunOptions } from '../../ground/host.ts';

/**
 * What a repository's own config and attributes could have git run or fetch, turned off: a value on
 * the command line stands above every file (git-config(1)). Filters, textconv and external diff have
 * no switch: no command that we give runs them. `-c` reaches no caller's `GIT_*`: see `ENVIRONMENT`.
 */
const SAFE: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.warnAmbiguousRefs=true', // Or a tag and a branch of one name are told apart by nobody.
  'safe.bareRepository=explicit', // A folder of a repository can look like a repository of its own.
];

/** The whole environment of git, but for where programs and the user's own config are. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C', // Messages are looked at.
  GIT_ALLOW_PROTOCOL: '', // No protocol at all: nothing is fetched, and no program of a remote runs.
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1', // A commit is what its hash says.
  GIT_GRAFT_FILE: '/dev/null/none',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

/** The user's config says which repositories of others git may read (safe.directory). */
const KEPT = ['PATH', 'HOME', 'XDG_CONFIG_HOME'];

/** The only way to git: whatever the repository holds, git reads it and runs nothing. */
export function git(
  args: readonly string[],
  host: Host,
  options: Omit<RunOptions, 'env'> = {},
): Run {
  const kept = KEPT.flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = { ...Object.fromEntries(kept), ...ENVIRONMENT };
  const settings = SAFE.flatMap(setting => ['-c', setting]);
  return host.run('git', ['--no-pager', ...settings, ...args], { ...options, env });
}
