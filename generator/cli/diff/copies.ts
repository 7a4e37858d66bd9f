import { objectIdentity } from '../../graph/graph-of.ts';
import type { Finding } from '../../ground/finding.ts';
import { isBelow } from '../../read/inside.ts';
import type { PathUnits } from '../../read/sets/path-reader.ts';
import { isDeployed, type Unit } from '../../read/world/unit.ts';
import { objectsOf, type RootedUnits } from './orphans.ts';

/** Units of base, and those of them that were left over. */
interface Copies<T> {
  readonly base: T;
  readonly findings: readonly Finding[];
}

/**
 * Base without what nothing applied and head has no more, where deployment objects have each object of it
 * applied from elsewhere, on both sides: it was left over, and nothing is deleted with it. That is said, as
 * somebody could have applied it by hand to another cluster.
 */
export function withoutCopies<T extends RootedUnits & Pick<PathUnits, 'isWanted'>>(
  base: T,
  head: RootedUnits,
): Copies<T> {
  const applied = [base, head].map(
    ({ units }) => new Set(objectsOf(units.filter(isDeployed)).map(objectIdentity)),
  );
  const still = new Set(head.units.map(({ id }) => id));
  const seen = head.units.filter(isDeployed).map(({ folder }) => `/${folder}`);
  const isCopy = (unit: Unit): boolean => {
    if (isDeployed(unit) || still.has(unit.id)) return false;
    if (seen.some(folder => folder !== '/' && isBelow(folder, `/${unit.folder}`))) return false;
    const own = objectsOf([unit]).map(objectIdentity);
    return own.length > 0 && applied.every(ids => own.every(id => ids.has(id)));
  };
  const copies = new Set(base.units.filter(isCopy));
  if (copies.size === 0) return { base, findings: [] };
  return {
    base: { ...base, units: base.units.filter(unit => !copies.has(unit)) },
    findings: [...copies].filter(({ sources }) => sources.some(base.isWanted)).map(copyFinding),
  };
}

function copyFinding({ folder }: Unit): Finding {
  return {
    rule: 'left-over',
    severity: 'warning',
    message: `"${folder}" goes, which nothing here applied: what it holds is applied from elsewhere, before and after, and stays`,
    hint: 'If somebody applied it by hand to another cluster, look at what becomes of that one.',
    field: '',
  };
}
