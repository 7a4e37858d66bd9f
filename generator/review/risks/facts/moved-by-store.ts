import { itemIdentity } from '../../../graph/graph-of.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** A read of a Secret, by whatever reads it. */
interface SecretRead {
  readonly item: Item;
  readonly namespace: string;
  readonly secret: string;
}

/**
 * Tells the reads of an ExternalSecret that asked for the same entry on base and now look for it in
 * another namespace, because its store is another one or reads elsewhere: the rule store-changed.
 */
export function movedByStore({ base }: Comparison): (read: SecretRead) => boolean {
  return ({ item, namespace, secret }) => {
    const identity = itemIdentity(item);
    const isAsked = base.externalSecrets.some(
      ({ item: other, data, dataFrom }) =>
        itemIdentity(other) === identity &&
        (data.some(({ key }) => key === secret) ||
          dataFrom.some(({ extract }) => extract === secret)),
    );
    const isThere = base.readers.some(
      reader =>
        reader.secret === secret &&
        reader.namespace === namespace &&
        itemIdentity(reader.item) === identity,
    );
    return isAsked && !isThere;
  };
}
