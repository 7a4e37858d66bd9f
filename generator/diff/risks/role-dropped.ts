import { listAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { changedOf } from '../comparison.ts';
import { goingOf } from '../deletion.ts';
import { high, type Placed, placeOn, type Risk, type RiskRule, theObject } from '../risk.ts';

export const roleDropped: RiskRule = high('role-dropped', function* (comparison) {
  for (const { base, head } of changedOf(comparison, cnpgCluster, databaseRole)) {
    const before = new Set(absentRoles(base).map(({ role }) => role));
    for (const { role, path } of absentRoles(head))
      if (!before.has(role)) yield riskOf(role, { object: head, path });
  }
  for (const { base, text } of goingOf(comparison, databaseRole)) {
    const isDropping = textAt(specOf(base), 'databaseRoleReclaimPolicy') === 'delete';
    if (!isDropping || absentRoles(base).length > 0) continue;
    const path = ['spec', 'databaseRoleReclaimPolicy'];
    yield { ...riskOf(roleOf(base), { object: base, path }), side: 'base', outcome: text };
  }
});

function absentRoles(object: PlacedObject) {
  const all =
    object.known === databaseRole
      ? [{ entry: specOf(object), at: ['spec'], role: roleOf(object) }]
      : listAt(specOf(object), 'managed', 'roles').map((entry, index) => ({
          entry,
          at: ['spec', 'managed', 'roles', index],
          role: textAt(entry, 'name') ?? '',
        }));
  return all
    .filter(({ entry }) => textAt(entry, 'ensure') === 'absent')
    .map(({ at, role }) => ({ role, path: [...at, 'ensure'] }));
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
