import { join } from 'node:path';
import { ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { expand, wholeUnits } from '../../make/pipeline.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import { readSettingsFile } from '../../read/settings-file.ts';
import { readSpec } from '../read-spec.ts';

/** The spec of a side. */
export interface SideSpec extends ReadSpec {
  /** What it expands to, by name: asked for only to point at lines of the spec. */
  readonly units: () => ReadonlyMap<string, BuiltUnit>;
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
  return { ...result, units: () => unitsOf(result, host) };
}

function unitsOf({ spec }: ReadSpec, host: Host): ReadonlyMap<string, BuiltUnit> {
  const { value } = expand(spec, host.validators);
  const units = value === undefined ? [] : wholeUnits(value);
  return new Map(units.map(unit => [unit.name, unit]));
}
