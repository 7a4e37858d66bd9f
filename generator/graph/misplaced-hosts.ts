import { isUnresolved } from '../ground/unresolved.ts';
import type { Item } from '../kinds/kind.ts';
import { mayBeBrought } from './foreign-makers.ts';
import type { SecretGraph } from './secret-graph.ts';
import { allServiceHosts, type WrittenHost } from './service-hosts.ts';
import { isServiceOutside, serviceId, serviceMakers } from './services.ts';

/** A host with a namespace that has no such Service, while one other namespace has it. */
export interface MisplacedHost extends WrittenHost {
  /** What makes the Service. */
  readonly home: Item;
}

/**
 * Hosts of Services that are in another namespace than they say. A name may be one of any other
 * world: only where a host surely stands, and either something of that namespace is read, or an
 * object of the cluster, which has no namespace to be near, is built along with the Service.
 */
export function misplacedHosts(graph: SecretGraph): MisplacedHost[] {
  const services = serviceMakers(graph);
  const homes = homesOf(services);
  if (homes.size === 0) return [];
  const isBrought = mayBeBrought(graph);
  const read = new Set(graph.items.map(({ namespace }) => namespace));
  return allServiceHosts(graph).flatMap(host => {
    const { service, namespace } = host;
    const home = homes.get(service);
    if (home === undefined || !isSurely(host)) return [];
    if (services.has(serviceId(namespace, service)) || isServiceOutside(graph, host)) return [];
    const isNear = read.has(namespace) || isAlong(host, home);
    return isNear && !isBrought(namespace, service) ? [{ ...host, home }] : [];
  });
}

function isAlong({ item, form }: WrittenHost, home: Item): boolean {
  return form === 'full' && item.known?.isOfCluster === true && item.file === home.file;
}

/** Names of the Internet look like `service.namespace` too, but seldom have a port. */
function isSurely({ form, isSure, hasPort, written, setting, ...host }: WrittenHost): boolean {
  if (!isSure || setting === 'externalName') return false;
  return (
    form === 'full' ||
    (form === 'dotted' && hasPort && written === `${host.service}.${host.namespace}`)
  );
}

/** The makers of Services whose names only one namespace has, for sure. */
function homesOf(services: ReadonlyMap<string, Item>): Map<string, Item> {
  const homes = new Map<string, Item | undefined>();
  for (const [id, item] of services) {
    const service = id.slice(id.indexOf('/') + 1);
    const isOnly = !homes.has(service) && item.namespace !== '' && !isUnresolved(item.namespace);
    homes.set(service, isOnly ? item : undefined);
  }
  return new Map([...homes].flatMap(([name, item]) => (item === undefined ? [] : [[name, item]])));
}
