import { type Kind, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { SOURCES } from './group.ts';
import { login } from './sources.ts';

export const ociRepository: Kind = {
  group: SOURCES,
  kind: 'OCIRepository',
  hosts: 'none',
  isReadingLate: true,
  byHand: login,
  reads: object =>
    ['secretRef', 'certSecretRef', 'proxySecretRef'].flatMap(field =>
      refRead(specOf(object)[field], { path: ['spec', field], how: 'ref' }),
    ),
};
