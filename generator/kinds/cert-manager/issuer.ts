import { mapAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { CERTIFICATE_KEYS, readOf, selectorReads } from '../secret-refs.ts';
import { CERT_MANAGER } from './certificate.ts';

export const issuer: Kind = {
  group: CERT_MANAGER,
  kind: 'Issuer',
  mayMake: accountKey,
  reads: issuerReads,
};

/** An issuer keeps the key of its ACME account in a Secret, and makes it if it is not there. */
export function accountKey(object: PlacedObject): string[] {
  const name = textAt(specOf(object), 'acme', 'privateKeySecretRef', 'name');
  return name === undefined ? [] : [name];
}

/**
 * An authority's certificate, and what solvers, accounts and servers are reached with
 * (docs/facts/operators.md#cert-manager).
 */
export function issuerReads(object: PlacedObject): Read[] {
  const { acme, ...others } = specOf(object);
  const { privateKeySecretRef: _, ...account } = mapAt(acme);
  const path = ['spec', 'ca', 'secretName'];
  return [
    ...readOf({ name: textAt(object.json, ...path), path, how: 'ref', needs: CERTIFICATE_KEYS }),
    ...selectorReads(account, ['spec', 'acme']),
    ...selectorReads(others, ['spec']),
  ];
}
