import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compiledEntries } from '../../tools/release/compiled-code.ts';
import type { Entry } from '../../tools/release/tar.ts';
import type { Command, Row } from './measure.ts';
import {
  compare,
  compareCpu,
  cpuOf,
  launcher,
  peakMemoryOf,
  root,
  settled,
  tool,
} from './measure.ts';
import { applications, applicationsJson, textOf, withFolder, withInstalled } from './specs.ts';

/** How many applications, and the most that we may take for each second of Helm. */
const SIZES = [
  [3, 1.6],
  [100, 1.6],
  [1000, 2.2],
  [5000, 2],
] as const;

/** The same applications rendered by Helm, which checks and resolves nothing; and what a first run costs. */
export function peers(): Row[] {
  const files = SIZES.flatMap(([count]) => filesOf(count));
  return withFolder(Object.fromEntries(files), folder => {
    const render = (count: number, program = launcher('rem-secrets')): Command => ({
      argv: [program, 'render'],
      cwd: join(folder, `${count}`),
    });
    settled(render(SIZES[0][0]));
    const rows = SIZES.map(([count, target]): Row => {
      const argv = [tool('helm/helm'), 'template', 'bench', join(folder, `chart-${count}`)];
      const { ratio } = compareCpu(render(count), { argv }, count < 1000 ? 9 : 3);
      return [`${count} applications: render ÷ helm template, CPU`, ratio, 'ratio', target];
    });
    return [
      ...rows,
      ['3 applications: render, peak memory', peakMemoryOf(render(3)), 'MB', 66],
      ...withInstalled((bin): Row[] => {
        const installed = render(3, join(bin, 'rem-secrets'));
        const shipped = firstRun(installed, compiledEntries(root, ''));
        return [
          ['installed: first ÷ fourth run of render, CPU', firstRun(installed), 'ratio', 2.4],
          ['archive: first ÷ fourth run of render, CPU', shipped, 'ratio', 1.3],
        ];
      }),
    ];
  });
}

/** A run with no kept code but what is shipped, against one with what earlier runs have kept. */
function firstRun(command: Command, shipped: readonly Entry[] = []): number {
  const [program = ''] = command.argv;
  const home = dirname(dirname(dirname(realpathSync(program))));
  const compiled = join(home, 'dist/compiled');
  const { ratio } = compare(
    () => {
      rmSync(compiled, { recursive: true, force: true });
      if (shipped.length > 0) mkdirSync(compiled);
      for (const { path, bytes = '' } of shipped) writeFileSync(join(home, path), bytes);
      const first = cpuOf(command);
      settled(command);
      return first;
    },
    () => cpuOf(command),
    9,
  );
  return ratio;
}

function filesOf(count: number): [path: string, text: string][] {
  return [
    [`${count}/rem-secrets.yaml`, applications(count)],
    [`chart-${count}/Chart.yaml`, 'apiVersion: v2\nname: bench\nversion: 1.0.0\n'],
    [`chart-${count}/values.yaml`, applicationsJson(count)],
    [`chart-${count}/templates/apps.yaml`, textOf('chart-template')],
  ];
}
