import type { Path } from '../../ground/finding.ts';
import { listAt, textAt } from '../../ground/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { databaseRole } from '../../kinds/cnpg/database-role.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

/** pkg/postgres/roles.go, IsRoleReserved. */
const RESERVED = /^(postgres$|streaming_replica$|pg_|cnpg_)/;

export const reservedRole: Rule = {
  id: 'reserved-role',
  severity: 'error',
  summary: 'No role that a manifest manages is one of PostgreSQL or of the operator.',

  *check({ byKind }) {
    for (const [item, name, path] of [
      ...byKind(cnpgCluster).flatMap(managed),
      ...byKind(databaseRole).flatMap(declared),
    ]) {
      if (!RESERVED.test(name)) continue;
      yield {
        item,
        path,
        message: `the role "${name}" is reserved for PostgreSQL and the operator`,
        hint:
          name === 'postgres'
            ? 'Take it out: superuserSecret and enableSuperuserAccess are for this role.'
            : 'Give the role a name of your own.',
      };
    }
  },
};

type NamedRole = readonly [Item, string, Path];

function managed(item: Item): NamedRole[] {
  return listAt(specOf(item), 'managed', 'roles').flatMap((role, index): NamedRole[] => {
    const name = textAt(role, 'name');
    return name === undefined ? [] : [[item, name, ['spec', 'managed', 'roles', index, 'name']]];
  });
}

function declared(item: Item): NamedRole[] {
  const name = textAt(specOf(item), 'name');
  return name === undefined ? [] : [[item, name, ['spec', 'name']]];
}
