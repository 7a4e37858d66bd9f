import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { groupBy } from '../../generator/core/json.ts';
import { type Mutant, type Mutated, mutated } from './mutants.ts';

/*
 * Proves the tests: writes wrong code into a copy of the checkout, and counts what no test of the fast suite notices.
 * All mutants are in the copy at once, and one run of the tests switches them on and off (`reach.ts`). What only a new
 * process shows, such as a mutant of a module's constants, is then run in one with the tests that reach it, those first
 * that are about its file. `--tests test/operate` asks no others, `--slow` the slow ones too. `--again` runs once more what survived in a report
 * that `--to` wrote.
 */

const root = join(import.meta.dirname, '../..');
const FOLDERS = 'graph,kinds,lint,diff,spec,iam,doctor,world';

const { values: flags } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    folders: { type: 'string', default: FOLDERS },
    tests: { type: 'string', multiple: true, default: [] },
    slow: { type: 'boolean', default: false },
    again: { type: 'string' },
    to: { type: 'string' },
  },
});
const folders = flags.folders.split(',');

interface Result extends Mutant {
  readonly state: 'died' | 'survived' | 'undecided';
  readonly why: string;
}

/** What the run that tries all mutants shows of the tests. */
interface Tests {
  readonly seconds: ReadonlyMap<string, number>;
  /** By file of tests, as a path in the checkout. */
  readonly reached: ReadonlyMap<string, Reached>;
  readonly died: ReadonlySet<number>;
  /** What took too long to be tried with all tests that reach it. */
  readonly late: ReadonlySet<number>;
}

/** The mutants that a file of tests reaches, and those of them that it reaches outside of its tests. */
interface Reached {
  readonly all: ReadonlySet<number>;
  readonly outside: ReadonlySet<number>;
}

