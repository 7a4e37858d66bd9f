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
 * What a reader knows units by: their folder from where he stands, and where several apply one, what
 * applies it. `overlays/prod` is prod to everybody.
 */
export function unitNames(sides: readonly NamedUnits[]): Map<Unit, string> {
  const all = sides.flatMap(({ units, scope }) =>
    units.map(unit => ({ unit, name: nameOf(unit.folder, scope) })),
  );
  const names = new Map<Unit, string>();
  for (const [name, group] of groupBy(all, entry => entry.name)) {
    const isShared = new Set(group.map(({ unit }) => appliedBy(unit))).size > 1;
    for (const { unit } of group)
      names.set(unit, isShared && unit.by !== undefined ? `${name} (${appliedBy(unit)})` : name);
  }
  return names;
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
