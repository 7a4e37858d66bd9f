import { copyingsOf, copySourceOf } from '../kinds/copiers/copies.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { addKeys, addMaker, type GrowingNode, type Maker, secretId } from './secret-graph.ts';

/** How often a mirror may be one of a mirror. */
const LONGEST_CHAIN = 5;

/** Adds the Secrets that operators copy to named namespaces, and the keys that they fill mirrors with. */
export function addCopies(
  secrets: Map<string, GrowingNode>,
  mirrors: readonly PlacedObject[],
): void {
  for (const copy of [...secrets.values()].flatMap(copiesOf)) addMaker(secrets, copy);
  const filled = mirrors.filter(mirror => copySourceOf(mirror) !== undefined);
  for (let round = 0; round < LONGEST_CHAIN && filled.length > 0; round += 1)
    for (const mirror of filled) fillMirror(secrets, mirror);
}

/** Where a Secret of that name is already, none is made. */
function copiesOf({ makers, namespace: home, keys, isOpen }: GrowingNode): Maker[] {
  return makers.flatMap(maker =>
    copyingsOf(maker.object).flatMap(({ namespaces, path }) =>
      namespaces
        .filter(namespace => namespace !== home)
        .map(namespace => ({ ...maker, namespace, path, keys, isOpen, isShared: true as const })),
    ),
  );
}

function fillMirror(secrets: Map<string, GrowingNode>, mirror: PlacedObject): void {
  const source = copySourceOf(mirror);
  const node = secrets.get(secretId(mirror.namespace, mirror.name));
  if (source === undefined || node === undefined) return;
  const from = secrets.get(secretId(source.namespace, source.secret));
  addKeys(node, from?.keys ?? [], from?.isOpen ?? true);
}
