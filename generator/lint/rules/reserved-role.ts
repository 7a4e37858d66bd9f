import { mapsAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/members.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

/** pkg/postgres/roles.go, IsRoleReserved. */
const RESERVED = /^(postgres$|streaming_replica$|pg_|cnpg_)/;

export const reservedRole: Rule = error('reserved-role', function* ({ byKind }) {
  const managed = byKind(cnpgCluster).flatMap(object =>
    mapsAt(specOf(object), ['spec'], 'managed', 'roles').map(({ map, path }) => ({
      object,
      name: textAt(map, 'name'),
      path: [...path, 'name'],
    })),
  );
  const declared = byKind(databaseRole).map(object => ({
    object,
    name: textAt(specOf(object), 'name'),
    path: ['spec', 'name'],
  }));
  for (const { object, name, path } of [...managed, ...declared]) {
    if (name === undefined || !RESERVED.test(name)) continue;
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
