import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareCpu, launcher, type Row, root, settled } from './measure.ts';
import { withFolder, withInstalled } from './specs.ts';

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
  const { ratio, a, b } = compareCpu(render, { argv: ['node', '-e', '0'] }, 15);
  return [
    [`${where}: render of rem-secrets.yaml ÷ node -e 0, CPU`, ratio, 'ratio', 4.4],
    [`${where}: render of rem-secrets.yaml, CPU`, a, 'seconds'],
    ['node -e 0, CPU', b, 'seconds'],
  ];
}
