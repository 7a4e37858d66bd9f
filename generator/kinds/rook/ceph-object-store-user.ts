import { textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../secret-ends.ts';

/** The login of a user (docs/facts/operators.md#rook); the last key only where the store has TLS. */
export const cephObjectStoreUser: Kind = {
  group: 'ceph.rook.io',
  kind: 'CephObjectStoreUser',
  makes: object => {
    const store = textAt(specOf(object), 'store') ?? '';
    const keys = ['AccessKey', 'SecretKey', 'Endpoint', 'SSLCertSecretName'];
    return [namedAfter(`rook-ceph-object-user-${store}-${object.name}`, keys)];
  },
};
