import { textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { CERT_MANAGER } from './certificate.ts';

export const issuer: Kind = { group: CERT_MANAGER, kind: 'Issuer', mayMake: accountKey };

/** An issuer keeps the key of its ACME account in a Secret, and makes it if it is not there. */
export function accountKey(item: Item): string[] {
  const name = textAt(specOf(item), 'acme', 'privateKeySecretRef', 'name');
  return name === undefined ? [] : [name];
}
