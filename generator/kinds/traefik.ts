import { type Kind, kindsOf } from './kind.ts';
import { referenceReaders, specFields } from './secret-refs.ts';

const TRAEFIK = 'traefik.io';

/** Routes read certificates, and middlewares read logins (docs/facts/operators.md#traefik). */
export const traefikRoutes: readonly Kind[] = [
  ...referenceReaders(TRAEFIK, 'IngressRoute> IngressRouteTCP> TLSStore>'),
  ...referenceReaders(TRAEFIK, 'IngressRouteUDP MiddlewareTCP TLSOption TraefikService'),
  ...kindsOf(TRAEFIK, 'Middleware', {
    reads: specFields('ref', {
      'basicAuth.secret': [],
      'digestAuth.secret': [],
      'forwardAuth.tls.caSecret': [],
      'forwardAuth.tls.certSecret': [],
    }),
  }),
];
