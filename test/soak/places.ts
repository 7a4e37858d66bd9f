import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOfPlaces } from '../report/told-places.ts';
import { root } from './tree.ts';

/*
 * `npm run soak-places` asks lint and diff about the repositories and the commits of others that `.ci/run` scores with
 * (or those in REM_FIELD), and fails where a place that they tell is not there, or does not hold what it is to hold.
 */
const field = process.env['REM_FIELD'] ?? join(root, '../shared/field');

/** A command in a folder. */
interface Run {
  readonly folder: string;
  readonly args: readonly string[];
}

function namesIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder).filter(name => statSync(join(folder, name)).isDirectory())
    : [];
}

function runsOf(set: string): Run[] {
  const folders = (name: string): string[] =>
    namesIn(join(set, name)).map(entry => join(set, name, entry));
  const changes = folders('changes').flatMap(folder => {
    const { scope }: { readonly scope: string } = JSON.parse(
      readFileSync(join(folder, 'case.json'), 'utf8'),
    );
    return { folder, args: ['diff', '--base', join('base', scope), '--head', join('head', scope)] };
  });
  const faults = folders('faults').flatMap(folder => [
    { folder: join(folder, 'parent'), args: ['lint', '.'] },
    { folder, args: ['diff', '--base', 'parent', '--head', 'fix'] },
    { folder, args: ['diff', '--base', 'fix', '--head', 'parent'] },
  ]);
  const heads = folders('heads').map(folder => ({
    folder: join(folder, 'tree'),
    args: ['lint', '.'],
  }));
  return [...changes, ...faults, ...heads];
}

/** What is wrong with the places of a run. */
function faultsOf({ folder, args }: Run): string[] {
  const { stdout } = spawnSync(join(root, 'generator/rem-secrets'), ['--format', 'json', ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  if (!stdout.startsWith('{')) return [];
  return faultsOfPlaces(JSON.parse(stdout), ({ file, side }) => {
    const [above = ''] = (
      side === undefined ? '' : (args[args.indexOf(`--${side}`) + 1] ?? '')
    ).split('/');
    const path = join(folder, file);
    return file.startsWith(above) && existsSync(path) && statSync(path).isFile()
      ? readFileSync(path, 'utf8')
      : undefined;
  });
}

const runs = [field, join(field, 'second')].flatMap(runsOf);
if (runs.length === 0) console.error(`soak-places: there are no repositories in ${field}`);
let bad = 0;
for (const run of runs)
  for (const fault of faultsOf(run)) {
    bad += 1;
    console.error(`soak-places: ${run.folder}: ${run.args.join(' ')}: ${fault}`);
  }
console.log(`${runs.length} runs, ${bad} places with a fault`);
if (bad > 0 || runs.length === 0) process.exitCode = 1;
