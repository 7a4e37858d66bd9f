import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, remembering, root, runMain } from '../machine.ts';
import { faultsOfPlaces } from './told-places.ts';

/** A command in a folder; of `diff` the sides are the files or folders `base` and `head`. */
interface Case {
  readonly name: string;
  readonly folder: string;
  readonly args: readonly string[];
}

/** The places of what a command prints that are not there, or do not hold what they are said to hold. */
async function offenders({ name, folder, args }: Case): Promise<string[]> {
  const { stdout } = await runMain(folder, ['--format', 'json', ...args], '', remembering);
  if (!stdout.startsWith('{')) return [];
  const faults = faultsOfPlaces(JSON.parse(stdout), ({ file, side }) => {
    const isOfSide =
      side === undefined || file.startsWith(args[args.indexOf(`--${side}`) + 1] ?? '');
    const path = join(folder, file);
    return isOfSide && existsSync(path) && statSync(path).isFile()
      ? readFileSync(path, 'utf8')
      : undefined;
  });
  return faults.map(fault => `${name}: ${args.join(' ')}: ${fault}`);
}

async function offendersOf(cases: readonly Case[]): Promise<string[]> {
  const all: string[] = [];
  for (const one of cases) all.push(...(await offenders(one)));
  return all;
}

function namesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).filter(name => !name.includes('.'));
}

/** A copy of a tree, so that no repository is around it. */
function copyOf(tree: string): string {
  const paths = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  const files = paths.filter(path => statSync(join(tree, path)).isFile());
  return folderOf(files.map(path => [path, readFileSync(join(tree, path))] as const));
}

test('every place of a finding is there, and has what the finding names', async () => {
  const cases = namesIn('test/lint/rules').map(name => {
    const folder = copyOf(join(root, 'test/lint/rules', name));
    return {
      name,
      folder,
      args: ['lint', existsSync(join(folder, 'bad.yaml')) ? 'bad.yaml' : 'bad'],
    };
  });
  expect(await offendersOf(cases)).toEqual([]);
});

test('every place of a finding of a repository is there, and has what the finding names', async () => {
  const cases = namesIn('test/world').map(name => ({
    name,
    folder: copyOf(join(root, 'test/world', name, 'tree')),
    args: ['lint', '.'],
  }));
  expect(await offendersOf(cases)).toEqual([]);
});

test('every place of a risk is there on its side, and has what the risk names', async () => {
  const cases = namesIn('test/review/risks').map(name => {
    const folder = join(root, 'test/review/risks', name);
    const end = existsSync(join(folder, 'base.yaml')) ? '.yaml' : '';
    return { name, folder, args: ['diff', '--base', `base${end}`, '--head', `risky${end}`] };
  });
  expect(await offendersOf(cases)).toEqual([]);
});
