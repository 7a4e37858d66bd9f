import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { oncePer } from '../../../ground/once-per.ts';
import type { ExternalSecret } from '../../../kinds/eso/external-secret-spec.ts';
import { EXTERNAL_SECRETS } from '../../../kinds/eso/specs.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { type Changed, type Comparison, changedOf } from '../../changes/comparison.ts';

/** An ExternalSecret that changes and makes the same Secret before and after. */
export interface SecretPair {
  readonly change: Changed;
  readonly before: ExternalSecret;
  readonly after: ExternalSecret;
}

/** Changed ExternalSecrets that keep their Secret; one of a ClusterExternalSecret stands for all. */
export function externalSecretPairs(comparison: Comparison): SecretPair[] {
  return [...EXTERNAL_SECRETS.keys()]
    .flatMap(kind => changedOf(comparison, kind))
    .flatMap(change => {
      const before = secretOf(comparison.base, change.base);
      const after = secretOf(comparison.head, change.head);
      const isKept = before !== undefined && before.target === after?.target;
      return isKept && after !== undefined ? [{ change, before, after }] : [];
    });
}

function secretOf(graph: SecretGraph, object: PlacedObject): ExternalSecret | undefined {
  return makingSecrets(graph).get(object)?.[0];
}

/** The ExternalSecrets that make Secrets, by the object that they are or come from. */
const makingSecrets = oncePer(({ externalSecrets }: SecretGraph) =>
  groupBy(
    externalSecrets.filter(({ creationPolicy }) => creationPolicy !== 'None'),
    ({ object }) => object,
  ),
);
