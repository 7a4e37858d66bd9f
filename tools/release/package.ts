import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output, packedFiles } from './parts.ts';

/**
 * Packs the package as npm does, into a folder, but for the scripts in its manifest. They are for a clone, and npm warns
 * whoever installs the package that it has a `prepare`, though that never runs there.
 */
export function packPackage(root: string, out: string): void {
  const copy = mkdtempSync(join(tmpdir(), 'rem-secrets-pack-'));
  for (const path of packedFiles(root)) cpSync(join(root, path), join(copy, path));
  const manifest = join(copy, 'package.json');
  const { scripts, devDependencies, ...kept } = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, `${JSON.stringify(kept, undefined, 2)}\n`);
  output(copy, 'npm', 'pack', '--ignore-scripts', '--pack-destination', out);
  rmSync(copy, { recursive: true });
}
