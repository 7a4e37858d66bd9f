import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { attempt } from '../core/json.ts';
import { onceFor } from '../core/once.ts';

/**
 * Reads what is to end with us, a line each: a folder, or `+` and `-` with the number of a process that starts or ends
 * (a group: a `-` more). When stdin ends it kills these and removes the folders; Ctrl-C does not reach it.
 */
const KEEPER = `
running=
while IFS= read -r line; do
  case $line in
    /*) set -- "$@" "$line" ;;
    +*) running="$running \${line#+}" ;;
    -*) others=
      for id in $running; do [ "$id" = "\${line#-}" ] || others="$others $id"; done
      running=$others ;;
  esac
done
[ -z "$running" ] || kill -s KILL -- $running
[ $# = 0 ] || rm -rf -- "$@"`;

/** The process that ends what is left when we have ended; a handler of ours could not run after SIGKILL. */
const keeper = onceFor((): ChildProcess => {
  const child = spawn('/bin/sh', ['-c', KEEPER], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => {}); // Without a shell the folder still goes at a usual end.
  child.stdin?.on('error', () => {});
  child.unref();
  // It is a socket, which shall not keep the run from ending; or absent, if the shell did not start.
  const stdin = child.stdin ?? {};
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return child;
});

function tell(line: string): void {
  keeper().stdin?.write(`${line}\n`);
}

/** Where a process that starts says that it is to end with us: it does so itself, as we may end meanwhile. */
export function keeperInput(): Writable | 'ignore' {
  const { pid, stdin } = keeper();
  return (pid !== undefined && stdin) || 'ignore';
}

/** Says that a process has ended, or a group, whose number is negative. */
export function hasEnded(id: number): void {
  tell(`-${id}`);
}

const folders: string[] = [];

/** Makes an empty folder, which is gone when the process ends, whatever ends it. */
export function lastingFolder(): string {
  const folder = join(realpathSync(tmpdir()), `rem-secrets-${random()}${random()}`);
  tell(folder); // First, as a signal may come in between.
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    keeper().kill('SIGKILL'); // What we did not make we do not remove.
    throw error;
  }
  if (folders.length === 0) process.on('exit', () => folders.forEach(removeFolder));
  folders.push(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  // The keeper removes what we cannot, as when no more files can be opened.
  attempt(() => rmSync(folder, { recursive: true, force: true }));
}

/** Whoever guesses a name can only stop us, as we never use a folder that is there. */
function random(): string {
  return Math.random().toString(36).slice(2);
}
