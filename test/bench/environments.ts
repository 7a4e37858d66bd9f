import { join } from 'node:path';
import { andThen } from '../../generator/core/finding.ts';
import { parseSpecSource } from '../../generator/environments/read-spec.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { expand } from '../../generator/spec/pipeline.ts';
import { renderTree } from '../../generator/spec/tree.ts';
import type { Command, Row } from './measure.ts';
import {
  commitAll,
  compare,
  compareCpu,
  cpuInProcess,
  cpuOf,
  outputOf,
  peakMemoryOf,
  rem,
  settled,
} from './measure.ts';
import { tenants, withFolder } from './specs.ts';

const SIZES = [10, 100, 200, 1000];

/** So many environments against fewer, and what is the most of expand, lint and diff. */
const GROWTH = [
  [100, 10, [4.3, 3.7, 3]],
  [200, 100, [2, 1.7, 2.2]],
  [1000, 100, [5.9, 7.5, 10.5]],
] as const;

/** More environments, each in a file of its own, should take more time in proportion. */
export function environments(): Row[] {
  const files = SIZES.map(count => tenants(`${count}`, count));
  return withFolder(Object.assign({}, tenants('fleet', 500, 50), ...files), folder => {
    const at = (name: number | string): string => join(folder, `${name}`);
    const reviews = new Map(SIZES.map(count => [count, review(at(count))]));
    const reviewOf = (count: number): Command => reviews.get(count) ?? rem(undefined);
    const commands: readonly (readonly [what: string, of: (count: number) => Command])[] = [
      ['expand --check', count => rem(at(count), 'expand', '--check')],
      ['lint', count => rem(at(count), 'lint', '--no-cache')],
      ['one changed in the last commit: diff', reviewOf],
    ];
    const growth = GROWTH.flatMap(([more, fewer, goals]) =>
      commands.map(([what, of], index): Row => {
        const { ratio } = compareCpu(of(more), of(fewer), 3);
        return [`${more} ÷ ${fewer} environments: ${what}, CPU`, ratio, 'ratio', goals[index] ?? 0];
      }),
    );
    const nothing = { argv: ['node', '-e', '0'] };
    const one = compareCpu(reviewOf(200), nothing, 5).ratio;
    const inProcess = compare(cpuOfTree(at(1000)), cpuOfTree(at(100)), 5).ratio;
    const single = rem(at(1000), 'expand', '--environment', 'tenant-7');
    const check = rem(at(1000), 'expand', '--check');
    outputOf(rem(at('fleet'), 'expand'));
    const fleet = cpuOf(settled(rem(at('fleet'), 'lint')));
    const many = '1,000 environments';
    return [
      ...growth,
      ['1 of 200 environments changed: diff ÷ node -e 0, CPU', one, 'ratio', 75],
      [`${many} ÷ 100: read, expand and render in one process, CPU`, inProcess, 'ratio', 11],
      [`${many}, one changed: diff, CPU`, cpuOf(reviewOf(1000)), 'seconds', 6],
      [`${many}, one changed: diff, peak memory`, peakMemoryOf(reviewOf(1000)), 'MB', 500],
      ['500 environments in 50 clusters: lint, CPU', fleet, 'seconds', 5],
      [`${many}: expand --check, CPU`, cpuOf(check), 'seconds'],
      [`${many}: expand --check, peak memory`, peakMemoryOf(check), 'MB'],
      [`${many}: expand --environment, CPU`, cpuOf(single), 'seconds'],
    ];
  });
}

/** Expands and commits a folder, and then a change of one tenant in it. The review of the second commit. */
function review(cwd: string): Command {
  outputOf(rem(cwd, 'expand'));
  commitAll(cwd);
  const change = 's/replicas: [0-9]*/replicas: 9/';
  outputOf({ argv: ['sed', '-i', change, 'tenants/tenant-7.yaml'], cwd });
  outputOf(rem(cwd, 'expand'));
  commitAll(cwd);
  return rem(cwd, 'diff', '--no-cache', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD');
}

/** CPU seconds of this process from the files to the tree. */
function cpuOfTree(folder: string): () => number {
  const host = nodeHost(folder);
  return cpuInProcess(() => {
    const { spec } = parseSpecSource('rem-secrets.yaml', host.readFile('rem-secrets.yaml'), host);
    const { value } = andThen(spec, whole => expand(whole, host.validators));
    if (value === undefined) throw new Error('the generated spec has faults');
    renderTree(value);
  });
}
