import { type ServiceHost, serviceHosts } from '../../../graph/service-hosts.ts';
import { serviceId, serviceMakers, serviceRefs } from '../../../graph/services.ts';
import { groupBy } from '../../../ground/group-by.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';

/** A Service that base has and head has not, while head names it. */
export interface LostService {
  readonly name: string;
  readonly namespace: string;
  /** What made it on base. */
  readonly maker: PlacedObject;
  /** What it likely is called on head. */
  readonly successor?: string;
  readonly hosts: readonly ServiceHost[];
}

/**
 * Every Service that goes with what makes it, or is not made any more, and is still named. One that
 * is guarded against pruning does not go.
 */
export function lostServices(comparison: Comparison): LostService[] {
  const after = serviceMakers(comparison.head);
  const lost = [...serviceMakers(comparison.base)].filter(
    ([id, maker]) => !after.has(id) && !after.has(unplaced(id)) && isGoing(comparison, maker),
  );
  if (lost.length === 0) return [];
  const named = [...serviceHosts(comparison.head), ...serviceRefs(comparison.head)];
  const hosts = groupBy(named, ({ namespace, service }) => serviceId(namespace, service));
  return lost.flatMap(([id, maker]) => {
    const found = placesOf(hosts.get(id) ?? []);
    const [namespace = '', name = ''] = id.split('/');
    const successor = successorOf(comparison, maker, name);
    return found.length === 0
      ? []
      : [{ name, namespace, maker, hosts: found, ...(successor !== undefined && { successor }) }];
  });
}

/** The Service of what names no namespace any more: something else may give it the same one. */
function unplaced(id: string): string {
  return serviceId('', id.slice(id.indexOf('/') + 1));
}

/** Other environments of the cluster say themselves what becomes of theirs. */
function isGoing(comparison: Comparison, maker: PlacedObject): boolean {
  const change = comparison.changes.find(other => other.what !== 'added' && other.base === maker);
  if (change?.what !== 'removed') return change !== undefined;
  return deletionOf(comparison, maker).outcome !== 'kept';
}

/** Each place once: a text may name a Service twice. */
function placesOf(hosts: readonly ServiceHost[]): ServiceHost[] {
  const isSame = (a: ServiceHost, b: ServiceHost): boolean =>
    a.object === b.object && isSamePath(a.path, b.path);
  return hosts.filter((host, index) => hosts.findIndex(other => isSame(host, other)) === index);
}

function isSamePath(a: ServiceHost['path'], b: ServiceHost['path']): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** A Service under its new name, or that of a renamed Cluster or collector with the same suffix. */
function successorOf(
  { changes }: Comparison,
  maker: PlacedObject,
  name: string,
): string | undefined {
  const [becomes] = changes.flatMap(change =>
    change.what === 'removed' && change.base === maker ? (change.becomes ?? []) : [],
  );
  if (becomes === undefined || !name.startsWith(maker.name)) return undefined;
  const service = becomes.name + name.slice(maker.name.length);
  return becomes.namespace === maker.namespace ? service : `${service}.${becomes.namespace}.svc`;
}
