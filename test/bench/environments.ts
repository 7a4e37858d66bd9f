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

/** Ten times the environments, each in a file of its own, should take about ten times the time. */
export function environments(): Row[] {
  const files = {
    ...tenants('small', 100),
    ...tenants('large', 1000),
    ...tenants('fleet', 500, 50),
  };
  return withFolder(files, folder => {
    const [small, large, fleet] = ['small', 'large', 'fleet'].map(name => join(folder, name));
    for (const cwd of [small, large, fleet]) outputOf(rem(cwd, 'expand'));
    const both = (pairs: number, ...args: readonly string[]): ReturnType<typeof compareCpu> =>
      compareCpu(rem(large, ...args), rem(small, ...args), pairs);
    const inProcess = compare(cpuOfTree(large), cpuOfTree(small), 5).ratio;
    const check = both(5, 'expand', '--check');
    const one = rem(large, 'expand', '--environment', 'tenant-7');
    const alone = compareCpu(one, rem(large, 'expand'), 5);
    const lint = both(3, 'lint').ratio;
    const [fewer, more] = [review(small), review(large)];
    const reviewed = compareCpu(more, fewer, 3);
    const many = '1,000 environments';
    const fleets = cpuOf(settled(rem(fleet, 'lint')));
    const checked = rem(large, 'expand', '--check');
    return [
      [`${many} ÷ 100: read, expand and render in one process, CPU`, inProcess, 'ratio', 11],
      [`${many} ÷ 100: expand --check, CPU`, check.ratio, 'ratio', 11],
      [`${many} ÷ 100: lint, CPU`, lint, 'ratio', 11],
      [`${many} ÷ 100, one changed in the last commit: diff, CPU`, reviewed.ratio, 'ratio', 11],
      [`${many}, one changed: diff, CPU`, reviewed.a, 'seconds', 6],
      [`${many}, one changed: diff, peak memory`, peakMemoryOf(more), 'MB', 500],
      ['500 environments in 50 clusters: lint, CPU', fleets, 'seconds', 5],
      [`${many}: expand --check, CPU`, check.a, 'seconds'],
      [`${many}: expand with nothing to write, CPU`, alone.b, 'seconds'],
      [`${many}: expand --environment, CPU`, alone.a, 'seconds'],
      [`${many}: expand --check, peak memory`, peakMemoryOf(checked), 'MB'],
    ];
  });
}

/** Commits a folder, and then a change of one tenant in it. The review of the second commit. */
function review(cwd = ''): Command {
  commitAll(cwd);
  const change = 's/replicas: [0-9]*/replicas: 9/';
  outputOf({ argv: ['sed', '-i', change, 'tenants/tenant-7.yaml'], cwd });
  outputOf(rem(cwd, 'expand'));
  commitAll(cwd);
  return rem(cwd, 'diff', '--no-cache', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD');
}

/** CPU seconds of this process from the files to the tree. */
function cpuOfTree(folder = ''): () => number {
  const host = nodeHost(folder);
  return cpuInProcess(() => {
    const { spec } = parseSpecSource('rem-secrets.yaml', host.readFile('rem-secrets.yaml'), host);
    const { value } = andThen(spec, whole => expand(whole, host.validators));
    if (value === undefined) throw new Error('the generated spec has faults');
    renderTree(value);
  });
}
