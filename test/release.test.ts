import { expect, test } from 'vitest';
import { tarOf } from '../tools/release/tar.ts';
import { filled, follows, releasedChangelog } from '../tools/release/texts.ts';
import { folderOf, output, readText, root } from './machine.ts';

test('what is unreleased becomes the version, and stays above those before it', () => {
  const released = '## [0.1.0] - 2026-01-01\n\n### Added\n\n- First.\n';
  const before = `# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- A.\n\n${released}`;
  const after = `# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Fixed\n\n- A.\n\n${released}`;
  const release = (text: string, version: string) => releasedChangelog(text, version, '2026-02-03');
  expect(release(before, '0.2.0')).toBe(after);
  expect(() => release(before, '0.1.0')).toThrow('has 0.1.0 already');
  expect(() => release(after, '0.3.0')).toThrow('nothing under ## [Unreleased]');
  expect(() => release('# Changelog\n', '0.2.0')).toThrow('nothing under ## [Unreleased]');
});

test('the changelog has the form of Keep a Changelog, and the version of the package', () => {
  const text = readText(root, 'CHANGELOG.md');
  const [first, ...versions] = text.match(/^## .*$/gm) ?? [];
  expect(first).toBe('## [Unreleased]');
  for (const heading of versions)
    expect(heading).toMatch(/^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  const { version } = JSON.parse(readText(root, 'package.json'));
  expect(versions[0]).toContain(`[${version}]`);
  const groups = new Set(text.match(/^### .*$/gm));
  const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
  expect([...groups].filter(group => !known.includes(group.slice(4)))).toEqual([]);
});

test.for([
  ['0.2.0', '0.1.9', true],
  ['0.1.10', '0.1.9', true],
  ['1.0.0', '0.9.9', true],
  ['0.1.9', '0.1.9', false],
  ['0.1.8', '0.1.9', false],
  ['v0.2.0', '0.1.9', false],
  ['0.2', '0.1.9', false],
] as const)('%s follows %s: %s', ([version, before, is]) => {
  expect(follows(version, before)).toBe(is);
});

test('a template is filled in whole', () => {
  expect(filled('v{{ version }} {{ a sum }}', { version: '1', 'a sum': 'x' })).toBe('v1 x');
  expect(() => filled('{{ other }}', {})).toThrow('nothing is given for {{ other }}');
});

test('a tar is what tar takes it for, and no time is in it', () => {
  const long = `${'folder/'.repeat(20)}file`;
  const entries = [
    { path: 'a/run', bytes: Buffer.from('#!/bin/sh\necho it runs\n'), isExecutable: true },
    { path: 'a/link', link: 'run' },
    { path: long, bytes: Buffer.alloc(1025, 'x') },
    { path: 'empty/' },
  ];
  const folder = folderOf({ 'all.tar': tarOf(entries) });
  output('tar', ['-xf', 'all.tar'], { cwd: folder });
  expect(output('./a/link', [], { cwd: folder })).toBe('it runs\n');
  expect(readText(folder, long)).toHaveLength(1025);
  expect(output('tar', ['-tvf', 'all.tar', '--utc'], { cwd: folder })).toMatch(
    /^lrwxrwxrwx root\/root|^lrwxrwxrwx 0\/0 +0 1970-01-01/m,
  );
  expect(tarOf([...entries].reverse())).toEqual(tarOf(entries));
});
