import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Waits until whoever holds the other end of its stdin is gone, and removes the folder it was told. */
const REMOVE_AT_END = 'IFS= read -r folder || exit; read -r _; rm -rf -- "$folder"';

/**
 * Hands on a new empty folder, which is gone afterwards, also after a signal. While another program
 * runs no handler of ours could: so another process looks after the folder, in a session of its
 * own, which Ctrl-C does not reach, and even SIGKILL leaves nothing behind.
 */
export function withScratchFolder<T>(use: (folder: string) => T): T {
  const { folder, remove } = scratchFolder();
  try {
    return use(folder);
  } finally {
    remove();
  }
}

/** A new empty folder, which is gone when the process ends, whatever ends it. */
export function lastingFolder(): string {
  const { folder, remove } = scratchFolder();
  if (lasting.length === 0) process.on('exit', endAll);
  lasting.push(remove);
  return folder;
}

const lasting: (() => void)[] = [];

function endAll(): void {
  for (const remove of lasting) remove();
}

function scratchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = join(realpathSync(tmpdir()), `rem-secrets-${random()}${random()}`);
  const keeper = keeperOf(folder);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    keeper.kill('SIGKILL'); // What we did not make we do not remove.
    throw error;
  }
  const remove = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // What we cannot remove, as when no more files can be opened, the other process does.
    }
    keeper.stdin?.destroy();
  };
  return { folder, remove };
}

/** Told before the folder is made: a signal may come in between. */
function keeperOf(folder: string): ChildProcess {
  const keeper = spawn('/bin/sh', ['-c', REMOVE_AT_END], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.on('error', () => {}); // Without a shell the folder still goes at a usual end.
  keeper.stdin?.on('error', () => {});
  keeper.stdin?.write(`${folder}\n`);
  keeper.unref();
  // A socket, which alone keeps no run from its end; none of a shell that could not be started.
  const stdin = keeper.stdin ?? {};
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return keeper;
}

/** A name is made once and by us: whoever guesses it can only stop us. */
function random(): string {
  return Math.random().toString(36).slice(2);
}
