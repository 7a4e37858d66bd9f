import { mapsAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/members.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

const WITH_ROLES = [cnpgCluster, databaseRole];

/** pkg/postgres/roles.go, IsRoleReserved. */
const RESERVED = /^(postgres$|streaming_replica$|pg_|cnpg_)/;

export const reservedRole: Rule = error('reserved-role', WITH_ROLES, function* (object) {
  const spec = { map: specOf(object), path: ['spec'] };
  const managed = mapsAt(spec.map, spec.path, 'managed', 'roles');
  for (const { map, path } of object.knownKind === databaseRole ? [spec] : managed) {
    const name = textAt(map, 'name');
    if (name === undefined || !RESERVED.test(name)) continue;
    yield {
      path: [...path, 'name'],
      message: `the role "${name}" is reserved for PostgreSQL and the operator`,
      hint:
        name === 'postgres'
          ? 'Take it out: superuserSecret and enableSuperuserAccess are for this role.'
          : 'Give the role a name of your own.',
    };
  }
});
