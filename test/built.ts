import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourcesSum } from '../tools/build/sources.ts';

const root = join(import.meta.dirname, '..');

/** Vitest runs this before the tests: many import what the build makes, and some run it. */
export function setup(): void {
  if (!existsSync(join(root, 'dist/start'))) {
    process.stderr.write('dist/ is not built: run `make build`\n');
    process.exit(1); // Vitest fails to show an error that is thrown here.
  }
  const kept = join(root, 'dist/.built');
  if (existsSync(kept) && readFileSync(kept, 'utf8') === sourcesSum(root)) return;
  process.stderr.write('dist/ is not built of these sources: run `make build`\n');
}
