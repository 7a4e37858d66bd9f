import { textAt } from '../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { readOf, referenceReaders } from './secret-refs.ts';

const TRAEFIK = 'traefik.io';

/** Routes read certificates, and middlewares read logins (docs/facts/operators.md#traefik). */
export const traefikRoutes: readonly Kind[] = [
  ...referenceReaders(TRAEFIK, 'IngressRoute IngressRouteTCP TLSStore', {
    fields: { sendsToServices: true },
  }),
  ...referenceReaders(TRAEFIK, 'IngressRouteUDP MiddlewareTCP TLSOption TraefikService'),
  { group: TRAEFIK, kind: 'Middleware', reads: middlewareReads },
];

const LOGINS = [
  ['basicAuth', 'secret'],
  ['digestAuth', 'secret'],
  ['forwardAuth', 'tls', 'caSecret'],
  ['forwardAuth', 'tls', 'certSecret'],
];

function middlewareReads(object: PlacedObject): Read[] {
  return LOGINS.flatMap(field =>
    readOf({ name: textAt(specOf(object), ...field), path: ['spec', ...field], how: 'ref' }),
  );
}
