import type { Kind } from '../kind.ts';
import { specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';

/** The API group of Flux' sources. */
export const SOURCES = 'source.toolkit.fluxcd.io';

export const ociRepository: Kind = {
  group: SOURCES,
  kind: 'OCIRepository',
  hosts: 'none',
  isReadingLate: true,
  reads: item =>
    ['secretRef', 'certSecretRef', 'proxySecretRef'].flatMap(field =>
      refRead(specOf(item)[field], { path: ['spec', field], how: 'flux' }),
    ),
};
