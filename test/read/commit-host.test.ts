import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../generator/core/host.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { blobsIn, commitHost } from '../../generator/world/git-tree.ts';
import { commit, git, repositoryOf } from '../review/repository.ts';

const files = {
  'apps/a/kustomization.yaml': 'resources: [a.yaml]\n',
  'apps/a/a.yaml': 'a: 1\n',
  'apps/a/deep/note.txt': 'far\n',
  'apps/b/b.yaml': 'b: 1\n',
};

const headOf = (folder: string): string => git(folder, 'rev-parse', 'HEAD').trim();

const textAt = (host: Host, path: string): string => new TextDecoder().decode(host.readFile(path));

test('a commit is read from what git stores, and of it comes to the disk what another program is to find', () => {
  const folder = repositoryOf(files);
  const host = commitHost(headOf(folder), nodeHost(folder));
  expect(host.listFiles('.')).toEqual(Object.keys(files).sort());
  expect(host.entriesIn('apps')).toEqual([
    { name: 'a', kind: 'folder' },
    { name: 'b', kind: 'folder' },
  ]);
  expect(textAt(host.below('apps'), 'b/b.yaml')).toBe('b: 1\n');
  const isWritten = (path: string): boolean => existsSync(join(host.cwd, path));
  expect(isWritten('.')).toBe(false);
  host.onDisk?.([join(host.cwd, 'apps/a'), join(host.cwd, 'apps/b/absent/deeper')]);
  expect(Object.keys(files).filter(isWritten)).toEqual([
    'apps/a/kustomization.yaml',
    'apps/a/a.yaml',
    'apps/b/b.yaml',
  ]);
  host.onDisk?.();
  expect(Object.keys(files).every(isWritten)).toBe(true);
});

test('what is not there is not there to anybody, and what is no file is not read', () => {
  const folder = repositoryOf(files);
  const host = commitHost(headOf(folder), nodeHost(folder));
  for (const path of ['apps/c', 'apps/a/a.yaml/x', '.git/config'])
    for (const ask of [host.kindOf, host.realPath, host.linkText, host.entriesIn])
      expect(ask(path), path).toBeUndefined();
  expect(host.kindOf('.git')).toBe('folder');
  expect(() => host.readFile('apps/c')).toThrow('ENOENT');
  expect(() => host.readFile('apps/a')).toThrow('it is no regular file');
  expect(host.exists('/bin/sh')).toBe(true);
});

test('what two commits have in common is asked of git once', () => {
  const folder = repositoryOf(files);
  const before = headOf(folder);
  commit(folder, { 'apps/a/a.yaml': 'a: 2\n' });
  const asked: string[] = [];
  const machine = nodeHost(folder);
  const host: Host = {
    ...machine,
    runNow: (command, args, options) => {
      if (args.includes('cat-file')) asked.push(...(options?.input ?? '').trim().split('\n'));
      return machine.runNow(command, args, options);
    },
  };
  const blobs = blobsIn(host);
  const [base, head] = [commitHost(before, host, blobs), commitHost(headOf(folder), host, blobs)];
  expect(asked).toHaveLength(Object.keys(files).length + 1);
  expect([base, head].map(side => textAt(side, 'apps/a/a.yaml'))).toEqual(['a: 1\n', 'a: 2\n']);
  expect(asked).toHaveLength(Object.keys(files).length + 1);
});
