import type { Finding } from '../../ground/finding.ts';
import { isSame } from '../../ground/json.ts';
import { calledOf, type PlacedObject } from '../../kinds/kind.ts';
import { comesOfAny, hasNoFolder, isDeployed, type Unit } from '../../read/world/unit.ts';

/** What a deployment object applied on base and head does not show, though the object is still there. */
export interface LostFolder {
  readonly side: 'head';
  readonly unit: Unit;
  readonly finding: Finding;
  /** The units of base that it applied, and those that came of them. */
  readonly before: readonly Unit[];
}

/**
 * The folders of head that are not here, of what was read on base: what becomes of it nobody can tell, and as
 * long as the folder is missing nothing of it is deleted (docs/facts/flux.md#missing-folders). The same goes for Argo CD.
 */
export function lostFolders(base: readonly Unit[], head: readonly Unit[]): LostFolder[] {
  const absent = head.filter(isAbsent);
  const shown = new Set(head.filter(unit => !isAbsent(unit)).map(({ id }) => id));
  return absent.flatMap(unit => {
    const roots = base.filter(
      one =>
        one.sync !== undefined && one.sync === unit.sync && !shown.has(one.id) && !isAbsent(one),
    );
    const before = base.filter(comesOfAny(new Set(roots.map(({ id }) => id))));
    const [first] = roots;
    return first === undefined
      ? []
      : [{ side: 'head', unit, before, finding: findingOf(unit, first) }];
  });
}

function isAbsent(unit: Unit): boolean {
  return isDeployed(unit) && hasNoFolder(unit);
}

function findingOf({ by, as, folder }: Unit, before: Unit): Finding {
  const name = by === undefined ? folder : `the ${calledOf(by)} "${as ?? by.name}"`;
  const isOld = isSame(sourcesOf(by), sourcesOf(before.by));
  return {
    rule: 'lost-folder',
    severity: 'error',
    message: isOld
      ? `there is no folder "${folder}", which ${name} is to apply: it cannot, and nothing of what it applied is deleted`
      : `what ${name} applies now is not in this repository: nobody can tell what becomes of what it applied`,
    hint: isOld
      ? 'Look at the path; or remove what applies it too, if that is meant.'
      : 'Look at what lies there.',
    field: '',
  };
}

/** Where it comes from that a deployment object applies. */
function sourcesOf(object: PlacedObject | undefined): unknown[] {
  const applied = object?.known?.applies?.(object) ?? [];
  return applied.map(({ url, source }) => url ?? source);
}
