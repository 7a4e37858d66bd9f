import { shownLines } from '../report/one-line.ts';
import { exitCodes } from './exit-codes.ts';
import { nodeHost } from './host.ts';
import { main } from './main.ts';

try {
  process.exitCode = main(process.argv.slice(2), nodeHost(process.cwd()));
} catch (error) {
  const what = shownLines(`${error instanceof Error ? error.stack : error}`);
  process.stderr.write(`rem-secrets: this is a bug of rem-secrets: ${what}\n`);
  process.exitCode = exitCodes.crash;
}
