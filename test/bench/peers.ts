import { cpSync, existsSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { manifests } from './lint.ts';
import type { Command, Row } from './measure.ts';
import { compare, compareCpu, cpuOf, launcher, settled, tool } from './measure.ts';
import {
  applications,
  applicationsJson,
  textOf,
  withArchive,
  withFolder,
  withInstalled,
} from './specs.ts';

/** How many applications, and the most that we may take for each second of Helm. */
const SIZES = [
  [3, 1.5],
  [100, 1.4],
  [1000, 1.6],
  [5000, 1.5],
] as const;

/** The same applications rendered by Helm, which checks and resolves nothing; and what a first run costs. */
export function peers(): Row[] {
  const objects = manifests(120);
  const files = [
    ...SIZES.flatMap(([count]) => filesOf(count)),
    ['before.yaml', objects],
    ['after.yaml', objects.replaceAll(/\/shop\/app-\d*7$/gm, '$&-v2')],
  ];
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
    const review = (program: string): Command => ({
      argv: [program, 'diff', '--base', 'path:before.yaml', '--head', 'path:after.yaml'],
      cwd: folder,
    });
    return [
      ...rows,
      withInstalled(bin => {
        const program = realpathSync(join(bin, 'rem-secrets'));
        const ratio = firstRun(render(3, program), join(program, '../../..'));
        return ['installed: first ÷ fourth run of render, CPU', ratio, 'ratio', 2.2];
      }),
      ...withArchive(home => {
        const program = join(home, 'rem-secrets');
        const runs = { render: render(3, program), diff: review(program) };
        return Object.entries(runs).map(([command, run]): Row => {
          const ratio = firstRun(run, home);
          return [`archive: first ÷ fourth run of ${command}, CPU`, ratio, 'ratio', 1.3];
        });
      }),
    ];
  });
}

/** A run of a package with no kept code but what it came with, against one with what earlier runs have kept. */
function firstRun(command: Command, home: string): number {
  const [kept, shipped] = [join(home, 'dist/compiled'), join(home, 'shipped')];
  if (existsSync(kept)) cpSync(kept, shipped, { recursive: true });
  const { ratio } = compare(
    () => {
      rmSync(kept, { recursive: true, force: true });
      if (existsSync(shipped)) cpSync(shipped, kept, { recursive: true });
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
