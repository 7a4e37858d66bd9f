import { type JsonObject, listAt, mapAt } from '../../ground/json.ts';
import { fateOfClaims } from '../claims-fate.ts';
import type { DataFate } from '../data-fate.ts';
import type { Find } from '../kind.ts';

/**
 * What becomes of what Kafka writes to a `storage`: its claims stay, unless one says that they go
 * (docs/facts/operators.md#kafka-and-rabbitmq). Undefined: it has none, or goes with its pods.
 */
export function storageFate(
  storage: JsonObject,
  path: readonly string[],
  find: Find,
): DataFate | undefined {
  const volumes = storage['type'] === 'jbod' ? listAt(storage, 'volumes') : [storage];
  const claimed = volumes
    .map(volume => mapAt(volume))
    .filter(({ type }) => type === 'persistent-claim');
  if (claimed.length === 0) return undefined;
  const going = claimed.filter(({ deleteClaim }) => deleteClaim === true);
  if (going.length === 0)
    return { fate: 'kept', hasClaimsAgain: true, because: 'deleteClaim: false', path: [...path] };
  return fateOfClaims(going.map(claimOf), find, 'deleteClaim: true');
}

function claimOf({ class: name }: JsonObject): JsonObject {
  return typeof name === 'string' ? { storageClassName: name } : {};
}
