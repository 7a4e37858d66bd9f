import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, kill, numbers, pause, type Running, startExpand } from './runs.ts';
import { remainsIn, repository, SPECS, treeIn } from './tree.ts';

/**
 * What the tree was after a kill. `moving`: of both specs at first, and of one when the moves that
 * had begun were over; `mixed`: of both for good; `late`: the run had ended.
 */
type State = 'old' | 'new' | 'moving' | 'mixed' | 'late';

/** What was seen when runs were killed. */
export interface KillCounts {
  readonly trees: Readonly<Record<State, number>>;
  /** Kills that left a lock or staged files behind. */
  readonly remains: number;
  readonly faults: readonly string[];
}

/** From when on the time to a kill is counted: two runs of three are killed while they write. */
const MOMENTS = ['start', 'lock', 'lock'] as const;

/**
 * Kills `expand` at random moments while it makes one tree another. Looks at the tree right after
 * the kill; then the next run has to make it whole, without a word.
 */
export async function killRuns(count: number, seed: number): Promise<KillCounts> {
  const random = numbers(seed);
  const folder = repository();
  const faults: string[] = [];
  const trees = { old: 0, new: 0, moving: 0, mixed: 0, late: 0 };
  let remains = 0;
  let before = await wholeRun(folder, 1, faults);
  let after = await wholeRun(folder, 0, faults);
  for (let round = 0; round - trees.late < count; round++) {
    [before, after] = [after, before];
    const share = random();
    const moment = MOMENTS[round % MOMENTS.length] ?? 'start';
    trees[await killedRun(folder, (round + 1) % 2, { before, after, share, moment })]++;
    if (remainsIn(folder).length > 0) remains++;
    const next = await wholeRun(folder, (round + 1) % 2, faults);
    if (next.tree !== after.tree) faults.push(`${round}: the next run did not make it whole`);
  }
  rmSync(folder, { recursive: true, force: true });
  return { trees, remains, faults };
}

/** A tree, and how long the run took that made it of the other one. */
interface Whole {
  readonly tree: string;
  readonly length: number;
}

/** A run to its end: it says what it always says, and leaves nothing beside the tree. */
async function wholeRun(folder: string, spec: number, faults: string[]): Promise<Whole> {
  const start = performance.now();
  const { code, stderr }: Ended = await startExpand(folder, SPECS[spec] ?? '').ended;
  const length = performance.now() - start;
  if (code !== 0 || !/^\d+ files, \d+ changed\n$/.test(stderr)) faults.push(`${code}: ${stderr}`);
  if (remainsIn(folder).length > 0) faults.push(`left behind: ${remainsIn(folder)}`);
  return { tree: treeIn(folder), length };
}

interface Kill {
  readonly before: Whole;
  readonly after: Whole;
  /** When, as a part of the time that a run takes. */
  readonly share: number;
  readonly moment: (typeof MOMENTS)[number];
}

async function killedRun(folder: string, spec: number, how: Kill): Promise<State> {
  const { before, after, share, moment } = how;
  const run = startExpand(folder, SPECS[spec] ?? '');
  if (moment === 'lock') await lockIn(folder, run);
  await pause(share * after.length * (moment === 'lock' ? 0.5 : 1));
  kill(run);
  const { code } = await run.ended;
  return code === null ? stateOf(folder, before.tree, after.tree) : 'late';
}

/** For how long moves that have begun may go on: minutes, as nobody knows how busy the machine is. */
const LOOKS = 30_000;

async function stateOf(folder: string, before: string, after: string): Promise<State> {
  for (let look = 0; look < LOOKS; look++) {
    const tree = treeIn(folder);
    if (tree === before) return 'old';
    if (tree === after) return look === 0 ? 'new' : 'moving';
    await pause(10);
  }
  return 'mixed';
}

/** Waits until a run has the lock, or has ended. */
async function lockIn(folder: string, { child }: Running): Promise<void> {
  while (child.exitCode === null && !existsSync(join(folder, '.rem-secrets-writing')))
    await pause(0);
}
