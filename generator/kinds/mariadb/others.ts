import { type Kind, specOf } from '../kind.ts';
import { referenceReaders } from '../reference-readers.ts';
import { selectorReads } from '../secret-refs.ts';
import { MARIADB } from './group.ts';
import { generated } from './maria-db.ts';

/** Kinds of the operator that only read Secrets, each by name and key. */
export const mariaDbReaders: readonly Kind[] = referenceReaders(
  MARIADB,
  'Backup Database ExternalMariaDB Grant PhysicalBackup PointInTimeRecovery Restore SqlJob User',
);

/** The proxy in front of a MariaDB: its accounts are made like those of the database. */
export const maxScale: Kind = {
  group: MARIADB,
  kind: 'MaxScale',
  mayHoldSymbols: () => true,
  services: ({ name }) => [name, `${name}-internal`, `${name}-gui`],
  makes: generated,
  reads: item => selectorReads(specOf(item), ['spec']),
  mayMakeToo: ({ name }, secret) => secret.startsWith(`${name}-`),
};
