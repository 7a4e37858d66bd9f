import { groupBy } from '../../ground/group-by.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { oncePer } from '../../ground/once-per.ts';
import { selectsObject } from '../../kinds/core/label-selector.ts';
import { corePod } from '../../kinds/core/pod.ts';
import { isOver, type Owner, ownersOf } from '../../kinds/core/pod-status.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Dump } from './dump.ts';

/** The pods that run for an object of the manifests, of those in a dump that are not over. */
export function livePods(object: PlacedObject, dump: Dump): readonly PlacedObject[] {
  const { owned, homes } = podsIn(dump);
  const known = owned.get(idOf(object.namespace, object));
  if (known !== undefined) return known;
  const live = object.known && dump.find(object.known, object.namespace, object.name);
  const selector = specOf(live ?? object)['selector'];
  if (!isSelector(selector)) return [];
  return (homes.get(object.namespace) ?? []).filter(pod => selectsObject(selector, pod));
}

/** An empty one would select every pod. */
function isSelector(selector: unknown): selector is JsonObject {
  return isMap(selector) && Object.keys(mapAt(selector, 'matchLabels')).length > 0;
}

/** The pods of a dump, by namespace, and by whatever they are or are owned by. */
const podsIn = oncePer((dump: Dump) => {
  const pods = dump.byKind(corePod).filter(pod => !isOver(pod));
  const owned = groupBy(
    pods.flatMap(pod => ownersOver(pod, dump).map(id => ({ id, pod }))),
    ({ id }) => id,
  );
  return {
    homes: groupBy(pods, ({ namespace }) => namespace),
    owned: new Map([...owned].map(([id, all]) => [id, all.map(({ pod }) => pod)])),
  };
});

/** Nothing is owned over more steps: a pod of a Job of a CronJob of an operator's object. */
const STEPS = 4;

/** A pod, its owners, and theirs. */
function ownersOver(pod: PlacedObject, dump: Dump): string[] {
  const ids = new Set([idOf(pod.namespace, pod)]);
  let next: readonly Owner[] = ownersOf(pod);
  for (let step = 0; step < STEPS && next.length > 0; step += 1) {
    for (const owner of next) ids.add(idOf(pod.namespace, owner));
    next = next.flatMap(owner => {
      const live = dump.named(owner.kind, pod.namespace, owner.name);
      return live === undefined ? ownerByName(owner, pod) : ownersOf(live);
    });
  }
  return [...ids];
}

function idOf(namespace: string, { kind, name }: Owner): string {
  return [kind, namespace, name].join('\0');
}

/** A Deployment calls its ReplicaSets after itself and the hash that its pods have as a label. */
function ownerByName({ kind, name }: Owner, { json }: PlacedObject): Owner[] {
  const hash = textAt(mapAt(json, 'metadata', 'labels'), 'pod-template-hash');
  if (kind !== 'ReplicaSet' || hash === undefined || !name.endsWith(`-${hash}`)) return [];
  return [{ kind: 'Deployment', name: name.slice(0, -hash.length - 1) }];
}
