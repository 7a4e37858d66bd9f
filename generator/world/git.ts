import { type Host, HostError, type Run, type RunOptions } from '../core/host.ts';
import { overLimit, RAISE_LIMITS, taken } from './programs.ts';

/** A revision that cannot be read; the message says what to do. */
export class UnknownRevision extends HostError {}

function refuse(message: string): never {
  throw new UnknownRevision(message);
}

type Revision = { readonly commit: string } | { readonly nothing: string };

/** The commit that a revision means. */
export function commitOf(revision: string, host: Host): Revision {
  if (EMPTY_TREES.includes(revision)) return { nothing: 'the empty tree' };
  const commit = found(revision, host);
  if (commit !== undefined) return { commit };
  const nothing = beforeTheFirst(revision, host);
  if (nothing !== undefined) return { nothing };
  refuse(`there is no path and no revision ${revision}: ${adviceFor(revision, host)}`);
}

/** Git's empty tree, in both of its hashes: people compare a first commit with it. */
const EMPTY_TREES: readonly string[] = [
  '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
];

export function isRevision(name: string, host: Host): boolean {
  if (isNoName(name)) return false;
  const { status, stderr } = parse(name, host);
  if (status === 'ok') return true;
  if (status !== 'absent' && !isNoRepository(stderr)) refuseRepository(stderr);
  return false;
}

function found(revision: string, host: Host): string | undefined {
  if (isNoName(revision)) refuse(`there is no file and no folder ${revision}`);
  const { status, stdout, stderr } = parse(revision, host);
  if (status === 'absent')
    refuse(`git is not installed: ${revision} is no path, and a revision needs it`);
  if (isNoRepository(stderr)) refuse(`there is no ${revision} here, and this is no git repository`);
  if (status === 'ok') return clear(stdout.trim(), revision, stderr);
  refuseRepository(stderr);
  return undefined;
}

function parse(revision: string, host: Host): ReturnType<typeof git> {
  return git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`], host);
}

/** Git allows none of these in the name of a branch or a tag (git-check-ref-format(1)). */
function isNoName(text: string): boolean {
  return text === '' || /^[./~]|\s/.test(text);
}

function isNoRepository(stderr: string): boolean {
  return stderr.includes('not a git repository');
}

/** A commit, unless its name means several things. HEAD and a whole hash mean just one. */
function clear(commit: string, revision: string, stderr: string): string {
  const isAmbiguous = /^warning: refname '.*' is ambiguous/m.test(stderr);
  if (!isAmbiguous || revision === 'HEAD' || revision === commit) return commit;
  refuse(
    `${revision} is the name of more than one thing in git: write refs/heads/${revision} or refs/tags/${revision}`,
  );
}

function refuseRepository(stderr: string): void {
  if (stderr.includes('dubious ownership'))
    refuse(
      'this repository belongs to another user, so git does not read it: run `git config --global --add safe.directory "$PWD"` at its root',
    );
  if (stderr.includes('cannot use bare repository'))
    refuse('this is a bare repository, which has no files: run it in a clone, or name folders');
}

function beforeTheFirst(revision: string, host: Host): string | undefined {
  if (isShallow(host)) return undefined;
  if (revision === 'HEAD' && git(['rev-parse', '--verify', 'HEAD'], host).status !== 'ok')
    return BEFORE;
  const [, name = '', steps = ''] = /^(.{1,300}?)((?:\^|~\d{0,9}){1,100})$/.exec(revision) ?? [];
  const count = ['rev-list', '--first-parent', '--count', '--end-of-options'];
  const { status, stdout } = git([...count, `${name}^{commit}`], host);
  const back = [...steps.matchAll(/\^|~(\d*)/g)].map(([, count = '']) => Number(count || 1));
  const isBefore = status === 'ok' && back.reduce((sum, count) => sum + count, 0) >= Number(stdout);
  return isBefore ? BEFORE : undefined;
}

const BEFORE = 'before the first commit';

function isShallow(host: Host): boolean {
  return git(['rev-parse', '--is-shallow-repository'], host).stdout.trim() === 'true';
}

function adviceFor(revision: string, host: Host): string {
  if (isShallow(host))
    return 'this clone is shallow; run `git fetch --unshallow origin` (actions/checkout: fetch-depth: 0, GitLab: GIT_DEPTH: 0)';
  if (revision.includes('..'))
    return 'a range is two sides, of which --base and --head name one each';
  if (revision.startsWith('-')) return 'name a branch, a tag, a commit or a folder';
  const [first = '', ...rest] = revision.split('/');
  const isRemote = git(['remote'], host).stdout.split('\n').includes(first);
  const target = isRemote && rest.length > 0 ? `${first} ${rest.join('/')}` : `origin ${revision}`;
  return `run \`git fetch ${target}\``;
}

