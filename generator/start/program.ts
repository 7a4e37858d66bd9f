import { start } from './start.ts';

/** The script of the program, in dist/; the build fills the name in. */
declare const PROGRAM: string;

try {
  start.loadScript(start.packageFile(`dist/bundle/${PROGRAM}.cjs`));
} catch (error) {
  // The program itself tells what the machine refuses; this is what keeps it from being loaded.
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  process.stderr.write(`rem-secrets: cannot start: ${error.message}\n`);
  process.exitCode = 2;
}
