import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files below a folder, through no link. Node's own recursion is none for this: from Node 22 on it
 * follows links to folders.
 */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
