import { mapsAt, textAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/members.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

/** pkg/postgres/roles.go, IsRoleReserved. */
const RESERVED = /^(postgres$|streaming_replica$|pg_|cnpg_)/;

export const reservedRole: Rule = error('reserved-role', function* ({ byKind }) {
  const managed = byKind(cnpgCluster).flatMap(object =>
    mapsAt(specOf(object), ['spec'], 'managed', 'roles').map(role => ({ object, ...role })),
  );
  const declared = byKind(databaseRole);
  const roles = declared.map(object => ({ object, map: specOf(object), path: ['spec'] }));
  for (const { object, map, path } of [...managed, ...roles]) {
    const name = textAt(map, 'name');
    if (name === undefined || !RESERVED.test(name)) continue;
    yield {
      object,
      path: [...path, 'name'],
      message: `the role "${name}" is reserved for PostgreSQL and the operator`,
      hint:
        name === 'postgres'
          ? 'Take it out: superuserSecret and enableSuperuserAccess are for this role.'
          : 'Give the role a name of your own.',
    };
  }
});
