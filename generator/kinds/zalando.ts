import { listAt, mapAt, scalarText, textAt } from '../core/json.ts';
import { claimOf, fateOfClaims } from './core/volumes.ts';
import { type Kind, namedAfter, type PlacedObject, servicesWith, specOf } from './kind.ts';

const SYSTEM = ['postgres', 'standby'];

/** A setting of the operator, on by default. */
const KEEPING = 'enable_persistent_volume_claim_deletion';
const SUFFIX = 'credentials.postgresql.acid.zalan.do';

/** The logins of its users (docs/facts/operators.md#zalando-postgres-operator). */
export const zalandoPostgresql: Kind = {
  group: 'acid.zalan.do',
  kind: 'postgresql',
  data: {
    isPrecious: true,
    postgresMajorAt: ['spec', 'postgresql', 'version'],
    fate: (object, find) => {
      const name = textAt(specOf(object), 'volume', 'storageClass');
      return fateOfClaims([claimOf(name)], find, `its claim is deleted unless ${KEEPING} is off`);
    },
  },
  provides: { services: servicesWith('', '-repl', '-pooler', '-pooler-repl', '-config') },
  /** The Secret of a user `namespace.name` is in that namespace. */
  makes: object =>
    [...SYSTEM, ...usersOf(object)].map(user => {
      const [namespace, ownName] = user.split('.');
      const secret = `${user.replaceAll('_', '-')}.${object.name}.${SUFFIX}`;
      return namedAfter(secret, ['username', 'password'], {
        isShared: true,
        namespace: ownName === undefined ? undefined : namespace,
        isInternal: SYSTEM.includes(user),
      });
    }),
  /** Another template of names may be set for all; prepared databases have users of their own. */
  secrets: {
    mayMake: (object, secret) =>
      secret.includes(object.name) &&
      (!secret.endsWith(SUFFIX) || specOf(object)['preparedDatabases'] !== undefined),
  },
};

function usersOf(object: PlacedObject): string[] {
  return Object.entries(mapAt(specOf(object), 'users')).flatMap(([user, flags]) =>
    listAt(flags).some(flag => /^nologin$/i.test(scalarText(flag))) ? [] : [user],
  );
}
