import type { Path } from '../core/finding.ts';
import { type Json, type JsonObject, listAt, mapAt, scalarText, textAt } from '../core/json.ts';
import type { Kind, Made, PlacedObject, Read } from './kind.ts';
import { madeAt, namedAfter, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, selectorReads, specFields } from './secret-refs.ts';

export const CERT_MANAGER = 'cert-manager.io';
const ISSUED_KEYS = ['tls.crt', 'tls.key', 'ca.crt'];
const ISSUED_TYPE = { type: 'kubernetes.io/tls' } as const;

export const certificate: Kind = {
  group: CERT_MANAGER,
  kind: 'Certificate',
  fields: { hosts: 'none' },
  secrets: {
    /** cert-manager sets no owner, unless it runs with --enable-certificate-owner-ref. */
    remain: 'always',
    annotationsAt: () => ['spec', 'secretTemplate', 'annotations'],
  },
  makes: object =>
    madeAt(object, ['spec', 'secretName'], [...ISSUED_KEYS, ...furtherKeys(object)], ISSUED_TYPE),
  reads: object => selectorReads(mapAt(specOf(object), 'keystores'), ['spec', 'keystores']),
};

const KEYSTORES: Readonly<Record<string, readonly string[]>> = {
  jks: ['keystore.jks', 'truststore.jks'],
  pkcs12: ['keystore.p12', 'truststore.p12'],
};

const FORMATS = new Map(Object.entries({ DER: 'key.der', CombinedPEM: 'tls-combined.pem' }));

/** The keys that keystores and output formats add (docs/facts/operators.md#cert-manager). */
function furtherKeys(object: PlacedObject): string[] {
  const stores = Object.entries(KEYSTORES).flatMap(([store, keys]) => {
    const { create = false } = mapAt(specOf(object), 'keystores', store);
    return create === false ? [] : keys;
  });
  const formats = listAt(specOf(object), 'additionalOutputFormats').flatMap(
    format => FORMATS.get(textAt(format, 'type') ?? '') ?? [],
  );
  return [...stores, ...formats];
}

export const issuer: Kind = {
  group: CERT_MANAGER,
  kind: 'Issuer',
  secrets: {
    possibleNames: object => [textAt(specOf(object), 'acme', 'privateKeySecretRef', 'name') ?? ''],
  },
  reads: issuerReads,
};

const authorityReads = specFields('ref', { 'ca.secretName': CERTIFICATE_KEYS });

/** The certificate of an authority, and the logins to solvers, accounts and servers (docs/facts/operators.md#cert-manager). */
function issuerReads(object: PlacedObject): Read[] {
  const { acme, ...others } = specOf(object);
  const { privateKeySecretRef: _, ...account } = mapAt(acme);
  return [
    ...authorityReads(object),
    ...selectorReads(account, ['spec', 'acme']),
    ...selectorReads(others, ['spec']),
  ];
}

/** Its Secrets are in a namespace that a flag of cert-manager sets, by default cert-manager's own. */
export const clusterIssuer: Kind = {
  ...issuer,
  kind: 'ClusterIssuer',
  isOfCluster: true,
  reads: object => issuerReads(object).map(read => ({ ...read, isAnywhere: true })),
};

const ISSUER = ['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'];
const ISSUED_BY = [...ISSUER, 'cert-manager.io/issuer-kind', 'cert-manager.io/issuer-group'];

/** Whether cert-manager makes the certificates that an object with these annotations names (cert-manager.io/docs/usage/ingress). */
export function hasIssuer(annotations: JsonObject): boolean {
  const isNamed = ISSUER.some(name => textAt(annotations, name) !== undefined);
  return isNamed || annotations['kubernetes.io/tls-acme'] === 'true';
}

/** The Secrets that cert-manager's ingress-shim makes for an Ingress at this path, if it names an issuer. */
export function issuedForIngress(ingress: unknown, path: Path): Made[] {
  const annotations = mapAt(ingress, 'metadata', 'annotations');
  return issuedForTls(annotations, listAt(ingress, 'spec', 'tls'), [...path, 'spec', 'tls']);
}

/** The same for annotations and a list `tls`, as the values of a chart have them. */
export function issuedForTls(annotations: JsonObject, tls: readonly Json[], path: Path): Made[] {
  if (!hasIssuer(annotations)) return [];
  return tls.flatMap((entry, index) => {
    const secret = textAt(entry, 'secretName') ?? '';
    const hosts = listAt(entry, 'hosts').map(scalarText).sort();
    const request = JSON.stringify([...ISSUED_BY.map(name => annotations[name]), ...hosts]);
    if (secret === '') return [];
    return [{ ...issuedSecret(secret, [...path, index, 'secretName']), request }];
  });
}

/** The Secret of a certificate. When the object is deleted its Certificate goes too, and the Secret stays. */
export function issuedSecret(secret: string, path: Made['path']): Made {
  return namedAfter(secret, ISSUED_KEYS, { path, ...ISSUED_TYPE });
}
