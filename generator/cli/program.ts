import { exitCodes } from './exit-codes.ts';
import { type Host, nodeHost } from './host.ts';
import { refusalOf } from './host-error.ts';
import { tell } from './streams.ts';

/**
 * Runs a program on this machine to its exit code. What the machine refuses is told in one line;
 * any other error that comes up to here is our bug.
 */
export function runProgram(name: string, use: (host: Host) => number): number {
  let cwd = '';
  try {
    cwd = process.cwd();
    return use(nodeHost(cwd));
  } catch (error) {
    const refusal = refusalOf(error, cwd);
    if (refusal !== undefined) {
      tell(`${name}: ${refusal}\n`);
      return exitCodes.usage;
    }
    tell(
      `${name}: this is a bug of rem-secrets: ${error instanceof Error ? error.stack : error}\n`,
    );
    return exitCodes.crash;
  }
}
