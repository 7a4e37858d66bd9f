import { spawnSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, type Mutated, mutated } from './mutants.ts';

/**
 * Proves the tests: writes wrong code into a copy of the checkout, and counts what no test of the fast suite notices. A
 * first run says which tests reach which mutant; each mutant is then run with these alone.
 */
const HELP = `npm run mutate -- [--count 200] [--seed 1] [--folders iam,doctor] [--again FILE] [--to FILE]

--again runs what survived in a report that an earlier run wrote with --to.
`;

const root = join(import.meta.dirname, '../..');
const FOLDERS = ['graph', 'kinds', 'lint', 'diff', 'spec', 'iam', 'doctor', 'world'];

type State = 'died' | 'survived' | 'undecided';

interface Result extends Mutant {
  readonly state: State;
  readonly why: string;
}

/** What the first run, in which no mutant is on, shows of the tests. */
interface Tests {
  readonly seconds: ReadonlyMap<string, number>;
  readonly reached: ReadonlyMap<number, readonly string[]>;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      folders: { type: 'string', default: FOLDERS.join() },
      again: { type: 'string' },
      to: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const folders = values.folders.split(',');
  const files = allMutated(folders);
  const all = [...files.values()].flatMap(({ mutants }) => [...mutants]);
  const chosen =
    values.again === undefined
      ? drawn(all, folders, Number(values.count), Number(values.seed))
      : survivorsOf(values.again, all);
  const copy = copied(new Set(chosen.map(({ file }) => file)), files);
  try {
    const tests = firstRun(copy);
    const results: Result[] = [];
    for (const mutant of chosen) {
      const result = { ...mutant, ...decided(mutant, all, tests, copy) };
      results.push(result);
      process.stderr.write(`${results.length}/${chosen.length} ${lineOf(result)}\n`);
      if (values.to !== undefined) writeFileSync(values.to, JSON.stringify(results, null, 2));
    }
    process.stdout.write(summary(results, folders));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The files of the folders, with all mutants in them. */
function allMutated(folders: readonly string[]): Map<string, Mutated> {
  const files = new Map<string, Mutated>();
  let first = 0;
  for (const folder of folders)
    for (const name of readdirSync(join(root, 'generator', folder), { recursive: true }).sort()) {
      const file = `generator/${folder}/${name}`;
      if (!file.endsWith('.ts')) continue;
      const found = mutated(file, readFileSync(join(root, file), 'utf8'), first);
      files.set(file, found);
      first += found.mutants.length;
    }
  return files;
}

/** As many mutants of each folder, drawn by a seed. */
function drawn(
  all: readonly Mutant[],
  folders: readonly string[],
  count: number,
  seed: number,
): Mutant[] {
  const random = randomOf(seed);
  return folders.flatMap(folder => {
    const left = all.filter(({ file }) => file.startsWith(`generator/${folder}/`));
    const most = Math.min(left.length, Math.ceil(count / folders.length));
    return Array.from({ length: most }, () =>
      left.splice(Math.floor(random() * left.length), 1),
    ).flat();
  });
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function survivorsOf(report: string, all: readonly Mutant[]): Mutant[] {
  const idOf = ({ file, from, to }: Mutant): string => [file, from, to].join('\0');
  const results = JSON.parse(readFileSync(report, 'utf8')) as Result[];
  const ids = new Set(results.filter(({ state }) => state === 'survived').map(idOf));
  return all.filter(mutant => ids.has(idOf(mutant)));
}

/** A copy of the checkout with the files of the mutants: no file of the checkout is written. */
function copied(chosen: ReadonlySet<string>, files: ReadonlyMap<string, Mutated>): string {
  const copy = mkdtempSync(join(tmpdir(), 'rem-mutate-'));
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  for (const file of stdout.trim().split('\n')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { dereference: false });
  }
  for (const folder of ['node_modules', 'dist', '.tools']) linkAll(folder, copy);
  for (const file of chosen) writeFileSync(join(copy, file), files.get(file)?.text ?? '');
  writeFileSync(join(copy, 'mutate.config.ts'), CONFIG);
  return copy;
}

/** Files that no test writes are the same files. */
function linkAll(folder: string, copy: string): void {
  mkdirSync(join(copy, folder));
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (/vite|cache/.test(entry.name) && entry.name.startsWith('.')) continue; // Written by the tests.
    if (entry.isDirectory()) linkAll(path, copy);
    else if (entry.isFile()) linkSync(join(root, path), join(copy, path));
    else cpSync(join(root, path), join(copy, path), { dereference: false, verbatimSymlinks: true });
  }
}

const CONFIG = `import config from './vitest.config.ts';
const [fast] = config.test.projects;
const { globalSetup: _, ...test } = fast.test;
export default {
  ...config,
  test: { ...config.test, projects: [{ ...fast, test: { ...test, setupFiles: ['tools/mutate/reach.ts'] } }] },
};
`;

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** Runs all tests with no mutant on. Tests that fail so, such as those of the sources' texts, are left out. */
function firstRun(copy: string): Tests {
  const reachedIn = join(copy, 'reached');
  mkdirSync(reachedIn);
  const report = join(copy, 'first.json');
  vitest(copy, ['--reporter=json', `--outputFile=${report}`], { REM_REACHED: reachedIn }, 3600);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  const passed = testResults.filter(({ status }) => status === 'passed');
  const seconds = new Map(
    passed.map(({ name, startTime, endTime }) => [name, (endTime - startTime) / 1000]),
  );
  const reached = new Map<number, string[]>();
  for (const name of readdirSync(reachedIn)) {
    const { testPath, ids } = JSON.parse(readFileSync(join(reachedIn, name), 'utf8')) as {
      testPath: string;
      ids: number[];
    };
    for (const id of seconds.has(testPath) ? ids : [])
      reached.set(id, [...(reached.get(id) ?? []), testPath]);
  }
  process.stderr.write(
    `${passed.length} of ${testResults.length} files of tests pass as they are\n`,
  );
  return { seconds, reached };
}

/** So many files are run first: most mutants die of a quick one. */
const QUICK = 8;

function decided(
  mutant: Mutant,
  all: readonly Mutant[],
  { seconds, reached }: Tests,
  copy: string,
): Pick<Result, 'state' | 'why'> {
  // What a module holds is of all tests that run any function of it.
  const ids = mutant.isOfModule
    ? all.filter(({ file }) => file === mutant.file).map(({ id }) => id)
    : [mutant.id];
  const files = [...new Set(ids.flatMap(id => reached.get(id) ?? []))];
  const timeOf = (file: string): number => seconds.get(file) ?? 0;
  files.sort((a, b) => timeOf(a) - timeOf(b));
  if (files.length === 0) return { state: 'survived', why: 'no test reaches it' };
  for (const some of [files.slice(0, QUICK), files.slice(QUICK)]) {
    if (some.length === 0) continue;
    const limit = 120 + 10 * some.reduce((sum, file) => sum + timeOf(file), 0);
    const { status } = vitest(copy, ['--bail=1', ...some], { REM_MUTANT: `${mutant.id}` }, limit);
    if (status === null) return { state: 'died', why: `it does not end in ${Math.round(limit)} s` };
    if (status > 1) return { state: 'undecided', why: `vitest ends with ${status}` };
    if (status === 1) return { state: 'died', why: '' };
  }
  return { state: 'survived', why: `${files.length} files of tests reach it` };
}

function vitest(
  copy: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  seconds: number,
): { readonly status: number | null } {
  const program = [
    join(copy, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config=mutate.config.ts',
  ];
  const workers = `--maxWorkers=${availableParallelism()}`;
  return spawnSync(process.execPath, [...program, workers, ...args], {
    cwd: copy,
    env: { ...process.env, ...env },
    stdio: 'ignore',
    timeout: Math.ceil(seconds) * 1000,
    killSignal: 'SIGKILL',
  });
}

const LONGEST = 90;

function lineOf({ state, file, line, from, to, why }: Result): string {
  const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, LONGEST);
  return `${state} ${file}:${line} ${short(from)} → ${short(to)}${why === '' ? '' : ` (${why})`}`;
}

function summary(results: readonly Result[], folders: readonly string[]): string {
  const lines = [...folders, ''].map(folder => {
    const some = results.filter(({ file }) => file.startsWith(`generator/${folder}`));
    const count = (state: State): number => some.filter(result => result.state === state).length;
    const [died, survived] = [count('died'), count('survived')];
    const percent = Math.round((100 * died) / Math.max(1, died + survived));
    return `${(folder || 'all').padEnd(8)} ${died} died, ${survived} survived, ${count('undecided')} undecided: ${percent} %`;
  });
  const left = results.filter(({ state }) => state !== 'died').map(lineOf);
  return `${[...lines, ...left].join('\n')}\n`;
}

main();
