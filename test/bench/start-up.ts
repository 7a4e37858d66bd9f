import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifests } from './lint.ts';
import type { Command, Row } from './measure.ts';
import { compareCpu, launcher, peakMemoryOf, rem, root, settled } from './measure.ts';
import { applications, functionInput, withFolder, withInstalled } from './specs.ts';

const NOTHING = { argv: ['node', '-e', '0'] };

/** Small runs, of the repository's own spec and of 50 KB, against a Node that does nothing; and their memory. */
export function startUp(): Row[] {
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const [fifty, objects] = [applications(86), manifests(120)];
  const files = {
    'rem-secrets.yaml': spec,
    '50/rem-secrets.yaml': fifty,
    '50/objects.yaml': objects,
    '50/changed.yaml': objects.replaceAll(/\/shop\/app-\d*7$/gm, '$&-v2'),
  };
  return withFolder(files, folder => {
    const cwd = join(folder, '50');
    const sides = ['--base', 'path:objects.yaml', '--head', 'path:changed.yaml'];
    return [
      ...rows('clone', launcher('rem-secrets'), folder),
      ...withInstalled(bin => rows('installed', join(bin, 'rem-secrets'), folder)),
      ...small('render', rem(cwd, 'render'), 6.5),
      ...small('lint', rem(cwd, 'lint', 'objects.yaml'), 6),
      ...small('diff', rem(cwd, 'diff', ...sides), 7),
      ...small(
        'the function',
        { argv: [launcher('rem-secrets-fn')], input: functionInput(fifty) },
        6.5,
      ),
    ];
  });
}

function rows(where: string, program: string, cwd: string): Row[] {
  const render = settled({ argv: [program, 'render'], cwd });
  const { ratio, a, b } = compareCpu(render, NOTHING, 15);
  return [
    [`${where}: render of rem-secrets.yaml ÷ node -e 0, CPU`, ratio, 'ratio', 4.4],
    [`${where}: render of rem-secrets.yaml, CPU`, a, 'seconds'],
    [`${where}: render of rem-secrets.yaml, peak memory`, peakMemoryOf(render), 'MB', 66],
    ['node -e 0, CPU', b, 'seconds'],
  ];
}

function small(what: string, command: Command, goal: number): Row[] {
  const { ratio } = compareCpu(settled(command), NOTHING, 9);
  return [
    [`50 KB: ${what} ÷ node -e 0, CPU`, ratio, 'ratio', goal],
    [`50 KB: ${what}, peak memory`, peakMemoryOf(command), 'MB', 70],
  ];
}
