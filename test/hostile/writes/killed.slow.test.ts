import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LOCK } from '../../../generator/shell/lock.ts';
import { writeFiles } from '../../../generator/shell/write-files.ts';
import { folderOf, root, runMain } from '../../machine.ts';
import { killRuns } from '../../soak/kills.ts';
import { pause, startExpand } from '../../soak/runs.ts';
import { runTogether } from '../../soak/together.ts';
import { remainsIn, repository, SPECS, treeIn } from '../../soak/tree.ts';
import { contentOf } from '../repository.ts';

// `npm run soak` does the same for longer.
test('killed at random moments, the tree is one or the other, and the next run says nothing', async () => {
  const { trees, faults } = await killRuns(4, 7);
  expect({ faults, mixed: trees.mixed }).toEqual({ faults: [], mixed: 0 });
  expect(trees.old + trees.new + trees.moving).toBe(4);
});

test('runs at once end one after the other', async () =>
  expect(await runTogether(3, 2)).toMatchObject({ whole: 2, faults: [] }));

test.for<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s waits until the tree is whole',
  async signal => {
    const { folder, ended } = await signalled(signal);
    expect(await ended).toMatchObject({ code: 0, stderr: '66 files, 66 changed\n' });
    expect(remainsIn(folder)).toEqual([]);
  },
);

/**
 * A run that was given a signal while it stages: with the lock alone it does not hold signals yet. It is
 * stopped meanwhile, or it could be over between the look and the signal.
 */
async function signalled(signal: NodeJS.Signals) {
  const folder = repository();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { child, ended } = startExpand(folder, SPECS[0] ?? '');
  while (child.exitCode === null && !isStaging(folder)) await pause(0);
  const group = -(child.pid ?? 0);
  if (child.exitCode === null) process.kill(group, 'SIGSTOP');
  await pause(10);
  const isHeld = isStaging(folder);
  if (isHeld) process.kill(group, signal);
  if (child.exitCode === null) process.kill(group, 'SIGCONT');
  if (isHeld) return { folder, ended };
  await ended; // It was over before one could look.
  return signalled(signal);
}

function isStaging(folder: string): boolean {
  try {
    return readdirSync(join(folder, LOCK)).some(name => /^[0-9a-f]{16}$/.test(name));
  } catch {
    return false; // Nobody has the lock, or not any more.
  }
}

test('a tree that is half the one and half the other is made whole without a word', async () => {
  const folder = repository();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [first = '', second = ''] = SPECS;
  await runMain(folder, ['-f', first, 'expand']);
  cpSync(join(folder, 'base'), join(folder, 'before'), { recursive: true });
  await runMain(folder, ['-f', second, 'expand']);
  const whole = treeIn(folder);
  for (const name of readdirSync(join(folder, 'before')).filter((_, index) => index % 2 === 0))
    cpSync(join(folder, 'before', name), join(folder, 'base', name));
  rmSync(join(folder, 'overlays/dev'), { recursive: true });
  expect(treeIn(folder)).not.toBe(whole);
  const ran = await runMain(folder, ['-f', second, 'expand']);
  expect(ran.stderr).toMatch(/^\d+ files, \d+ changed\n$/);
  expect(treeIn(folder)).toBe(whole);
});

const before = new Map([
  ['base/a', 'old a'],
  ['base/b', 'old b'],
  ['gone/c', 'old c'],
]);
const written = new Map([
  ['base/a', 'new a'],
  ['base/b', 'new b'],
  ['added/deep/d', 'new d'],
  ['added/e', 'new e'],
]);
const changes = new Map([...written, ['gone/c', undefined] as const]);

function textsIn(folder: string): Record<string, string> {
  const all = Object.entries(contentOf(folder));
  return Object.fromEntries(all.filter(([, text]) => !text.startsWith('mode ')));
}

function stagingOf(): { readonly root: string; readonly folder: string } {
  const folder = folderOf([...before].map(([path, text]) => [`root/${path}`, text]));
  mkdirSync(join(folder, 'staging'));
  return { root: join(folder, 'root'), folder: join(folder, 'staging') };
}

test('files are changed, added and removed, and folders that are empty then', () => {
  const staging = stagingOf();
  writeFiles(changes, staging);
  expect(textsIn(staging.root)).toEqual(Object.fromEntries(written));
  expect(readdirSync(staging.root).sort()).toEqual(['added', 'base']);
});

test('when the last rename fails, all is as it was', () => {
  const staging = stagingOf();
  rmSync(join(staging.root, 'gone/c'));
  mkdirSync(join(staging.root, 'gone/c/full'), { recursive: true });
  mkdirSync(join(staging.folder, 'old/gone/c/full'), { recursive: true });
  const old = textsIn(staging.root);
  expect(() => writeFiles(changes, staging)).toThrow('cannot write gone/c: directory not empty');
  expect(textsIn(staging.root)).toEqual(old);
  expect(existsSync(join(staging.root, 'added'))).toBe(false);
});

test('the process that moves does so only for a run that is there', () => {
  const staging = stagingOf();
  const moves = ['a', 'b'].map(name => ({
    place: name,
    from: join(staging.folder, name),
    to: join(staging.root, name),
  }));
  for (const { place, from } of moves) writeFileSync(from, place);
  const file = join(staging.folder, 'plan.json');
  writeFileSync(file, JSON.stringify({ moves, folders: [] }));
  const mover = [join(root, 'dist/bundle/mover.cjs'), file];
  const orphan = spawnSync(process.execPath, [...mover, '1'], { encoding: 'utf8' });
  expect(orphan, 'a mover whose run has ended does nothing').toMatchObject({
    status: 1,
    stderr: '',
  });
  expect(existsSync(join(staging.root, 'b'))).toBe(false);
  expect(spawnSync(process.execPath, [...mover, String(process.pid)]).status).toBe(0);
  expect(textsIn(staging.root)).toMatchObject({ a: 'a', b: 'b' });
});
