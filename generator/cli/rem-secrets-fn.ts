import { shownLines } from '../report/one-line.ts';
import { exitCodes } from './exit-codes.ts';
import { runFunction } from './function.ts';
import { nodeHost } from './host.ts';

try {
  process.exitCode = runFunction(nodeHost(process.cwd()));
} catch (error) {
  const what = shownLines(`${error instanceof Error ? error.stack : error}`);
  process.stderr.write(`rem-secrets-fn: this is a bug of rem-secrets: ${what}\n`);
  process.exitCode = exitCodes.crash;
}
