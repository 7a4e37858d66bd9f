import { join } from 'node:path';
import { type Case, contentOf, lines, namesIn, textIn } from './case.ts';

/** The corpora beside the repository, where they are: real repositories, and made-up faults and changes. */
export function sharedCases(folder: string): Case[] {
  const field = ['field', 'field/second'].map(path => join(folder, path));
  return [
    ...field.flatMap(one => below(one, 'heads').flatMap(head)),
    ...field.flatMap(one => below(one, 'faults').flatMap(realFault)),
    ...field.flatMap(one => below(one, 'changes').map(realChange)),
    ...['cases', 'clean', 'traps', 'variants'].flatMap(kind =>
      below(folder, `faults/${kind}`).map(fault),
    ),
    ...['pairs', 'harmless'].flatMap(kind => below(folder, `risks/${kind}`).map(risk)),
  ];
}

function below(folder: string, path: string): string[] {
  return namesIn(join(folder, path))
    .filter(name => !/[.](?:py|md)$/.test(name))
    .map(name => join(folder, path, name));
}

/** The last names of a path. */
function nameOf(folder: string): string {
  return `shared/${folder.split('/').slice(-3).join('/')}`;
}

/** A whole repository. */
function head(folder: string): Case {
  return {
    name: nameOf(folder),
    inputs: contentOf(join(folder, 'tree')),
    commands: lines('lint . {text json sarif}', 'graph . -o json'),
    isLarge: true,
  };
}

function realFault(folder: string): Case[] {
  const { lint_path: paths } = JSON.parse(textIn(folder, 'case.json'));
  const line = `lint ${[paths].flat().join(' ')} -o json`;
  return ['parent', 'fix'].map(side => ({
    name: `${nameOf(folder)}/${side}`,
    inputs: contentOf(join(folder, side)),
    commands: lines(line, ...(side === 'parent' ? ['lint .'] : [])),
  }));
}

/** A commit, as its author had it before it was made. */
function realChange(folder: string): Case {
  return {
    name: nameOf(folder),
    inputs: contentOf(join(folder, 'head')),
    committed: contentOf(join(folder, 'base')),
    commands: lines('diff', 'diff --reports out'),
  };
}

function fault(folder: string): Case {
  const files = namesIn(folder).filter(name => name.endsWith('.yaml'));
  return {
    name: nameOf(folder),
    inputs: contentOf(folder),
    commands: lines(`lint ${files[0]}`, ...files.map(file => `lint ${file} -o json`)),
  };
}

function risk(folder: string): Case {
  const diff = 'diff --base base.yaml --head head.yaml';
  return {
    name: nameOf(folder),
    inputs: contentOf(folder),
    commands: lines(diff, `${diff} --reports out`),
  };
}
