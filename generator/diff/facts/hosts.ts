import { distance } from 'fastest-levenshtein';
import { groupBy } from '../../core/json.ts';
import {
  isServiceOutside,
  type ServiceHost,
  serviceHosts,
  serviceId,
  serviceMakers,
  serviceRefs,
} from '../../graph/hosts.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Change, Comparison } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';

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

/** A host that head writes anew, and that surely no Service has. */
export interface UnknownHost {
  readonly host: ServiceHost;
  /** What is known of it: the host that stood there before, or one that is like it. */
  readonly hint: string;
}

/**
 * New hosts in namespaces whose Services are known, all of them, and of which none has that name. It may belong
 * to a Service that somebody installs: it is surely wrong where it takes the place of a host that
 * there is, where it is one of a CNPG Cluster and its namespace has others, and where a letter makes
 * it one that there is.
 */
export function unknownHosts(comparison: Comparison): UnknownHost[] {
  const { base, head, changes } = comparison;
  const [before, after] = [serviceMakers(base), serviceMakers(head)];
  if (after.size === 0 || head.outside.unknowns !== undefined) return [];
  const homes = new Set([...after.values()].map(({ namespace }) => namespace));
  const isUnknown = (host: ServiceHost): boolean =>
    !after.has(idOf(host)) &&
    !before.has(idOf(host)) &&
    host.form !== 'pod' &&
    homes.has(host.namespace) &&
    !isServiceOutside(head, host) &&
    !/^(kubernetes|localhost)$/.test(host.service);
  const sides = hostsOfChanges(comparison);
  const names = [...after.keys()];
  return changes.flatMap(change => {
    const { known, hosts } = sides(change);
    const written = new Set(known.map(idOf));
    const fresh = hosts
      .filter(host => isUnknown(host) && !written.has(idOf(host)))
      .filter(host => !isPod(host, hosts, after));
    return fresh.flatMap(host => {
      const hint =
        replacedBy(host, known, before) ?? cnpgService(host, names) ?? nearName(host, names);
      return hint === undefined ? [] : [{ host, hint }];
    });
  });
}

/** The hosts that a changed object names on head, and those that it named on base. */
interface HostsOfChange {
  readonly known: readonly ServiceHost[];
  readonly hosts: readonly ServiceHost[];
}

/** Goes through both graphs once, however many objects have changed. */
function hostsOfChanges({ base, head, changes }: Comparison): (change: Change) => HostsOfChange {
  const objects = changes.flatMap(change => (change.what === 'removed' ? [] : [change.head]));
  const olds = changes.flatMap(change => oldOf(change) ?? []);
  const after = groupBy(serviceHosts(head, new Set(objects)), ({ object }) => object);
  const before = groupBy(serviceHosts(base, new Set(olds)), ({ object }) => object);
  return change => {
    const old = oldOf(change);
    return {
      known: (old && before.get(old)) ?? [],
      hosts: change.what === 'removed' ? [] : (after.get(change.head) ?? []),
    };
  };
}

function oldOf(change: Change): PlacedObject | undefined {
  if (change.what === 'removed') return undefined;
  return change.what === 'changed' ? change.base : change.was;
}

function idOf({ namespace, service }: ServiceHost): string {
  return serviceId(namespace, service);
}

/** Whether `queue-0.queue` is a pod of the Service "queue", not a Service of a namespace. */
function isPod(
  { object, path, form }: ServiceHost,
  hosts: readonly ServiceHost[],
  services: ReadonlyMap<string, unknown>,
): boolean {
  return (
    form === 'dotted' &&
    hosts.some(
      host =>
        host.form === 'pod' &&
        host.object === object &&
        host.path.join('/') === path.join('/') &&
        services.has(idOf(host)),
    )
  );
}

/** The host with a Service that had the same setting on base. */
function replacedBy(
  { setting }: ServiceHost,
  known: readonly ServiceHost[],
  before: ReadonlyMap<string, unknown>,
): string | undefined {
  const old = known.find(host => host.setting === setting && before.has(idOf(host)));
  return old && `Until now it was ${old.service}.${old.namespace}.svc, a Service that there was.`;
}

const CNPG = /-(rw|ro|r)$/;

/** A host of a CNPG Cluster in a namespace that has such hosts. */
function cnpgService(
  { service, namespace, form }: ServiceHost,
  ids: readonly string[],
): string | undefined {
  const [end] = CNPG.exec(service) ?? [];
  if (end === undefined || form === 'short') return undefined;
  const other = ids.find(id => id.startsWith(`${namespace}/`) && id.endsWith(end));
  return other && `Is ${other.slice(namespace.length + 1)}.${namespace}.svc meant?`;
}

/** A Service of which one letter is another, missing or too many; numbers count things. */
function nearName(
  { service, namespace, form }: ServiceHost,
  ids: readonly string[],
): string | undefined {
  if (form === 'short' || service.length < 5) return undefined;
  const near = ids.find(id => {
    const [home, name = ''] = id.split('/');
    const isOne = home === namespace && distance(name, service) === 1;
    return isOne && name.replaceAll(/\d/g, '') !== service.replaceAll(/\d/g, '');
  });
  return near && `Is ${near.slice(namespace.length + 1)}.${namespace}.svc meant?`;
}
