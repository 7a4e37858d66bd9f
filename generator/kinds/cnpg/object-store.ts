import { mapAt } from '../../ground/json.ts';
import { providerReads } from '../eso/provider-reads.ts';
import { type Kind, specOf } from '../kind.ts';

/** Where the barman plugin of CNPG keeps backups. */
export const objectStore: Kind = {
  group: 'barmancloud.cnpg.io',
  kind: 'ObjectStore',
  isPrecious: true,
  reads: item =>
    providerReads(mapAt(specOf(item), 'configuration'), ['spec', 'configuration'], 'cnpg'),
};