/** The side that `--base` or `--head` names; without a path, the working tree. */
export type NamedSide = { readonly label: string } & (Revision | { readonly path?: string });

/** The side that a text names, with `rev:` or `path:`; without one it must not be both a revision and a path. */
export function sideOf(text: string, host: Host): NamedSide {
  if (text === '.') return { label: 'the working tree' };
  const [, kind, named = text] = /^(rev|path):(.*)$/s.exec(text) ?? [];
  if (named === '') refuse(`${text || 'an empty side'} names nothing: a variable may be empty`);
  if (kind === 'rev') return revision(named, host);
  if (kind === 'path') return path(named, host);
  if (host.kindOf(text) === undefined) return revision(text, host);
  if (isRevision(text, host))
    refuse(`${text} is both a revision and a path: write rev:${text} or path:${text}`);
  return path(text, host);
}

/** A base as a pull request has it: if it names a branch that head has left, the commit where it did. */
export function leftAt(base: NamedSide, head: NamedSide, host: Host): NamedSide {
  const isTree = !('commit' in head) && !('nothing' in head) && head.path === undefined;
  if (!('commit' in base) || (isTree && base.label === 'HEAD')) return base;
  const tip = isTree ? commitOf('HEAD', host) : head;
  if (!('commit' in tip)) return base;
  const ref = git(['rev-parse', '--symbolic-full-name', '--end-of-options', base.label], host);
  if (!/^refs\/(?:heads|remotes)\//m.test(ref.stdout)) return base;
  const left = git(['merge-base', base.commit, tip.commit], host).stdout.trim();
  if (left === '' || left === base.commit || left === tip.commit) return base;
  return { label: `${base.label} (${left.slice(0, 12)}, where head left it)`, commit: left };
}

function revision(name: string, host: Host): NamedSide {
  const found = commitOf(name, host);
  return { label: 'nothing' in found ? `${name} (${found.nothing})` : name, ...found };
}

function path(name: string, host: Host): NamedSide {
  if (host.kindOf(name) === undefined) refuse(`there is no path ${name}`);
  return { label: name, path: name };
}

/** What a repository's config could have git run or fetch, turned off: this wins over every file (git-config(1)). */
const SAFE: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.packedGitLimit=1g', // What it reads of packs at once counts as memory.
  'core.warnAmbiguousRefs=true', // Otherwise git takes a tag for the branch of the same name without a warning.
  'safe.bareRepository=explicit', // A folder of a repository can look like a repository of its own.
];

/** The environment of git, besides the variables of `KEPT`. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C', // Messages are looked at.
  GIT_ALLOW_PROTOCOL: '', // No protocol at all: nothing is fetched, and no program of a remote runs.
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1', // A commit is what its hash says.
  GIT_GRAFT_FILE: '/dev/null/none',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

/** To find git, and the user's config, which says which repositories of others it may read (safe.directory). */
const KEPT = ['PATH', 'HOME', 'XDG_CONFIG_HOME'];

/** The words of each call before its command. */
export const FIRST_WORDS: readonly string[] = [
  '--no-pager',
  ...SAFE.flatMap(setting => ['-c', setting]),
];

/** The only way to git: it reads, and runs nothing, whatever the repository holds. One that was stopped has read nothing. */
export function git(args: readonly string[], host: Host, more: Omit<RunOptions, 'env'> = {}): Run {
  const env = { ...taken(KEPT), ...ENVIRONMENT };
  const run = host.runNow('git', [...FIRST_WORDS, ...args], { ...more, env });
  if (run.limit !== undefined) refuse(`git was stopped: ${overLimit(run.limit)}. ${RAISE_LIMITS}`);
  return run;
}

/** Commands and flags with which git prints objects and names, and does no more. */
const READING =
  /^(?:rev-parse|rev-list|merge-base|cat-file|ls-tree|--(?:verify|end-of-options|first-parent|count|is-shallow-repository|symbolic-full-name|show-prefix|batch|objects|no-walk|missing=print|full-tree)|-[rzl])$/;

/** What git answers now to the words of an earlier call; words that were kept may be forged, and only these are asked. */
export function gitAgain(words: readonly string[], more: RunOptions, host: Host): Run {
  const [command = '', ...args] = words.slice(FIRST_WORDS.length);
  const isReading =
    READING.test(command) && args.every(word => !word.startsWith('-') || READING.test(word));
  if (!isReading) throw new Error('it is no question');
  const { input, isBinary = false } = more;
  return git([command, ...args], host, { input, isBinary });
}
