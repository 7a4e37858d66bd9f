import { join } from 'node:path';
import { andThen } from '../../generator/core/finding.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { parseSpec } from '../../generator/spec/parse.ts';
import { expand } from '../../generator/spec/pipeline.ts';
import { compare, cpuOf, launcher, peakMemoryOf, type Row, root } from './measure.ts';
import { secretsWithReaders, withFolder } from './specs.ts';

/** Five times the secrets should take about five times the time. */
export function scaling(): Row[] {
  const [small, large] = [secretsWithReaders(1000), secretsWithReaders(5000)];
  return withFolder({ 'small.yaml': small, 'large.yaml': large }, folder => {
    const command = (file: string) => ({
      argv: [launcher('rem-secrets'), '--file', join(folder, file), 'render'],
    });
    const inProcess = compare(cpuOfExpanding(large), cpuOfExpanding(small), 5);
    const whole = compare(
      () => cpuOf(command('large.yaml')),
      () => cpuOf(command('small.yaml')),
      5,
    );
    const memory = peakMemoryOf(command('large.yaml'));
    const what = '5,000 secrets with readers';
    const times = `${what} ÷ 1,000`;
    return [
      { id: 'b', what: `${times}: render, CPU`, value: whole.ratio, unit: 'ratio', target: 5.5 },
      {
        id: 'b',
        what: `${times}: parse and expand in one process, CPU`,
        value: inProcess.ratio,
        unit: 'ratio',
        target: 5.5,
      },
      { id: 'b', what: `${what}: render, CPU`, value: whole.a, unit: 'seconds' },
      { id: 'b', what: `${what}: render, peak memory`, value: memory, unit: 'MB', target: 300 },
    ];
  });
}

/** CPU seconds of this process for one expansion; the first, which compiles code, is not counted. */
function cpuOfExpanding(text: string): () => number {
  const { validators } = nodeHost(root);
  const run = (): number => {
    const before = process.cpuUsage();
    const { value } = andThen(parseSpec(text), spec => expand(spec, validators));
    const { user, system } = process.cpuUsage(before);
    if (value === undefined) throw new Error('the generated spec has faults');
    return (user + system) / 1e6;
  };
  run();
  return run;
}
