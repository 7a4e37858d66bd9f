import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { andThen } from '../../generator/core/finding.ts';
import { parseSpecSource } from '../../generator/environments/read-spec.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { expand } from '../../generator/spec/pipeline.ts';
import { renderTree } from '../../generator/spec/tree.ts';
import {
  type Command,
  compare,
  cpuOf,
  launcher,
  outputOf,
  peakMemoryOf,
  type Row,
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
    const [small = '', large = '', fleet = ''] = ['small', 'large', 'fleet'].map(name =>
      join(folder, name),
    );
    const run = (cwd: string, ...args: string[]): Command => ({
      argv: [launcher('rem-secrets'), ...args],
      cwd,
    });
    const command = (cwd: string, ...flags: string[]): Command => run(cwd, 'expand', ...flags);
    for (const cwd of [small, large, fleet]) outputOf(command(cwd));
    const inProcess = compare(cpuOfTree(large), cpuOfTree(small), 5);
    const check = compare(
      () => cpuOf(command(large, '--check')),
      () => cpuOf(command(small, '--check')),
      5,
    );
    const one = ['--environment', 'tenant-7'];
    const alone = compare(
      () => cpuOf(command(large, ...one)),
      () => cpuOf(command(large)),
      5,
    );
    const lint = compare(
      () => cpuOf(run(large, 'lint')),
      () => cpuOf(run(small, 'lint')),
      3,
    );
    const reviews = [review(small), review(large)] as const;
    const review10 = compare(
      () => cpuOf(reviews[1]),
      () => cpuOf(reviews[0]),
      3,
    );
    const what = '1,000 environments';
    const ratio = { id: 'j', unit: 'ratio', target: 11 } as const;
    const seconds = { id: 'j', unit: 'seconds' } as const;
    return [
      {
        ...ratio,
        what: `${what} ÷ 100: read, expand and render in one process, CPU`,
        value: inProcess.ratio,
      },
      { ...ratio, what: `${what} ÷ 100: expand --check, CPU`, value: check.ratio },
      { ...ratio, what: `${what} ÷ 100: lint, CPU`, value: lint.ratio },
      {
        ...ratio,
        what: `${what} ÷ 100, one changed in the last commit: diff, CPU`,
        value: review10.ratio,
      },
      { ...seconds, what: `${what}, one changed: diff, CPU`, value: review10.a, target: 6 },
      {
        id: 'j',
        what: `${what}, one changed: diff, peak memory`,
        value: peakMemoryOf(reviews[1]),
        unit: 'MB',
        target: 500,
      },
      {
        id: 'j',
        what: '500 environments in 50 clusters: lint, CPU',
        value: cpuOf(settled(run(fleet, 'lint'))),
        unit: 'seconds',
        target: 5,
      },
      { ...seconds, what: `${what}: expand --check, CPU`, value: check.a },
      { ...seconds, what: `${what}: expand with nothing to write, CPU`, value: alone.b },
      { ...seconds, what: `${what}: expand --environment, CPU`, value: alone.a },
      {
        id: 'j',
        what: `${what}: expand --check, peak memory`,
        value: peakMemoryOf(command(large, '--check')),
        unit: 'MB',
      },
    ];
  });
}

/** Commits a folder, and then a change of one tenant in it. The review of the second commit. */
function review(folder: string): Command {
  const step = (program: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  };
  const commit = (message: string): void => {
    step(launcher('rem-secrets'), 'expand');
    step('git', 'add', '.');
    step('git', '-c', 'user.name=bench', '-c', 'user.email=bench', 'commit', '-qm', message);
  };
  step('git', 'init', '-q');
  commit('base');
  step('sed', '-i', 's/replicas: [0-9]*/replicas: 9/', 'tenants/tenant-7.yaml');
  commit('head');
  const argv = ['diff', '--no-cache', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  return { argv: [launcher('rem-secrets'), ...argv], cwd: folder };
}

/** CPU seconds of this process from the files to the tree; the first, which compiles code, is not counted. */
function cpuOfTree(folder: string): () => number {
  const host = nodeHost(folder);
  const run = (): number => {
    const before = process.cpuUsage();
    const { spec } = parseSpecSource('rem-secrets.yaml', host.readFile('rem-secrets.yaml'), host);
    const { value } = andThen(spec, whole => expand(whole, host.validators));
    if (value === undefined) throw new Error('the generated spec has faults');
    renderTree(value);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  run();
  return run;
}
