import { type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { CERTIFICATE_KEYS, referenceReads, specFieldReads } from '../secret-refs.ts';
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

/** What PgBouncer signs in with and shows (docs/facts/cnpg.md#poolers), and what is laid over the pods. */
function poolerReads(object: PlacedObject): Read[] {
  const direct = specFieldReads(object, 'ref', {
    'pgbouncer.authQuerySecret': [],
    'pgbouncer.serverTLSSecret': CERTIFICATE_KEYS,
    'pgbouncer.serverCASecret': ['ca.crt'],
    'pgbouncer.clientCASecret': ['ca.crt'],
    'pgbouncer.clientTLSSecret': CERTIFICATE_KEYS,
  });
  return [...direct, ...referenceReads(specOf(object)['template'], ['spec', 'template'])];
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
