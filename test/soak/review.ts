import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { faultsOfPlaces, type ToldPlace } from '../report/told-places.ts';
import { type MadeCommit, makeCommits } from './commits.ts';
import { root } from './tree.ts';

/*
 * `npm run soak-review` makes 20 commits in each of five repositories of others that `.ci/run` scores with (or those in
 * REM_FIELD; names of them may be given) and reviews each against its parent. It fails where a run crashes, where an
 * exit code is not what the report says, where an ordinary commit does not pass, and where a place is not there.
 */
const field = process.env['REM_FIELD'] ?? join(root, '../shared/field');
const COMMITS = 20;

interface Review {
  readonly blockers: number;
  readonly risks: readonly { readonly rule: string; readonly level: string }[];
  readonly findings: readonly Told[];
  readonly broken: readonly Told[];
  readonly notices: readonly Told[];
}

interface Told {
  readonly rule: string;
  readonly severity?: string;
  readonly message: string;
  readonly file: string | null;
}

function run(command: string, args: readonly string[], cwd: string) {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 29 });
}

function git(folder: string, ...args: readonly string[]): string {
  const names = ['-c', 'user.name=soak', '-c', 'user.email=soak@example.com', '-c', 'gc.auto=0'];
  return run('git', [...names, ...args], folder).stdout;
}

/** What is wrong with the review of the last commit; `says` is what it says, in short. */
function reviewOf(folder: string, commit: MadeCommit): { says: string; faults: string[] } {
  const args = ['--format', 'json', 'diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  const { status, stdout, stderr } = run(join(root, 'generator/rem-secrets'), args, folder);
  if (status === null || status > 2 || !stdout.startsWith('{'))
    return {
      says: `exit ${status}`,
      faults: [`no review, exit ${status}: ${stderr.slice(0, 300)}`],
    };
  const review: Review = JSON.parse(stdout);
  const isError = ({ severity }: Told): boolean => severity === 'error';
  const unread = [...review.broken, ...review.notices.filter(isError)];
  const errors = review.findings.filter(isError);
  const expected = review.blockers + errors.length > 0 ? 1 : unread.length > 0 ? 2 : 0;
  const reasons = [
    ...review.risks
      .filter(({ level }) => level !== 'warn')
      .map(({ rule, level }) => `${level} ${rule}`),
    ...errors.map(({ rule }) => `error ${rule}`),
    ...unread.map(({ file, message }) => `unread ${file}: ${message.slice(0, 90)}`),
  ];
  const isNear = ({ file }: Told): boolean =>
    file !== null && dirname(file) === dirname(commit.file);
  return {
    says: `${status} ${[...new Set(reasons)].slice(0, 4).join('; ')}`,
    faults: [
      ...(status === expected ? [] : [`exit ${status}, and the report says ${expected}`]),
      ...(commit.isOrdinary && status !== 0 ? ['an ordinary commit does not pass'] : []),
      ...(status === 2 && !unread.some(isNear)
        ? ['exit 2 for what the commit does not touch']
        : []),
      ...faultsOfPlaces(review, place => textOf(folder, place)),
    ],
  };
}

/** The file of a side; what is of none, as a notice, may be of either. */
function textOf(folder: string, { file, side }: ToldPlace): string | undefined {
  const revisions =
    side === undefined ? ['HEAD', 'HEAD~1'] : side === 'head' ? ['HEAD'] : ['HEAD~1'];
  for (const revision of revisions) {
    const { status, stdout } = run('git', ['show', `${revision}:./${file}`], folder);
    if (status === 0) return stdout;
  }
  return undefined;
}

/** Makes and reviews the commits of a repository. */
function soak(name: string, tree: string, seed: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'rem-secrets-soak-'));
  cpSync(tree, folder, { recursive: true });
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  const commit = (): void => {
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'change');
  };
  commit();
  let bad = 0;
  for (const made of makeCommits(folder, { count: COMMITS, seed, commit })) {
    const { says, faults } = reviewOf(folder, made);
    console.log(`${name}: ${made.edit} (${made.file}): ${says}`);
    for (const fault of faults) console.error(`  soak-review: ${fault}`);
    bad += faults.length > 0 ? 1 : 0;
  }
  rmSync(folder, { recursive: true });
  return bad;
}

const trees = ['heads', 'second/heads']
  .map(set => join(field, set))
  .flatMap(set =>
    existsSync(set) ? readdirSync(set).map(name => ({ name, tree: join(set, name, 'tree') })) : [],
  )
  .filter(({ tree }) => existsSync(tree));
const asked = process.argv.slice(2);
const chosen =
  asked.length > 0 ? trees.filter(({ name }) => asked.includes(name)) : trees.slice(0, 5);
if (chosen.length === 0) {
  console.error(`soak-review: there are no repositories in ${field}`);
  process.exitCode = 2;
}
const bad = chosen.map(({ name, tree }, index) => soak(name, tree, index + 1));
const all = bad.reduce((sum, count) => sum + count, 0);
console.log(`${chosen.length} repositories, ${COMMITS} commits each: ${all} with a fault`);
if (all > 0) process.exitCode = 1;
