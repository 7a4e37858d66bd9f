import { rmSync } from 'node:fs';
import { type Ended, startExpand } from './runs.ts';
import { remainsIn, repository, SPECS, treeIn } from './tree.ts';

/** What was seen when runs were started at once. */
export interface TogetherCounts {
  /** Trees that were wholly those of one run. */
  readonly whole: number;
  /** Runs that said who writes, and exited 2. */
  readonly refused: number;
  readonly faults: readonly string[];
}

/** Starts runs at once on two specs of one folder: the tree is that of one, and nothing is left. */
export async function runTogether(runs: number, count: number): Promise<TogetherCounts> {
  const folder = repository();
  const trees = [await treeOf(folder, 0), await treeOf(folder, 1)];
  const faults: string[] = [];
  let [whole, refused] = [0, 0];
  for (let round = 0; round < count; round++) {
    const started = Array.from({ length: runs }, (_, index) =>
      startExpand(folder, SPECS[(round + index) % 2] ?? ''),
    );
    const ended = await Promise.all(started.map(run => run.ended));
    refused += ended.filter(isRefused).length;
    const bad = ended.filter(run => run.code !== 0 && !isRefused(run));
    faults.push(...bad.map(({ code, stderr }) => `${round}: exit ${code}: ${stderr}`));
    if (trees.includes(treeIn(folder))) whole++;
    else faults.push(`${round}: the tree is that of neither spec`);
    if (remainsIn(folder).length > 0) faults.push(`${round}: left behind: ${remainsIn(folder)}`);
  }
  rmSync(folder, { recursive: true, force: true });
  return { whole, refused, faults };
}

async function treeOf(folder: string, spec: number): Promise<string> {
  await startExpand(folder, SPECS[spec] ?? '').ended;
  return treeIn(folder);
}

function isRefused({ code, stderr }: Ended): boolean {
  return code === 2 && /^rem-secrets: process \d+ on .+\n$/.test(stderr);
}
