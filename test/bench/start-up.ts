import { join } from 'node:path';
import { withInstalled } from './installed.ts';
import { bare, type Command, compare, cpuOf, launcher, type Row, settled } from './measure.ts';

/** Rendering the repository's own spec, against a Node that does nothing. */
export function startUp(): Row[] {
  return [
    ...rows('clone', launcher('rem-secrets')),
    ...withInstalled(bin => rows('installed', join(bin, 'rem-secrets'))),
  ];
}

function rows(where: string, program: string): Row[] {
  const render = settled({ argv: [program, 'render'] });
  const empty = { argv: ['node', '-e', '0'] };
  const against = (of: (command: Command) => Command): ReturnType<typeof compare> =>
    compare(
      () => cpuOf(of(render)),
      () => cpuOf(of(empty)),
      15,
    );
  const { ratio, a, b } = against(command => command);
  return [
    {
      id: 'd',
      what: `${where}: render of rem-secrets.yaml ÷ node -e 0, CPU`,
      value: ratio,
      unit: 'ratio',
      target: 1.6,
    },
    {
      id: 'd',
      what: `${where}: render of rem-secrets.yaml ÷ node -e 0, CPU, without added certificates`,
      value: against(bare).ratio,
      unit: 'ratio',
    },
    { id: 'd', what: `${where}: render of rem-secrets.yaml, CPU`, value: a, unit: 'seconds' },
    { id: 'd', what: 'node -e 0, CPU', value: b, unit: 'seconds' },
  ];
}
