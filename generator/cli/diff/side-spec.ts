import { join } from 'node:path';
import { type Finding, type Outcome, ok } from '../../ground/finding.ts';
import { locate } from '../../ground/locate.ts';
import { onceFor, oncePer } from '../../ground/once-per.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { type Expansion, expand, wholeUnits } from '../../make/pipeline.ts';
import type { ReadSpec } from '../../read/read-spec.ts';
import { readSettingsFile } from '../../read/settings-file.ts';
import { readSpec } from '../read-spec.ts';
import type { SidePlace } from './side.ts';

/** The spec of a side. */
export interface SideSpec extends ReadSpec {
  /** What it expands to, worked out when it is first asked for, or what is wrong with it. */
  readonly expansion: () => Outcome<Expansion>;
}

/** The spec of a side, or what keeps its shape from being one; neither where there is none. */
interface ReadSide {
  readonly spec?: SideSpec;
  readonly faults?: readonly Finding[];
}

/** Reads the spec of a side, once. */
export const specAt: (place: SidePlace) => ReadSide = oncePer(
  ({ path, file, host }: SidePlace): ReadSide => {
    const own = join(path, file);
    if (typeof readSettingsFile(own, host) === 'string') return {};
    const result = readSpec<ReadSpec>(own, host, ok);
    if (typeof result === 'number') return {};
    if (Array.isArray(result)) return { faults: result };
    return { spec: { ...result, expansion: onceFor(() => expand(result.spec, host.validators)) } };
  },
);

/** What the spec of a side expands to; or what is wrong with it; neither where there is none. */
export function expansionAt(place: SidePlace): Expansion | readonly Finding[] | undefined {
  const { spec, faults } = specAt(place);
  if (spec === undefined) return faults;
  const { value, faults: wrong } = spec.expansion();
  return value ?? locate(wrong, spec.source);
}

/** The units of a spec by name. */
export function unitsOf({ expansion }: SideSpec): ReadonlyMap<string, BuiltUnit> {
  const { value } = expansion();
  const units = value === undefined ? [] : wholeUnits(value);
  return new Map(units.map(unit => [unit.name, unit]));
}
