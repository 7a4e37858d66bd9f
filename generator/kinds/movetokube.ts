import { mapAt, textAt, words } from '../core/json.ts';
import { decided } from './facets.ts';
import { type Kind, namedAfter, type PlacedObject, specOf } from './kind.ts';

const MOVETOKUBE = 'db.movetokube.com';

/** The keys of a login; a template adds others (docs/facts/operators.md#databases-of-a-shared-postgresql). */
const KEYS = words(
  'DATABASE_NAME HOST HOSTNAME LOGIN PASSWORD PORT POSTGRES_DOTNET_URL POSTGRES_JDBC_URL POSTGRES_URL ROLE',
);

/** Databases in a PostgreSQL outside of the cluster, and the logins to them. */
export const sharedPostgres: readonly Kind[] = [
  {
    group: MOVETOKUBE,
    kind: 'Postgres',
    data: {
      isPrecious: true,
      fate: object => {
        const isDropped = specOf(object)['dropOnDelete'] === true;
        return decided(isDropped ? 'deleted' : 'kept', ['spec', 'dropOnDelete'], isDropped);
      },
      isSame: (object, sibling) => specOf(object)['database'] === specOf(sibling)['database'],
    },
  },
  {
    group: MOVETOKUBE,
    kind: 'PostgresUser',
    makes: object => {
      const more = Object.keys(mapAt(specOf(object), 'secretTemplate'));
      return [namedAfter(`${secretName(object)}-${object.name}`, [...KEYS, ...more])];
    },
    /** A flag of the operator makes it use the name as it is. */
    secrets: { mayMake: (object, secret) => secret === secretName(object) },
  },
];

function secretName(object: PlacedObject): string {
  return textAt(specOf(object), 'secretName') ?? '';
}
