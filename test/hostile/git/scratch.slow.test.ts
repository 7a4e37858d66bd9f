import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { remSecrets, run } from '../../machine.ts';
import { commit, type Files, repositoryOf } from '../../review/repository.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;

/** Builds that all change and that only kustomize does. */
function largeRepository(): string {
  const filesWith = (value: number): Files =>
    Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        [`env-${index}/kustomization.yaml`, 'namePrefix: a-\nresources: [a.yaml]\n'],
        [`env-${index}/a.yaml`, configMap(index, value)],
      ]).flat(),
    );
  const folder = repositoryOf(filesWith(1));
  commit(folder, filesWith(2));
  return folder;
}

function configMap(name: number, value: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c-${name} }\ndata: { value: "${value}" }\n`;
}

function startDiff(cwd: string): { readonly child: ChildProcess; readonly scratch: string } {
  const scratch = mkdtempSync(join(tmpdir(), 'rem-secrets-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const child = spawn(
    remSecrets,
    ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD', '--no-cache'],
    {
      cwd,
      stdio: 'ignore',
      detached: true, // A process group of its own, as a terminal gives.
      env: { ...process.env, TMPDIR: scratch },
    },
  );
  return { child, scratch };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(2);
}

test.for(SIGNALS)('after %s no scratch folder is left', async signal => {
  const folder = largeRepository();
  for (const delay of [0, 20, 60, 150]) {
    const { child, scratch } = startDiff(folder);
    const ended = once(child, 'exit');
    await until(() => readdirSync(scratch).length > 0);
    await setTimeout(delay);
    child.kill(signal);
    // A machine with other work may wait longer than the diff takes.
    const ends = [[null, signal], ...(delay === 0 ? [] : [[0, null]])];
    expect(ends, `killed after ${delay} ms`).toContainEqual(await ended);
    await until(() => readdirSync(scratch).length === 0);
  }
});

test('Ctrl-C, which reaches every program of a terminal, leaves none either', async () => {
  const { child, scratch } = startDiff(largeRepository());
  const ended = once(child, 'exit');
  await until(() => readdirSync(scratch).length > 0);
  process.kill(-(child.pid ?? Number.NaN), 'SIGINT');
  await ended;
  await until(() => readdirSync(scratch).length === 0);
});

test('a diff that ends leaves nothing, and nothing waits for it', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'rem-secrets-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const env = { ...process.env, TMPDIR: scratch };
  const args = ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
  const { status, stderr } = run(remSecrets, args, { cwd: largeRepository(), env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(scratch)).toEqual([]);
});
