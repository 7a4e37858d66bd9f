import { isMap } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';
import { refRead } from '../secret-refs.ts';
import { CNPG, served } from './group.ts';

export const databaseRole: Kind = {
  group: CNPG,
  kind: 'DatabaseRole',
  served,
  reads: item =>
    refRead(specOf(item)['passwordSecret'], { path: ['spec', 'passwordSecret'], how: 'cnpg' }),
  /** docs/facts/cnpg.md#client-certificates. */
  makes: item => {
    const certificate = specOf(item)['clientCertificate'];
    if (!isMap(certificate) || certificate['enabled'] === false) return [];
    return [namedAfter(`${item.name}-client-cert`, ['tls.crt', 'tls.key'])];
  },
  news: [{ version: '1.30', text: 'with clientCertificate it makes the Secret NAME-client-cert' }],
  keeps: ['cluster.name', 'name'],
};
