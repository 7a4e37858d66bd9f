import { listAt, textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { CERTIFICATE_KEYS, refRead } from '../secret-refs.ts';

export const gateway: Kind = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',

  /** The certificates of its listeners; without a kind they are Secrets. */
  reads: item =>
    listAt(specOf(item), 'listeners').flatMap((listener, index) =>
      listAt(listener, 'tls', 'certificateRefs').flatMap((ref, at) => {
        const path = ['spec', 'listeners', index, 'tls', 'certificateRefs', at];
        const isSecret = (textAt(ref, 'kind') ?? 'Secret') === 'Secret';
        const namespace = textAt(ref, 'namespace');
        return isSecret
          ? refRead(ref, { path, how: 'tls', namespace, needs: CERTIFICATE_KEYS })
          : [];
      }),
    ),
};
