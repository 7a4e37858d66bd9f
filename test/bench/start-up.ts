import { join } from 'node:path';
import { withInstalled } from './installed.ts';
import { compare, cpuOf, launcher, type Row, settled } from './measure.ts';

/** Rendering the repository's own spec, against a Node that does nothing. */
export function startUp(): Row[] {
  return [
    ...rows('clone', launcher('rem-secrets')),
    ...withInstalled(bin => rows('installed', join(bin, 'rem-secrets'))),
  ];
}

function rows(where: string, program: string): Row[] {
  const render = settled({ argv: [program, 'render'] });
  const { ratio, a, b } = compare(
    () => cpuOf(render),
    () => cpuOf({ argv: ['node', '-e', '0'] }),
    15,
  );
  return [
    {
      id: 'd',
      what: `${where}: render of rem-secrets.yaml ÷ node -e 0, CPU`,
      value: ratio,
      unit: 'ratio',
      target: 1.6,
    },
    { id: 'd', what: `${where}: render of rem-secrets.yaml, CPU`, value: a, unit: 'seconds' },
    { id: 'd', what: 'node -e 0, CPU', value: b, unit: 'seconds' },
  ];
}
