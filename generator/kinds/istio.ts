import type { Path } from '../core/finding.ts';
import { listAt, mapsIn } from '../core/json.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { readOf } from './secret-refs.ts';

/** Both name certificates that are read where the proxies run (docs/facts/operators.md#istio). */
export const istioGateways: readonly Kind[] = ['DestinationRule', 'Gateway'].map(kind => ({
  group: 'networking.istio.io',
  kind,
  reads: credentialReads,
}));

function credentialReads(object: PlacedObject): Read[] {
  return mapsIn(specOf(object), ['spec']).flatMap(({ map, path }) => [
    ...credentialRead(map['credentialName'], [...path, 'credentialName']),
    ...credentialRead(map['caCertCredentialName'], [...path, 'caCertCredentialName']),
    ...listAt(map, 'credentialNames').flatMap((name, index) =>
      credentialRead(name, [...path, 'credentialNames', index]),
    ),
  ]);
}

/** One with a scheme, `file://`, is no Secret of that name. */
function credentialRead(name: unknown, path: Path): Read[] {
  const isSecret = typeof name === 'string' && !name.includes('://');
  return isSecret
    ? readOf({ name, path, how: 'tls' }).map(read => ({ ...read, isAnywhere: true }))
    : [];
}
