import { expect, test } from 'vitest';
import type { FolderEntry } from '../../generator/core/host.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { withKept } from '../../generator/shell/kept.ts';
import { repositoryOf } from '../../generator/world/repository.ts';
import { folderOf } from '../machine.ts';

function filesIn(count: number): FolderEntry[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${index}.txt`, kind: 'file' }));
}

test.for([
  [20_000, []],
  [
    20_001,
    [
      'rem-secrets: all 20001 files below "." are looked at; "exclude" of .rem-secrets-lint.yaml leaves folders out\n',
    ],
  ],
] as const)('a survey of %i files', ([count, said]) => {
  const folder = folderOf();
  const told: string[] = [];
  const stderr = (text: string): void => void told.push(text);
  repositoryOf(folder, ['.'], {}, { ...nodeHost(folder), entriesIn: () => filesIn(count), stderr });
  expect(told).toEqual(said);
});

test('a run that only reads asks for a file once, from whichever folder, and of folders that it makes each time', () => {
  const folder = folderOf([['a/b.yaml', 'a: 1\n']]);
  const asked: string[] = [];
  const machine = nodeHost(folder);
  const host = withKept(
    {
      ...machine,
      readFile: path => {
        asked.push(path);
        return machine.readFile(path);
      },
    },
    { cache: false },
  );
  const texts = [host.readFile('a/b.yaml'), host.below('a').readFile('b.yaml')];
  expect(texts.map(String)).toEqual(['a: 1\n', 'a: 1\n']);
  expect(asked).toEqual([`${folder}/a/b.yaml`]);
  const scratch = host.scratchFolder();
  expect(scratch.kindOf('new.yaml')).toBeUndefined();
  scratch.writeFile('new.yaml', 'a: 1\n');
  expect(scratch.kindOf('new.yaml')).toBe('file');
});
