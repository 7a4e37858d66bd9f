import { exitCodes } from './exit-codes.ts';
import { nodeHost } from './host.ts';
import { main } from './main.ts';

try {
  process.exitCode = main(process.argv.slice(2), nodeHost(process.cwd()));
} catch (error) {
  process.stderr.write(
    `rem-secrets: this is a bug of rem-secrets: ${error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = exitCodes.crash;
}
