import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const cnpgDatabase: Kind = {
  group: CNPG,
  kind: 'Database',
  served,
  isPrecious: true,
  keeps: [
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
};
