import { dirname, join, relative } from 'node:path';
import type { Host } from '../ground/host.ts';
import { rootOf } from '../read/inside.ts';

/** The name of the spec when nobody gives another. */
export const USUAL_SPEC = 'rem-secrets.yaml';

/**
 * Where the spec is when no `--file` names it: here, or in the nearest folder above that has one, up
 * to the root of the repository of git. Outside of a repository nothing above is looked at.
 */
export function specFile(host: Host): string {
  if (host.kindOf(USUAL_SPEC) !== undefined) return USUAL_SPEC;
  const [here, root] = [host.realPath('.'), rootOf('.', host)];
  if (here === undefined || root === undefined) return USUAL_SPEC;
  for (let folder = here; folder !== root; ) {
    folder = dirname(folder);
    const file = join(relative(here, folder), USUAL_SPEC);
    if (host.kindOf(file) !== undefined) return file;
  }
  return USUAL_SPEC;
}
