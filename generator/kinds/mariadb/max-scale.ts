import { type Kind, specOf } from '../kind.ts';
import { selectorReads } from '../secret-refs.ts';
import { MARIADB } from './connection.ts';
import { generated } from './maria-db.ts';

/** The proxy in front of a MariaDB: its accounts are made like those of the database. */
export const maxScale: Kind = {
  group: MARIADB,
  kind: 'MaxScale',
  mayHoldSymbols: () => true,
  services: ({ name }) => [name, `${name}-internal`, `${name}-gui`],
  makes: generated,
  reads: object => selectorReads(specOf(object), ['spec']),
  mayMakeToo: ({ name }, secret) => secret.startsWith(`${name}-`),
};
