import { isMap, listAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { CERTIFICATE_KEYS, readOf } from '../secret-refs.ts';

export const ingress: Kind = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
  sendsToServices: true,
  isReadingLate: true,
  reads: item =>
    listAt(specOf(item), 'tls').flatMap((entry, index) => {
      const path = ['spec', 'tls', index, 'secretName'];
      if (!isMap(entry)) return [];
      return readOf({ name: entry['secretName'], path, how: 'tls', needs: CERTIFICATE_KEYS });
    }),
};
