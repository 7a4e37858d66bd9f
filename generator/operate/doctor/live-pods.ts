import { isMap, mapAt, textAt } from '../../ground/json.ts';
import { selectsItem } from '../../kinds/core/label-selector.ts';
import { corePod } from '../../kinds/core/pod.ts';
import { isOver, ownersOf } from '../../kinds/core/pod-status.ts';
import type { Item } from '../../kinds/kind.ts';
import { specOf } from '../../kinds/kind.ts';
import type { Dump } from './dump.ts';

/** The pods that run for an object of the manifests, of those in a dump that are not over. */
export function livePods(item: Item, dump: Dump): Item[] {
  const live = item.known && dump.find(item.known, item.namespace, item.name);
  const selector = specOf(live ?? item)['selector'];
  return dump.byKind(corePod).filter(pod => {
    if (pod.namespace !== item.namespace || isOver(pod)) return false;
    return isOwnedBy(pod, item, dump) || (isSelector(selector) && selectsItem(selector, pod));
  });
}

/** An empty one would select every pod. */
function isSelector(selector: unknown): selector is Parameters<typeof selectsItem>[0] {
  return isMap(selector) && Object.keys(mapAt(selector, 'matchLabels')).length > 0;
}

/** A pod's owner, its owner's, and so on: nothing is owned over more steps. */
const STEPS = 5;

function isOwnedBy(pod: Item, { kind, namespace, name }: Item, dump: Dump): boolean {
  let owned: readonly { readonly kind: string; readonly name: string }[] = [pod];
  for (let step = 0; step < STEPS; step += 1) {
    if (owned.some(one => one.kind === kind && one.name === name)) return true;
    owned = owned.flatMap(one => {
      if (one === pod) return ownersOf(pod);
      const live = dump.named(one.kind, namespace, one.name);
      return live === undefined ? ownerByName(one, pod) : ownersOf(live);
    });
  }
  return false;
}

/** A Deployment calls its ReplicaSets after itself and the hash that its pods have as a label. */
function ownerByName(
  { kind, name }: { readonly kind: string; readonly name: string },
  { object }: Item,
): { readonly kind: string; readonly name: string }[] {
  const hash = textAt(mapAt(object, 'metadata', 'labels'), 'pod-template-hash');
  if (kind !== 'ReplicaSet' || hash === undefined || !name.endsWith(`-${hash}`)) return [];
  return [{ kind: 'Deployment', name: name.slice(0, -hash.length - 1) }];
}
