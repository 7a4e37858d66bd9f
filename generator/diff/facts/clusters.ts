import { groupBy, listAt, textAt } from '../../core/json.ts';
import { type ServiceHost, serviceHosts, serviceRefs } from '../../graph/hosts.ts';
import { secretId } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import {
  CLUSTER_MEMBERS,
  CLUSTER_PATH,
  COPY_SOURCES,
  cnpgClusterNameOf,
  cnpgClusterOf,
  FOLLOWED_SOURCE,
  subscription,
} from '../../kinds/cnpg/members.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { changedOf, type Diff } from '../diff.ts';
import { type Placed, placeOn, type RelatedObject } from '../risk.ts';

/** Objects of a removed Cluster that name another one on head: the apply is rejected. */
export function followers(diff: Diff, removed: PlacedObject): RelatedObject[] {
  return CLUSTER_MEMBERS.filter(({ changes }) => changes?.fixedOnceSet?.includes('cluster.name'))
    .flatMap(kind => changedOf(diff, kind))
    .filter(
      ({ base, before, after }) =>
        base.namespace === removed.namespace &&
        cnpgClusterNameOf(before) === removed.name &&
        cnpgClusterNameOf(after) !== removed.name,
    )
    .map(({ head }) => ({
      ...placeOn('head', head, CLUSTER_PATH),
      note: 'cannot follow, its cluster is immutable: make a new object',
    }));
}

/** Whether the Cluster that an object belongs to on base is gone on head. */
export function hasLostCluster({ base, head }: Diff, object: PlacedObject): boolean {
  return cnpgClusterOf(base, object) !== undefined && cnpgClusterOf(head, object) === undefined;
}

/** The fields of head that name a Service, by the Service, without those that nothing follows. */
export function namedServices(diff: Diff): ReadonlyMap<string, readonly ServiceHost[]> {
  const all = [...serviceHosts(diff.head), ...serviceRefs(diff.head)];
  const followed = all.filter(host => !isIdleSource(diff, host));
  return groupBy(followed, ({ namespace, service }) => secretId(namespace, service));
}

/** Whether a field is of an external cluster that its Cluster does not, or no longer, connect to (docs/facts/cnpg.md#bootstrap). */
export function isIdleSource({ base, head }: Diff, { object, path }: Placed): boolean {
  const [, field, index] = path;
  if (object.knownKind !== cnpgCluster || field !== 'externalClusters') return false;
  const entry = textAt(listAt(specOf(object), 'externalClusters')[Number(index)], 'name');
  const isMade = base.find(cnpgCluster, object.namespace, object.name) !== undefined;
  const names = [...(isMade ? [] : COPY_SOURCES), FOLLOWED_SOURCE].map(fields =>
    textAt(specOf(object), ...fields),
  );
  const subscribed = head
    .byKind(subscription)
    .filter(subscriber => cnpgClusterOf(head, subscriber) === object)
    .map(subscriber => textAt(specOf(subscriber), 'externalClusterName'));
  return entry !== undefined && ![...names, ...subscribed].includes(entry);
}
