import { mapAt } from '../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, objectRefReads, referenceReads } from './secret-refs.ts';

const GROUP = 'gateway.envoyproxy.io';

/** The fields of all kinds that refer to Secrets, and the keys that are needed (docs/facts/operators.md#envoy-gateway). */
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

/** Its pods run in a namespace that no manifest shows. */
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

/** The kinds of Envoy Gateway that read Secrets; the others are in without-secrets.ts. */
export const envoyGateway: readonly Kind[] = [...policies, envoyProxy];
