import { join } from 'node:path';
import { loadScript } from './load-script.ts';

/** The bundle beside this file; the build fills the name in. */
declare const BUNDLE: string;

try {
  loadScript(join(import.meta.dirname, 'bundle', BUNDLE));
} catch (error) {
  // The program itself tells what the machine refuses; this is what keeps it from being loaded.
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  process.stderr.write(`rem-secrets: cannot start: ${error.message}\n`);
  process.exitCode = 2;
}
