import { join } from 'node:path';
import { expand, type Target, wholeTargets } from '../../pipeline.ts';
import { ok } from '../../source/finding.ts';
import type { Host } from '../host.ts';
import { type ReadSpec, readSpec } from '../read-spec.ts';

/** A spec that is valid, and what it expands to. */
export interface SideSpec {
  readonly read: ReadSpec;
  readonly targets: ReadonlyMap<string, Target>;
}

/**
 * The spec of a side; undefined where there is none, or where it is broken: the overlays are
 * compared all the same.
 */
export function specOf(path: string, file: string, host: Host): SideSpec | undefined {
  const own = join(path, file);
  if (!host.exists(own) || host.isFolder(own)) return undefined;
  const result = readSpec<SideSpec>(own, host, read => {
    const { value } = expand(read.spec, host.validators);
    const targets = value === undefined ? [] : wholeTargets(value);
    return ok({ read, targets: new Map(targets.map(target => [target.name, target])) });
  });
  return typeof result === 'number' || Array.isArray(result) ? undefined : result;
}
