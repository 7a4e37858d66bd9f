import { type Host, refusalOf } from '../core/host.ts';
import { oneLine } from '../report/text.ts';
import { type ExitCode, exitCodes } from './command.ts';
import { nodeHost } from './host.ts';
import { tell } from './streams.ts';

/** Runs a program on this machine; its exit code is the process's. What still runs then ends with us. */
export async function runMain(name: string, use: (host: Host) => ExitCode): Promise<void> {
  const code = await guarded(name, { cwd: '/', stderr: tell }, () => {
    const host = nodeHost(process.cwd());
    return guarded(name, host, async () => use(host));
  });
  process.exit(code);
}

/** What V8 says of a text, a list or a nesting that it cannot hold: there was too much to read. */
function overflowOf(error: unknown): string | undefined {
  return error instanceof RangeError
    ? `the input is larger or nested deeper than can be read: ${error.message}`
    : undefined;
}

/** Prints in one line what the machine refuses; any other error that arrives here is our bug. Returns the exit code. */
export async function guarded(
  name: string,
  { cwd, stderr }: Pick<Host, 'cwd' | 'stderr'>,
  use: () => ExitCode,
): Promise<number> {
  try {
    return await use();
  } catch (error) {
    const refusal = refusalOf(error, cwd) ?? overflowOf(error);
    if (refusal !== undefined) {
      stderr(`${name}: ${oneLine(refusal)}\n`);
      return exitCodes.usage;
    }
    const trace = error instanceof Error ? error.stack : error;
    stderr(`${name}: this is a bug of rem-secrets: ${trace}\n`);
    return exitCodes.crash;
  }
}
