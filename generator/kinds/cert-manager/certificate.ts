import { isMap, textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';

export const CERT_MANAGER = 'cert-manager.io';

export const certificate: Kind = {
  group: CERT_MANAGER,
  kind: 'Certificate',
  hosts: 'none',
  /** cert-manager sets no owner, unless it runs with --enable-certificate-owner-ref. */
  leaves: 'always',

  /** cert-manager fills in ca.crt where the issuer has one; keystores add keys of their own. */
  makes: item => {
    const { keystores, additionalOutputFormats } = specOf(item);
    const secret = textAt(specOf(item), 'secretName');
    if (secret === undefined) return [];
    return [
      {
        secret,
        path: ['spec', 'secretName'],
        keys: new Set(['tls.crt', 'tls.key', 'ca.crt']),
        isOpen: isMap(keystores) || Array.isArray(additionalOutputFormats),
        type: 'kubernetes.io/tls',
      },
    ];
  },
};
