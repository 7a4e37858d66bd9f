import { join } from 'node:path';
import { ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { expand, wholeTargets } from '../../make/pipeline.ts';
import type { Target } from '../../make/target.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import { readSettingsFile } from '../../read/settings-file.ts';
import { readSpec } from '../read-spec.ts';

/** The spec of a side. */
export interface SideSpec extends ReadSpec {
  /** What it expands to, by name: asked for only to point at lines of the spec. */
  readonly targets: () => ReadonlyMap<string, Target>;
}

/**
 * The spec of a side; undefined where there is none, or where its shape is wrong: the overlays are
 * compared all the same.
 */
export function specOf(path: string, file: string, host: Host): SideSpec | undefined {
  const own = join(path, file);
  if (typeof readSettingsFile(own, host) === 'string') return undefined;
  const result = readSpec<ReadSpec>(own, host, ok);
  if (typeof result === 'number' || Array.isArray(result)) return undefined;
  return { ...result, targets: () => targetsOf(result, host) };
}

function targetsOf({ spec }: ReadSpec, host: Host): ReadonlyMap<string, Target> {
  const { value } = expand(spec, host.validators);
  const targets = value === undefined ? [] : wholeTargets(value);
  return new Map(targets.map(target => [target.name, target]));
}
