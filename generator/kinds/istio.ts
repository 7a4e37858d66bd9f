import { mapsIn } from '../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { fieldReads } from './secret-refs.ts';

/** Both name certificates that are read where the proxies run (docs/facts/operators.md#istio). */
export const istioGateways: readonly Kind[] = ['DestinationRule', 'Gateway'].map(kind => ({
  group: 'networking.istio.io',
  kind,
  reads: credentialReads,
}));

const CREDENTIALS = { credentialName: [], caCertCredentialName: [], 'credentialNames.*': [] };

/** A name with a scheme, `file://`, is none of a Secret. */
function credentialReads(object: PlacedObject): Read[] {
  return mapsIn(specOf(object), ['spec'])
    .flatMap(({ map, path }) => fieldReads(map, path, 'tls', CREDENTIALS))
    .filter(({ secret }) => !secret.includes('://'))
    .map(read => ({ ...read, isAnywhere: true }));
}
