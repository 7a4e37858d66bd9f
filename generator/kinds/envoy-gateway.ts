import { mapAt } from '../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, objectRefReads, referenceReads } from './secret-refs.ts';

const GROUP = 'gateway.envoyproxy.io';

/** The fields that refer to Secrets, in all kinds, and the keys that are looked for (docs/facts/operators.md#envoy-gateway). */
const REFS: ReadonlyMap<string, readonly string[]> = new Map([
  ['clientSecret', ['client-secret']],
  ['clientIDRef', ['client-id']],
  ['users', ['.htpasswd']],
  ['credentialRefs', []],
  ['caCertificateRefs', ['ca.crt']],
  ['refs', ['ca.crl']],
  ['clientCertificateRef', CERTIFICATE_KEYS],
  ['pullSecretRef', []],
  ['valueRef', ['credential']],
]);

function policyReads(object: PlacedObject): Read[] {
  return objectRefReads(specOf(object), ['spec'], REFS);
}

const policies = [
  'Backend',
  'ClientTrafficPolicy',
  'EnvoyExtensionPolicy',
  'HTTPRouteFilter',
  'SecurityPolicy',
].map((kind): Kind => ({ group: GROUP, kind, reads: policyReads }));

/** Its pods run where Envoy Gateway has them run, which no manifest tells. */
const envoyProxy: Kind = {
  group: GROUP,
  kind: 'EnvoyProxy',
  reads: object => {
    const path = ['spec', 'provider'];
    const ofPods = referenceReads(mapAt(object.json, ...path), path);
    return [
      ...policyReads(object),
      ...ofPods.map(read => ({ ...read, isAnywhere: true }) as const),
    ];
  },
};

/** What Envoy Gateway's objects read; those that read nothing are among the others. */
export const envoyGateway: readonly Kind[] = [...policies, envoyProxy];
