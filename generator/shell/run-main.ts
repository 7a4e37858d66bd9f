import { type Host, refusalOf } from '../core/host.ts';
import { oneLine } from '../report/text.ts';
import { type ExitCode, exitCodes } from './command.ts';
import { nodeHost } from './host.ts';
import { tell } from './streams.ts';

/** Runs a program on this machine; its exit code is the process's. */
export function runMain(name: string, use: (host: Host) => ExitCode): void {
  const code = guarded(name, { cwd: '/', stderr: tell }, () => {
    const host = nodeHost(process.cwd());
    return guarded(name, host, () => use(host));
  });
  if (typeof code === 'number') process.exitCode = code;
  else
    code.then(late => {
      process.exitCode = late;
    });
}

/** What V8 says of a text, a list or a nesting that it cannot hold: there was too much to read. */
function overflowOf(error: unknown): string | undefined {
  return error instanceof RangeError
    ? `the input is larger or nested deeper than can be read: ${error.message}`
    : undefined;
}

/** Prints in one line what the machine refuses; any other error that arrives here is our bug. Returns the exit code. */
export function guarded(
  name: string,
  { cwd, stderr }: Pick<Host, 'cwd' | 'stderr'>,
  use: () => ExitCode,
): ExitCode {
  const report = (error: unknown): number => {
    const refusal = refusalOf(error, cwd) ?? overflowOf(error);
    if (refusal !== undefined) {
      stderr(`${name}: ${oneLine(refusal)}\n`);
      return exitCodes.usage;
    }
    const trace = error instanceof Error ? error.stack : error;
    stderr(`${name}: this is a bug of rem-secrets: ${trace}\n`);
    return exitCodes.crash;
  };
  try {
    const code = use();
    return typeof code === 'number' ? code : code.catch(report);
  } catch (error) {
    return report(error);
  }
}
