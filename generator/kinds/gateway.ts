import { listAt, textAt } from '../core/json.ts';
import { isIssued, issuedSecret } from './cert-manager.ts';
import { type Kind, type PlacedObject, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, objectRefReads, refRead } from './secret-refs.ts';

export const gateway: Kind = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  secrets: { remain: 'always' },
  reads: object => certificates(object).map(({ read }) => read),

  /** cert-manager's gateway-shim makes these for listeners that terminate TLS and have a host (cert-manager.io/docs/usage/gateway). */
  makes: object =>
    !isIssued(object)
      ? []
      : certificates(object).flatMap(({ listener, read }) => {
          const isEnd = (textAt(listener, 'tls', 'mode') ?? 'Terminate') === 'Terminate';
          if (!isEnd || !textAt(listener, 'hostname')) return [];
          const made = issuedSecret(read.secret, read.path);
          return [{ ...made, ...(read.namespace !== undefined && { namespace: read.namespace }) }];
        }),
};

/** The Secrets with the certificates of its listeners. */
function certificates(object: PlacedObject) {
  return listAt(specOf(object), 'listeners').flatMap((listener, index) =>
    listAt(listener, 'tls', 'certificateRefs').flatMap((ref, at) => {
      const path = ['spec', 'listeners', index, 'tls', 'certificateRefs', at];
      const isSecret = (textAt(ref, 'kind') ?? 'Secret') === 'Secret';
      const namespace = textAt(ref, 'namespace');
      const reads = isSecret
        ? refRead(ref, { path, how: 'tls', namespace, needs: CERTIFICATE_KEYS })
        : [];
      return reads.map(read => ({ listener, read }));
    }),
  );
}

/** It names the authorities that a route trusts: ConfigMaps, or Secrets if the implementation takes them. */
export const backendTlsPolicy: Kind = {
  group: gateway.group,
  kind: 'BackendTLSPolicy',
  reads: object =>
    objectRefReads(specOf(object), ['spec'], new Map([['caCertificateRefs', ['ca.crt']]])),
};
