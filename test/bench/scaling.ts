import { join } from 'node:path';
import { andThen } from '../../generator/core/finding.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { parseSpec } from '../../generator/spec/parse.ts';
import { expand } from '../../generator/spec/pipeline.ts';
import type { Command, Row } from './measure.ts';
import {
  compare,
  compareCpu,
  cpuInProcess,
  cpuOf,
  outputOf,
  peakMemoryOf,
  rem,
  root,
} from './measure.ts';
import { applications, secretsWithReaders, withFolder } from './specs.ts';

/** Five times the secrets should take about five times the time. */
export function scaling(): Row[] {
  const [small, large] = [secretsWithReaders(1000), secretsWithReaders(5000)];
  return withFolder({ 'small.yaml': small, 'large.yaml': large }, folder => {
    const render = (name: string): Command =>
      rem(undefined, '--file', join(folder, `${name}.yaml`), 'render');
    const inProcess = compare(cpuOfExpanding(large), cpuOfExpanding(small), 5).ratio;
    const whole = compareCpu(render('large'), render('small'), 5);
    const what = '5,000 secrets with readers';
    return [
      [`${what} ÷ 1,000: render, CPU`, whole.ratio, 'ratio', 5.5],
      [`${what} ÷ 1,000: parse and expand in one process, CPU`, inProcess, 'ratio', 5.5],
      [
        'import of an overlay of 1,200 objects ÷ of one of 300, CPU: four times the objects',
        importsOf(400) / importsOf(100),
        'ratio',
        4.5,
      ],
      [`${what}: render, CPU`, whole.a, 'seconds'],
      [`${what}: render, peak memory`, peakMemoryOf(render('large')), 'MB', 260],
    ];
  });
}

/** CPU seconds to import the overlay of a spec of so many applications, each of which has three objects. */
function importsOf(count: number): number {
  const spec = `${applications(count)}  environments: { dev: { namespace: dev } }\n`;
  return withFolder({ 'rem-secrets.yaml': spec }, cwd => {
    outputOf({ ...rem(undefined, 'expand'), cwd });
    const written = rem(undefined, 'import', 'overlays/dev', '--out', 'out', '--overwrite');
    return cpuOf({ ...written, cwd });
  });
}

/** CPU seconds of this process for one expansion. */
function cpuOfExpanding(text: string): () => number {
  const { validators } = nodeHost(root);
  return cpuInProcess(() => {
    const { value } = andThen(parseSpec(text), spec => expand(spec, validators));
    if (value === undefined) throw new Error('the generated spec has faults');
  });
}
