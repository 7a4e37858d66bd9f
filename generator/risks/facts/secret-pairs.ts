import { type Changed, type Comparison, changedOf } from '../../diff/comparison.ts';
import type { ExternalSecret } from '../../graph/external-secrets.ts';
import type { Item } from '../../graph/item.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';

/** An ExternalSecret that changes and makes the same Secret before and after. */
export interface SecretPair {
  readonly change: Changed;
  readonly before: ExternalSecret;
  readonly after: ExternalSecret;
}

/** Changed ExternalSecrets that keep their Secret; one of a ClusterExternalSecret stands for all. */
export function externalSecretPairs(comparison: Comparison): SecretPair[] {
  return ['ExternalSecret', 'ClusterExternalSecret']
    .flatMap(kind => changedOf(comparison, kind, 'external-secrets.io'))
    .flatMap(change => {
      const before = secretOf(comparison.base, change.base);
      const after = secretOf(comparison.head, change.head);
      const isKept = before !== undefined && before.target === after?.target;
      return isKept && after !== undefined ? [{ change, before, after }] : [];
    });
}

function secretOf({ externalSecrets }: SecretGraph, item: Item): ExternalSecret | undefined {
  return externalSecrets.find(secret => secret.item === item && secret.creationPolicy !== 'None');
}
