import { isMap } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../secret-ends.ts';
import { refRead } from '../secret-refs.ts';
import { CNPG, served } from './group.ts';

export const databaseRole: Kind = {
  group: CNPG,
  kind: 'DatabaseRole',
  served,
  reads: object =>
    refRead(specOf(object)['passwordSecret'], { path: ['spec', 'passwordSecret'], how: 'cnpg' }),
  /** docs/facts/cnpg.md#client-certificates. */
  makes: object => {
    const certificate = specOf(object)['clientCertificate'];
    if (!isMap(certificate) || certificate['enabled'] === false) return [];
    return [namedAfter(`${object.name}-client-cert`, ['tls.crt', 'tls.key'])];
  },
  news: [{ version: '1.30', text: 'with clientCertificate it makes the Secret NAME-client-cert' }],
  keeps: ['cluster.name', 'name'],
};
