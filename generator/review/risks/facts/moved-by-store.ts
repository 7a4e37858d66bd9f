import { objectIdentity } from '../../../graph/graph-of.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** A read of a Secret, by whatever reads it. */
interface SecretRead {
  readonly object: PlacedObject;
  readonly namespace: string;
  readonly secret: string;
}

/**
 * Tells the reads of an ExternalSecret that asked for the same entry on base and now look for it in
 * another namespace, because its store is another one or reads elsewhere: the rule store-changed.
 */
export function movedByStore({ base }: Comparison): (read: SecretRead) => boolean {
  return ({ object, namespace, secret }) => {
    const identity = objectIdentity(object);
    const isAsked = base.externalSecrets.some(
      ({ object: other, data, dataFrom }) =>
        objectIdentity(other) === identity &&
        (data.some(({ key }) => key === secret) ||
          dataFrom.some(({ extract }) => extract === secret)),
    );
    const isThere = base.readers.some(
      reader =>
        reader.secret === secret &&
        reader.namespace === namespace &&
        objectIdentity(reader.object) === identity,
    );
    return isAsked && !isThere;
  };
}
