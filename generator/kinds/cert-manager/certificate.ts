import { isMap, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { madeAt } from '../secret-ends.ts';
import { selectorReads } from '../secret-refs.ts';

export const CERT_MANAGER = 'cert-manager.io';

export const certificate: Kind = {
  group: CERT_MANAGER,
  kind: 'Certificate',
  hosts: 'none',
  /** cert-manager sets no owner, unless it runs with --enable-certificate-owner-ref. */
  leaves: 'always',
  makes: object =>
    madeAt(
      object,
      ['spec', 'secretName'],
      ['tls.crt', 'tls.key', 'ca.crt', ...furtherKeys(object)],
      {
        type: 'kubernetes.io/tls',
      },
    ),
  secretAnnotations: () => ['spec', 'secretTemplate', 'annotations'],
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
