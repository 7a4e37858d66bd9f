import type { Kind } from './kind.ts';
import { referenceReaders, specFieldReads } from './secret-refs.ts';

const TRAEFIK = 'traefik.io';

/** Routes read certificates, and middlewares read logins (docs/facts/operators.md#traefik). */
export const traefikRoutes: readonly Kind[] = [
  ...referenceReaders(TRAEFIK, 'IngressRoute IngressRouteTCP TLSStore', {
    fields: { sendsToServices: true },
  }),
  ...referenceReaders(TRAEFIK, 'IngressRouteUDP MiddlewareTCP TLSOption TraefikService'),
  {
    group: TRAEFIK,
    kind: 'Middleware',
    reads: object =>
      specFieldReads(object, 'ref', {
        'basicAuth.secret': [],
        'digestAuth.secret': [],
        'forwardAuth.tls.caSecret': [],
        'forwardAuth.tls.certSecret': [],
      }),
  },
];