function main(): void {
  const files = allMutated();
  const all = [...files.values()].flatMap(({ mutants }) => [...mutants]);
  const chosen = flags.again === undefined ? drawn(all) : survivorsOf(flags.again, all);
  const copy = copied(new Set(chosen.map(({ file }) => file)), files);
  try {
    const tests = tried(copy, chosen);
    const results: Result[] = [];
    for (const mutant of chosen) {
      const result = { ...mutant, ...decided(mutant, all, tests, copy) };
      results.push(result);
      process.stderr.write(`${results.length}/${chosen.length} ${lineOf(result)}\n`);
      if (flags.to !== undefined) writeFileSync(flags.to, JSON.stringify(results, null, 2));
    }
    process.stdout.write(summary(results));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The files of the folders, with all mutants in them. */
function allMutated(): Map<string, Mutated> {
  const files = new Map<string, Mutated>();
  let first = 0;
  for (const folder of folders)
    for (const name of readdirSync(join(root, 'generator', folder), { recursive: true }).sort()) {
      const file = `generator/${folder}/${name}`;
      // The pages of reviews are loaded as the build has made them.
      if (!file.endsWith('.ts') || file.includes('/html/')) continue;
      const found = mutated(file, readFileSync(join(root, file), 'utf8'), first);
      files.set(file, found);
      first += found.mutants.length;
    }
  return files;
}

/** As many mutants of each folder, drawn by the seed; one of each folder after the other. */
function drawn(all: readonly Mutant[]): Mutant[] {
  const random = randomOf(Number(flags.seed));
  const each = Math.ceil(Number(flags.count) / folders.length);
  const byFolder = folders.map(folder => {
    const left = all.filter(({ file }) => file.startsWith(`generator/${folder}/`));
    return Array.from({ length: Math.min(left.length, each) }, () =>
      left.splice(Math.floor(random() * left.length), 1),
    ).flat();
  });
  return Array.from({ length: each }, (_, index) =>
    byFolder.flatMap(mutants => mutants[index] ?? []),
  ).flat();
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

/** The mutants that survived in a report, each at the line that is nearest to where it was. */
function survivorsOf(report: string, all: readonly Mutant[]): Mutant[] {
  const idOf = ({ file, from, to }: Mutant): string => [file, from, to].join('\0');
  const byId = groupBy(all, idOf);
  const results = JSON.parse(readFileSync(report, 'utf8')) as Result[];
  const survivors = results.filter(({ state }) => state === 'survived');
  const found = survivors.flatMap(survivor => {
    const distanceOf = ({ line }: Mutant): number => Math.abs(line - survivor.line);
    const [first, ...others] = byId.get(idOf(survivor)) ?? [];
    if (first === undefined) return [];
    return others.reduce((a, b) => (distanceOf(b) < distanceOf(a) ? b : a), first);
  });
  return [...new Set(found)];
}

/** Short files of tests come first: they run lists of cases, of which most mutants die in little time. */
const CONFIG = `import { statSync } from 'node:fs';
import config from './vitest.config.ts';
const { globalSetup: _, ...test } = config.test;
const maxWorkers = 1; // What has died in one process need not die in others, and each loads the program.
const setupFiles = ['tools/mutate/reach.ts'];
const exclude = ${flags.slow ? '[]' : "['**/*.slow.test.ts']"};
const sizeOf = ({ moduleId }) => statSync(moduleId).size;
class sequencer {
  shard = files => files;
  sort = files => [...files].sort((a, b) => sizeOf(a) - sizeOf(b));
}
export default { ...config, test: { ...test, maxWorkers, setupFiles, exclude, sequence: { sequencer } } };
`;

/** A copy of the checkout, by links, with the files of the mutants: no file of the checkout is written. */
function copied(chosen: ReadonlySet<string>, files: ReadonlyMap<string, Mutated>): string {
  const copy = mkdtempSync(join(tmpdir(), 'rem-mutate-'));
  const { status } = spawnSync('cp', ['-al', `${root}/.`, copy], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${root} cannot be copied`);
  for (const kept of ['.git', 'node_modules/.experimental-vitest-cache', 'node_modules/.vite'])
    rmSync(join(copy, kept), { recursive: true, force: true });
  for (const file of chosen) {
    rmSync(join(copy, file)); // It is a link: writing would change the checkout.
    writeFileSync(join(copy, file), files.get(file)?.text ?? '');
  }
  writeFileSync(join(copy, 'mutate.config.ts'), CONFIG);
  return copy;
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** Runs all tests, with each mutant that they reach. Tests that fail without one, such as those of the sources' texts, are left out. */
function tried(copy: string, chosen: readonly Mutant[]): Tests {
  const [report, wanted, folder] = ['report.json', 'wanted.json', 'reached'].map(name =>
    join(copy, name),
  ) as [string, string, string];
  mkdirSync(folder);
  const ids = chosen.filter(({ isOfModule }) => !isOfModule).map(({ id }) => id);
  writeFileSync(wanted, JSON.stringify(ids));
  const args = ['--reporter=json', `--outputFile=${report}`, ...flags.tests];
  vitest(copy, args, { REM_REACHED: folder, REM_WANTED: wanted }, 7200);
  const pathOf = (name: string): string => name.replace(/^.*?\/(?=test\/)/, '');
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  const passed = testResults.filter(({ status }) => status === 'passed');
  process.stderr.write(`${passed.length} of ${testResults.length} files of tests pass\n`);
  const files = readdirSync(folder).map(
    name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReachedFile,
  );
  return {
    seconds: new Map(
      passed.map(({ name, startTime, endTime }) => [pathOf(name), (endTime - startTime) / 1000]),
    ),
    reached: new Map(
      files.map(({ testPath, ids: all, outside }) => [
        pathOf(testPath),
        { all: new Set(all), outside: new Set(outside) },
      ]),
    ),
    died: new Set(files.flatMap(({ died }) => died)),
    late: new Set(files.flatMap(({ late }) => late)),
  };
}

/** What `reach.ts` writes of each file of tests. */
interface ReachedFile
  extends Readonly<Record<'ids' | 'outside' | 'died' | 'late', readonly number[]>> {
  readonly testPath: string;
}

/** Most mutants die of the tests that reach most of their file, or hardly anything else. The quickest of the others follow. */
const MOST = { near: 2, far: 40 } as const;

function decided(
  mutant: Mutant,
  all: readonly Mutant[],
  { seconds, reached, died, late }: Tests,
  copy: string,
): Pick<Result, 'state' | 'why'> {
  if (died.has(mutant.id)) return { state: 'died', why: '' };
  const inFile = all.filter(({ file }) => file === mutant.file).map(({ id }) => id);
  // What a module holds is of all tests that run any function of it.
  const ids = mutant.isOfModule ? inFile : [mutant.id];
  const hitsOf = (reaching: ReadonlySet<number>): number =>
    inFile.filter(id => reaching.has(id)).length;
  const timeOf = (file: string): number => seconds.get(file) ?? 0;
  const isWhole = mutant.isOfModule || late.has(mutant.id);
  const count = [...reached.values()].filter(hit => ids.some(id => hit.all.has(id))).length;
  const reaching = [...reached]
    .map(([file, hit]) => ({ file, hit: isWhole ? hit.all : hit.outside, all: hit.all }))
    .filter(({ file, hit }) => seconds.has(file) && ids.some(id => hit.has(id)))
    .map(({ file, all: hit }) => ({ file, hits: hitsOf(hit), share: hitsOf(hit) / hit.size }));
  const files = reaching.map(({ file }) => file).sort((a, b) => timeOf(a) - timeOf(b));
  const near = (['hits', 'share'] as const).flatMap(by =>
    [...reaching].sort((a, b) => b[by] - a[by]).slice(0, MOST.near),
  );
  const first = new Set(near.map(({ file }) => file));
  const far = files.filter(file => !first.has(file));
  for (const some of [[...first], far.slice(0, MOST.far)]) {
    if (some.length === 0) continue;
    const limit = Math.ceil(120 + 10 * some.reduce((sum, file) => sum + timeOf(file), 0));
    const args = ['--bail=1', ...some];
    const status = vitest(copy, args, { REM_MUTANT: `${mutant.id}` }, limit);
    if (status === null) return { state: 'died', why: `it does not end in ${limit} s` };
    if (status > 1) return { state: 'undecided', why: `vitest ends with ${status}` };
    if (status === 1) return { state: 'died', why: '' };
  }
  const more = Math.max(0, far.length - MOST.far);
  return { state: 'survived', why: `${count - more} of the ${count} files of tests that reach it` };
}

/** The exit code; null: it did not end in time. */
function vitest(
  copy: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  seconds: number,
): number | null {
  const program = join(copy, 'node_modules/vitest/vitest.mjs');
  return spawnSync(process.execPath, [program, 'run', '--config=mutate.config.ts', ...args], {
    cwd: copy,
    env: { ...process.env, CI: 'true', ...env }, // In CI no expected file is written.
    stdio: 'ignore',
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
  }).status;
}

const LONGEST = 90;

function lineOf({ state, file, line, from, to, why }: Result): string {
  const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, LONGEST);
  return `${state} ${file}:${line} ${short(from)} → ${short(to)}${why === '' ? '' : ` (${why})`}`;
}

function summary(results: readonly Result[]): string {
  const lines = [...folders, ''].map(folder => {
    const some = results.filter(({ file }) => file.startsWith(`generator/${folder}`));
    const count = (state: Result['state']): number =>
      some.filter(result => result.state === state).length;
    const [died, survived] = [count('died'), count('survived')];
    const percent = Math.round((100 * died) / Math.max(1, died + survived));
    return `${(folder || 'all').padEnd(8)} ${died} died, ${survived} survived, ${count('undecided')} undecided: ${percent} %`;
  });
  const left = results.filter(({ state }) => state !== 'died').map(lineOf);
  return `${[...lines, ...left].join('\n')}\n`;
}

main();
