import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { managedResources } from '../../generator/kinds/crossplane.ts';
import { kindOf, kinds } from '../../generator/kinds/kinds.ts';
import { alone, root, runMain } from '../machine.ts';

/** A folder a kind, by group; the group of Kubernetes' core is called core. */
const cases = join(root, 'test/kinds');

const makers = [...kinds, ...managedResources].flatMap(kind =>
  kind.makes === undefined ? [] : [`${kind.group === '' ? 'core' : kind.group}/${kind.kind}`],
);

test('each kind is in the list once', () => {
  const names = kinds.map(({ group, kind }) => `${group}/${kind}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('a kind is found by its group and its name', () =>
  expect(kinds.filter(kind => kindOf(kind.group, kind.kind) !== kind)).toEqual([]));

test('every kind that makes Secrets has its cases, and no other has', () => {
  const folders = readdirSync(cases, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name: group }) => readdirSync(join(cases, group)).map(kind => `${group}/${kind}`));
  const offenders = [
    ...makers.filter(name => !folders.includes(name)).map(name => `add test/kinds/${name}/`),
    ...folders
      .filter(name => !makers.includes(name))
      .map(name => `test/kinds/${name}/ is of no kind that makes Secrets`),
  ];
  expect(offenders).toEqual([]);
});

test.for(makers)('%s: what it makes is there, with its keys, until it is removed', async name => {
  const folder = join(cases, name);
  expect(await runMain(alone(join(folder, 'made.yaml')), 'lint made.yaml')).toMatchObject({
    status: 0,
    stderr: '',
  });

  if (existsSync(join(folder, 'any-key.yaml'))) {
    expect(await runMain(alone(join(folder, 'any-key.yaml')), 'lint any-key.yaml')).toMatchObject({
      status: 0,
      stderr: '',
    });
  } else {
    const missing = await runMain(alone(join(folder, 'missing-key.yaml')), 'lint missing-key.yaml');
    expect(missing.stdout).toContain('[unknown-secret-key]');
    await expect(missing.stdout).toMatchFileSnapshot(join(folder, 'missing-key.out'));
  }

  const removed = await runMain(folder, 'diff --base made.yaml --head removed.yaml');
  expect(removed.stdout).toContain('[secret-lost]');
  await expect(removed.stdout).toMatchFileSnapshot(join(folder, 'removed.out'));
});
