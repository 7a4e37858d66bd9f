import { objectIdentity } from '../../../graph/graph-of.ts';
import { type ExternalSecret, ownName } from '../../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { isOwn } from './reads.ts';

/** An ExternalSecret that owned its Secret, and what its object becomes. */
export interface RemovedOwner extends ExternalSecret {
  readonly isRemoved: boolean;
  readonly becomes?: PlacedObject;
}

/** A namespace that a ClusterExternalSecret leaves loses its ExternalSecret too. */
export function removedOwners(comparison: Comparison): RemovedOwner[] {
  const { base, head, changes } = comparison;
  const left = new Set(head.externalSecrets.map(identityOf));
  const gone = new Map(
    changes.flatMap(change => (change.what === 'removed' ? [[change.base, change] as const] : [])),
  );
  return base.externalSecrets
    .filter(isOwn(comparison))
    .filter(secret => secret.creationPolicy === 'Owner' && !left.has(identityOf(secret)))
    .map((secret): RemovedOwner => {
      const removed = gone.get(secret.object);
      const { becomes } = removed ?? {};
      const isRemoved = removed !== undefined;
      return { ...secret, isRemoved, ...(becomes !== undefined && { becomes }) };
    })
    .filter(({ becomes, object }) => becomes?.name !== object.name);
}

function identityOf({ object, namespace }: ExternalSecret): string {
  return [objectIdentity(object), namespace, ownName(object)].join(' ');
}
