import { oncePer } from '../ground/once-per.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';

/** Each spec once: a ClusterExternalSecret's counts for every namespace that it selects. */
export const eachSpec: (secrets: readonly ExternalSecret[]) => readonly ExternalSecret[] = oncePer(
  secrets => {
    const seen = new Set();
    return secrets.filter(({ object }) => !seen.has(object) && seen.add(object));
  },
);
