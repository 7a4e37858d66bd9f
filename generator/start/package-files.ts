import { join } from 'node:path';

/** The root of the package. Sources are in folders of generator/ and scripts in folders of dist/, as deep as each other. */
const root = join(import.meta.dirname, '../..');

/** A file or folder of the package, by its path from the package's root. */
export function packageFile(path: string): string {
  return join(root, path);
}
