import { isMap, listAt } from '../core/json.ts';
import { issuedForIngress } from './cert-manager.ts';
import { type Kind, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, readOf } from './secret-refs.ts';

export const ingress: Kind = {
  group: 'networking.k8s.io',
  kind: 'Ingress',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
  fields: { sendsToServices: true },
  secrets: { isOrderFree: true, remain: 'always' },

  /** Of cert-manager's ingress-shim, where the Ingress names an issuer. */
  makes: ({ json }) => issuedForIngress(json, []),

  reads: object =>
    listAt(specOf(object), 'tls').flatMap((entry, index) => {
      const path = ['spec', 'tls', index, 'secretName'];
      if (!isMap(entry)) return [];
      return readOf({ name: entry['secretName'], path, how: 'tls', needs: CERTIFICATE_KEYS });
    }),
};

export const networkPolicy: Kind = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  served: { versions: ['v1'], since: 'Kubernetes 1.22', formerly: ['extensions'] },
};
