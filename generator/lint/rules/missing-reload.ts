import type { Path } from '../../core/finding.ts';
import { sortBy } from '../../core/json.ts';
import { relatedName, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type FrozenRead, frozenReads, isLasting, type Pod } from '../../kinds/pods.ts';
import { isReloadedAnyway, type Watch, watchOf } from '../../kinds/reloader.ts';
import { type Rule, warning } from '../rule.ts';

export const missingReload: Rule = warning('missing-reload', function* (graph) {
  if (isReloadedAnyway(graph.pods)) return;
  const changing = changingSecrets(graph);
  for (const pod of changing.size === 0 ? [] : graph.pods.filter(isLasting)) {
    const watch = watchOf(pod);
    const read = watch.names.every(name => graph.secrets.has(secretId(pod.object.namespace, name)))
      ? unwatched(pod, watch, changing)
      : undefined;
    const writer = read && changing.get(secretId(pod.object.namespace, read.secret));
    if (read !== undefined && writer !== undefined) yield notRestarted(pod, watch, read, writer);
  }
});

function unwatched(pod: Pod, { isAll, names }: Watch, changing: ReadonlyMap<string, PlacedObject>) {
  if (isAll) return undefined;
  const { namespace } = pod.object;
  const reads = frozenReads(pod).filter(
    ({ secret }) => changing.has(secretId(namespace, secret)) && !names.includes(secret),
  );
  return sortBy(reads, ({ secret }) => secret)[0];
}

function changingSecrets({ externalSecrets }: SecretGraph): Map<string, PlacedObject> {
  return new Map(
    externalSecrets
      .filter(secret => secret.creationPolicy !== 'None' && secret.refresh.isActive)
      .map(({ namespace, target, object }) => [secretId(namespace, target), object]),
  );
}

function notRestarted({ object }: Pod, { path }: Watch, read: FrozenRead, writer: PlacedObject) {
  const keeps = read.how === 'subPath' ? 'a subPath mount' : 'variables';
  const at: Path = path ?? (read.how === 'subPath' ? read.path : ['metadata', 'annotations']);
  return {
    object,
    path: at,
    message: `${object.kind} "${object.name}" keeps the old values of Secret "${read.secret}" in ${keeps} when it changes, and nothing restarts it`,
    hint:
      path === undefined
        ? `With Reloader: annotate the ${object.kind} with reloader.stakater.com/auto: "true"${read.how === 'subPath' ? ', or mount the folder without subPath' : ''}.`
        : `Add "${read.secret}" to the annotation's list.`,
    related: [
      { object, path: read.path, note: `reads "${read.secret}"` },
      relatedName(writer, `${writer.kind} "${writer.name}" changes it`),
    ],
  };
}
