import { mapsAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { goingOf } from '../appliers.ts';
import { changedOf } from '../diff.ts';
import { high, type Placed, placeOn, type Risk, type RiskRule, theObject } from '../risk.ts';

export const roleDropped: RiskRule = high('role-dropped', function* (diff) {
  for (const { base, head } of changedOf(diff, cnpgCluster, databaseRole)) {
    const before = new Set(absentRoles(base).map(({ role }) => role));
    for (const { role, path } of absentRoles(head))
      if (!before.has(role)) yield riskOf(role, { object: head, path });
  }
  for (const { base } of goingOf(diff, databaseRole)) {
    const isDropping = textAt(specOf(base), 'databaseRoleReclaimPolicy') === 'delete';
    if (!isDropping || absentRoles(base).length > 0) continue;
    const path = ['spec', 'databaseRoleReclaimPolicy'];
    yield { ...riskOf(roleOf(base), { object: base, path }), side: 'base' };
  }
});

function absentRoles(object: PlacedObject) {
  const isAbsent = (entry: unknown): boolean => textAt(entry, 'ensure') === 'absent';
  if (object.knownKind === databaseRole)
    return isAbsent(specOf(object)) ? [{ role: roleOf(object), path: ['spec', 'ensure'] }] : [];
  return mapsAt(specOf(object), ['spec'], 'managed', 'roles').flatMap(({ map, path }) =>
    isAbsent(map) ? [{ role: textAt(map, 'name') ?? '', path: [...path, 'ensure'] }] : [],
  );
}

function roleOf(object: PlacedObject): string {
  return textAt(specOf(object), 'name') ?? object.name;
}

function riskOf(role: string, { object, path }: Placed): Risk {
  return {
    ...placeOn('head', object, path),
    message: `${theObject(object)} has the role "${role}" dropped: nobody can log in as it any more`,
    hint: 'Lead whoever logs in as it to another role first. A role that owns something is not dropped: CNPG reports that it cannot.',
  };
}
