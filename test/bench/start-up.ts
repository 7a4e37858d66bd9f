import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withInstalled } from './installed.ts';
import { compare, cpuOf, launcher, type Row, root, settled } from './measure.ts';
import { withFolder } from './specs.ts';

/** Rendering the repository's own spec, against a Node that does nothing. */
export function startUp(): Row[] {
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  return withFolder({ 'rem-secrets.yaml': spec }, folder => [
    ...rows('clone', launcher('rem-secrets'), folder),
    ...withInstalled(bin => rows('installed', join(bin, 'rem-secrets'), folder)),
  ]);
}

function rows(where: string, program: string, cwd: string): Row[] {
  const render = settled({ argv: [program, 'render'], cwd });
  const empty = { argv: ['node', '-e', '0'] };
  const { ratio, a, b } = compare(
    () => cpuOf(render),
    () => cpuOf(empty),
    15,
  );
  return [
    {
      id: 'd',
      what: `${where}: render of rem-secrets.yaml ÷ node -e 0, CPU`,
      value: ratio,
      unit: 'ratio',
      target: 4.4,
    },
    { id: 'd', what: `${where}: render of rem-secrets.yaml, CPU`, value: a, unit: 'seconds' },
    { id: 'd', what: 'node -e 0, CPU', value: b, unit: 'seconds' },
  ];
}
