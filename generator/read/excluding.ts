import { join } from 'node:path';
import type { Host } from '../ground/host.ts';

/**
 * The machine whose listings leave out folders and files that nobody applies: nothing is found in them,
 * and what names one of them reads it all the same. `names`: from `folder` on.
 */
export function excluding(host: Host, folder: string, names: readonly string[] = []): Host {
  if (names.length === 0) return host;
  const root = host.realPath(folder) ?? folder;
  const places = new Set(names.map(name => join(root, name, '.')));
  return {
    ...host,
    entriesIn: path => {
      const place = host.realPath(path) ?? path;
      return host.entriesIn(path)?.filter(({ name }) => !places.has(join(place, name)));
    },
  };
}
