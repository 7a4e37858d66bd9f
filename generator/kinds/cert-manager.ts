import type { Path } from '../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import { type Kind, type Made, madeAt, type PlacedObject, type Read, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, readOf, selectorReads } from './secret-refs.ts';

export const CERT_MANAGER = 'cert-manager.io';

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
    madeAt(
      object,
      ['spec', 'secretName'],
      ['tls.crt', 'tls.key', 'ca.crt', ...furtherKeys(object)],
      {
        type: 'kubernetes.io/tls',
      },
    ),
  /** The passwords of the keystores. */
  reads: object => selectorReads(mapAt(specOf(object), 'keystores'), ['spec', 'keystores']),
};

const KEYSTORES: Readonly<Record<string, readonly string[]>> = {
  jks: ['keystore.jks', 'truststore.jks'],
  pkcs12: ['keystore.p12', 'truststore.p12'],
};

const FORMATS: Readonly<Record<string, string>> = {
  DER: 'key.der',
  CombinedPEM: 'tls-combined.pem',
};

/** Keys of the keystores and output formats (docs/facts/operators.md#cert-manager). */
function furtherKeys(object: PlacedObject): string[] {
  const { keystores } = specOf(object);
  const stores = Object.entries(KEYSTORES).flatMap(([store, keys]) => {
    const wanted = isMap(keystores) ? mapAt(keystores, store)['create'] : undefined;
    return wanted === undefined || wanted === false ? [] : keys;
  });
  const formats = listAt(specOf(object), 'additionalOutputFormats').flatMap(format => {
    const type = textAt(format, 'type') ?? '';
    return Object.hasOwn(FORMATS, type) ? (FORMATS[type] ?? []) : [];
  });
  return [...stores, ...formats];
}

export const issuer: Kind = {
  group: CERT_MANAGER,
  kind: 'Issuer',
  secrets: { possibleNames: accountKey },
  reads: issuerReads,
};

/** An issuer keeps the key of its ACME account in a Secret, and makes it if it is not there. */
function accountKey(object: PlacedObject): string[] {
  const name = textAt(specOf(object), 'acme', 'privateKeySecretRef', 'name');
  return name === undefined ? [] : [name];
}

/**
 * An authority's certificate, and what solvers, accounts and servers are reached with
 * (docs/facts/operators.md#cert-manager).
 */
function issuerReads(object: PlacedObject): Read[] {
  const { acme, ...others } = specOf(object);
  const { privateKeySecretRef: _, ...account } = mapAt(acme);
  const path = ['spec', 'ca', 'secretName'];
  return [
    ...readOf({ name: textAt(object.json, ...path), path, how: 'ref', needs: CERTIFICATE_KEYS }),
    ...selectorReads(account, ['spec', 'acme']),
    ...selectorReads(others, ['spec']),
  ];
}

/** Its Secrets are in the namespace that cert-manager is told, its own unless it is told another. */
export const clusterIssuer: Kind = {
  group: CERT_MANAGER,
  kind: 'ClusterIssuer',
  isOfCluster: true,
  secrets: { possibleNames: accountKey },
  reads: object => issuerReads(object).map(read => ({ ...read, isAnywhere: true })),
};

const ISSUER = ['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'];

/** Whether cert-manager makes the certificates that an object names (cert-manager.io/docs/usage/ingress). */
export function isIssued({ json }: PlacedObject): boolean {
  return hasIssuer(mapAt(json, 'metadata', 'annotations'));
}

/** The same of annotations alone, as values for a chart have them. */
export function hasIssuer(annotations: JsonObject): boolean {
  const isNamed = ISSUER.some(name => textAt(annotations, name) !== undefined);
  return isNamed || annotations['kubernetes.io/tls-acme'] === 'true';
}

/** What cert-manager's ingress-shim makes for an Ingress that stands at a path, where it names an issuer. */
export function issuedForIngress(ingress: unknown, path: Path): Made[] {
  if (!hasIssuer(mapAt(ingress, 'metadata', 'annotations'))) return [];
  return listAt(ingress, 'spec', 'tls').flatMap((entry, index) => {
    const secret = textAt(entry, 'secretName');
    const at = [...path, 'spec', 'tls', index, 'secretName'];
    return secret === undefined ? [] : [issuedSecret(secret, at)];
  });
}

/** The Secret of a certificate: the Certificate goes with the object, and its Secret stays. */
export function issuedSecret(secret: string, path: Made['path']): Made {
  const keys = new Set(['tls.crt', 'tls.key', 'ca.crt']);
  return { secret, path, keys, isOpen: false, type: 'kubernetes.io/tls' };
}
