import type { Host } from '../ground/host.ts';
import { refusalOf } from '../ground/host-error.ts';
import { exitCodes } from './exit-codes.ts';
import { nodeHost } from './host/node-host.ts';
import { tell } from './host/streams.ts';

/** Runs a program on this machine to its exit code. */
export function runProgram(name: string, use: (host: Host) => number): number {
  return guarded(name, { cwd: '/', stderr: tell }, () => {
    const host = nodeHost(process.cwd());
    return guarded(name, host, () => use(host));
  });
}

/**
 * Tells what the machine refuses, in one line; any other error that comes up to here is our bug.
 * Returns the exit code.
 */
export function guarded(
  name: string,
  { cwd, stderr }: Pick<Host, 'cwd' | 'stderr'>,
  use: () => number,
): number {
  try {
    return use();
  } catch (error) {
    const refusal = refusalOf(error, cwd);
    if (refusal !== undefined) {
      stderr(`${name}: ${refusal}\n`);
      return exitCodes.usage;
    }
    const trace = error instanceof Error ? error.stack : error;
    stderr(`${name}: this is a bug of rem-secrets: ${trace}\n`);
    return exitCodes.crash;
  }
}
