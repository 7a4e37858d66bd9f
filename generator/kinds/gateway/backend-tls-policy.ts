import { type Kind, specOf } from '../kind.ts';
import { objectRefReads } from '../secret-refs.ts';
import { gateway } from './gateway.ts';

/** Whom a route trusts behind it: ConfigMaps, or Secrets where the implementation takes them. */
export const backendTlsPolicy: Kind = {
  group: gateway.group,
  kind: 'BackendTLSPolicy',
  reads: object =>
    objectRefReads(specOf(object), ['spec'], new Map([['caCertificateRefs', ['ca.crt']]])),
};
