import { relative } from 'node:path';
import { groupBy } from '../../ground/group-by.ts';
import type { Unit } from '../../read/world/unit.ts';

/** The units of a side, and the folder of its repository that was asked for. */
export interface NamedUnits {
  readonly units: readonly Unit[];
  /** From the root of the repository. */
  readonly scope: string;
}

/**
 * What a reader knows units by: their folder from where he stands, and where on one side several apply
 * one, what applies it, or from where. `overlays/prod` is prod to everybody.
 */
export function unitNames(sides: readonly NamedUnits[]): Map<Unit, string> {
  const names = new Map<Unit, string>();
  for (const [name, group] of groupBy(sides.flatMap(namedUnits), entry => entry.name)) {
    const told = TELLS.find(tell =>
      [...groupBy(group, ({ side }) => side).values()].some(own => new Set(own.map(tell)).size > 1),
    );
    for (const entry of group) {
      const more = told?.(entry) ?? '';
      names.set(entry.unit, more === '' ? name : `${name} (${more})`);
    }
  }
  return names;
}

/** What tells units of one folder apart, the best first. */
const TELLS: readonly ((unit: NamedUnit) => string)[] = [({ by }) => by, ({ from }) => from];

interface NamedUnit {
  readonly unit: Unit;
  readonly side: NamedUnits;
  readonly name: string;
  /** The deployment object of it. */
  readonly by: string;
  /** The unit that the deployment object itself is in. */
  readonly from: string;
}

function namedUnits(side: NamedUnits): NamedUnit[] {
  const { units, scope } = side;
  const folders = new Map(
    units.flatMap(({ sources, folder }) => sources.map(({ number }) => [number, folder] as const)),
  );
  return units.map(unit => {
    const above = unit.by && folders.get(unit.by.file);
    const from = above === undefined ? '' : `from ${nameOf(above, scope)}`;
    return { unit, side, name: nameOf(unit.folder, scope), by: appliedBy(unit), from };
  });
}

function nameOf(folder: string, scope: string): string {
  const below = relative(scope, folder);
  return (below.startsWith('..') ? folder : below).replace(/^overlays\//, '');
}

/** The deployment object of a unit. */
function appliedBy({ by }: Unit): string {
  if (by === undefined) return '';
  return `${by.kind} ${by.namespace === '' ? '' : `${by.namespace}/`}${by.name}`;
}
