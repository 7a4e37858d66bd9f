import type { Path } from '../../core/finding.ts';
import { textAt } from '../../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { CERTIFICATE_KEYS, readOf, referenceReads } from '../secret-refs.ts';
import { CNPG, served } from './group.ts';

export const cnpgDatabase: Kind = {
  group: CNPG,
  kind: 'Database',
  served,
  fields: { shows: ['spec.*', 'spec.extensions.*', 'spec.schemas.*'] },
  data: { isPrecious: true },
  changes: {
    fixedOnceSet: [
      'builtinLocale',
      'cluster.name',
      'collationVersion',
      'encoding',
      'icuLocale',
      'icuRules',
      'locale',
      'localeCType',
      'localeCollate',
      'localeProvider',
      'name',
      'template',
    ],
  },
};

export const pooler: Kind = {
  group: CNPG,
  kind: 'Pooler',
  served,
  fields: { shows: ['spec.type', 'spec.pgbouncer.poolMode'] },
  provides: {
    /** The Service and the ServiceAccount have the name of the Pooler. */
    services: ({ name }) => [name],
    accounts: ({ name }) => [name],
  },
  reads: poolerReads,
};

/** What PgBouncer signs in with and shows (docs/facts/cnpg.md#poolers). */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  authQuerySecret: [],
  serverTLSSecret: CERTIFICATE_KEYS,
  serverCASecret: ['ca.crt'],
  clientCASecret: ['ca.crt'],
  clientTLSSecret: CERTIFICATE_KEYS,
};

/** The fields for them, and what is laid over the pods. */
function poolerReads(object: PlacedObject): Read[] {
  const own = Object.entries(SECRETS).flatMap(([field, needs]) => {
    const path: Path = ['spec', 'pgbouncer', field, 'name'];
    const name = textAt(specOf(object), 'pgbouncer', field, 'name');
    return readOf({ name, path, how: 'ref', needs });
  });
  return [...own, ...referenceReads(specOf(object)['template'], ['spec', 'template'])];
}

export const publication: Kind = {
  group: CNPG,
  kind: 'Publication',
  served,
  changes: { fixedOnceSet: ['cluster.name', 'dbname', 'name', 'target.allTables'] },
};

export const subscription: Kind = {
  group: CNPG,
  kind: 'Subscription',
  served,
  changes: { fixedOnceSet: ['cluster.name', 'dbname', 'name'] },
};
