import type { Path } from '../../ground/finding.ts';
import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { PlacedObject } from '../kind.ts';
import type { Made } from '../secret-ends.ts';

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
