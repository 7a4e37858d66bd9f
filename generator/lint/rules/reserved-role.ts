import type { Path } from '../../core/finding.ts';
import { listAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/roles.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

/** pkg/postgres/roles.go, IsRoleReserved. */
const RESERVED = /^(postgres$|streaming_replica$|pg_|cnpg_)/;

export const reservedRole: Rule = error('reserved-role', function* ({ byKind }) {
  for (const [object, name, path] of [
    ...byKind(cnpgCluster).flatMap(managed),
    ...byKind(databaseRole).flatMap(declared),
  ]) {
    if (!RESERVED.test(name)) continue;
    yield {
      object,
      path,
      message: `the role "${name}" is reserved for PostgreSQL and the operator`,
      hint:
        name === 'postgres'
          ? 'Take it out: superuserSecret and enableSuperuserAccess are for this role.'
          : 'Give the role a name of your own.',
    };
  }
});

type NamedRole = readonly [PlacedObject, string, Path];

function managed(object: PlacedObject): NamedRole[] {
  return listAt(specOf(object), 'managed', 'roles').flatMap((role, index): NamedRole[] => {
    const name = textAt(role, 'name');
    return name === undefined ? [] : [[object, name, ['spec', 'managed', 'roles', index, 'name']]];
  });
}

function declared(object: PlacedObject): NamedRole[] {
  const name = textAt(specOf(object), 'name');
  return name === undefined ? [] : [[object, name, ['spec', 'name']]];
}
