import { listAt, mapAt, mapsAt, textAt, textsUnder } from '../core/json.ts';
import { hasIssuer, issuedSecret } from './cert-manager.ts';
import { coreSecret } from './core/secret.ts';
import { type Kind, kindsOf, type PlacedObject, type Read, specOf } from './kind.ts';
import {
  CERTIFICATE_KEYS,
  objectRefs,
  referenceReads,
  refRead,
  scatteredFields,
} from './secret-refs.ts';

export const gateway: Kind = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  secrets: { remain: 'always' },
  reads: object => certificates(object).map(({ read }) => read),
  /** cert-manager's gateway-shim makes these for listeners that terminate TLS, have a host and name no Secret of another namespace (cert-manager 1.19, pkg/controller/certificate-shim/sync.go, validateGatewayListenerBlock). */
  makes: object => {
    if (!hasIssuer(mapAt(object.json, 'metadata', 'annotations'))) return [];
    const all = certificates(object);
    const isElsewhere = ({ namespace = object.namespace }: Read) => namespace !== object.namespace;
    const refused = new Set(
      all.filter(({ read }) => isElsewhere(read)).map(({ listener }) => listener),
    );
    return all.flatMap(({ listener, read }) => {
      const isEnd = (textAt(listener, 'tls', 'mode') ?? 'Terminate') === 'Terminate';
      if (!isEnd || !textAt(listener, 'hostname') || refused.has(listener)) return [];
      return issuedSecret(read.secret, read.path);
    });
  },
};

/** Lets objects of other namespaces name its own (docs/facts/operators.md#gateway-api). */
export const referenceGrant: Kind = { group: gateway.group, kind: 'ReferenceGrant' };

/** Whether a grant lets objects of a Gateway's namespace name a Secret. */
export function isGranting(grant: PlacedObject, reader: PlacedObject, secret: string): boolean {
  const { group, kind, namespace } = reader;
  const isFrom = listAt(specOf(grant), 'from').some(entry => {
    const [itsGroup, itsKind, home] = textsUnder(entry, 'group', 'kind', 'namespace');
    return itsGroup === group && itsKind === kind && home === namespace;
  });
  const isTo = listAt(specOf(grant), 'to').some(entry => {
    const [kindThere, name = secret] = textsUnder(entry, 'kind', 'name');
    return kindThere === coreSecret.kind && name === secret;
  });
  return isFrom && isTo;
}

function certificates(object: PlacedObject) {
  return mapsAt(specOf(object), ['spec'], 'listeners').flatMap(({ map: listener, path }) =>
    mapsAt(listener, path, 'tls', 'certificateRefs').flatMap(({ map, path: at }) => {
      const { kind = 'Secret' } = map;
      const field = { path: at, how: 'tls', namespace: textAt(map, 'namespace') } as const;
      const reads = kind === 'Secret' ? refRead(map, { ...field, needs: CERTIFICATE_KEYS }) : [];
      return reads.map(read => ({ listener, read }));
    }),
  );
}

const ENVOY = 'gateway.envoyproxy.io';

/** The fields of all kinds that refer to Secrets, and the keys that are needed (docs/facts/operators.md#envoy-gateway). */
const envoyReads = objectRefs({
  clientSecret: ['client-secret'],
  clientIDRef: ['client-id'],
  users: ['.htpasswd'],
  credentialRefs: [],
  caCertificateRefs: ['ca.crt'],
  refs: ['ca.crl'],
  clientCertificateRef: CERTIFICATE_KEYS,
  pullSecretRef: [],
  valueRef: ['credential'],
});

const credentials = scatteredFields('tls', {
  credentialName: [],
  caCertCredentialName: [],
  'credentialNames.*': [],
});

/** What else of gateways reads Secrets; the other kinds are in without-secrets.ts. */
export const gatewayParts: readonly Kind[] = [
  /** It names the authorities that a route trusts: ConfigMaps, or Secrets if the implementation takes them. */
  {
    group: gateway.group,
    kind: 'BackendTLSPolicy',
    reads: objectRefs({ caCertificateRefs: ['ca.crt'] }),
  },
  /** Both name certificates that are read where the proxies run (docs/facts/operators.md#istio). */
  ...kindsOf('networking.istio.io', 'DestinationRule Gateway', {
    reads: object => credentials(object).filter(({ secret }) => !secret.includes('://')),
  }),
  ...kindsOf(
    ENVOY,
    'Backend ClientTrafficPolicy EnvoyExtensionPolicy HTTPRouteFilter SecurityPolicy',
    { reads: envoyReads },
  ),
  {
    group: ENVOY,
    kind: 'EnvoyProxy',
    /** Its pods run in a namespace that no manifest shows. */
    reads: object => {
      const path = ['spec', 'provider'];
      const ofPods = referenceReads(mapAt(object.json, ...path), path);
      return [...envoyReads(object), ...ofPods.map(read => ({ ...read, isAnywhere: true }))];
    },
  },
];
