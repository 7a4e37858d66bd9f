import { isUnresolved } from '../ground/unresolved.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { mayBeBrought } from './foreign-makers.ts';
import type { SecretGraph } from './secret-graph.ts';
import { allServiceHosts, type WrittenHost } from './service-hosts.ts';
import { isServiceOutside, serviceId, serviceMakers } from './services.ts';

/** A host with a namespace that has no such Service, while one other namespace has it. */
export interface MisplacedHost extends WrittenHost {
  /** What makes the Service. */
  readonly home: PlacedObject;
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
  const read = new Set(graph.objects.map(({ namespace }) => namespace));
  return allServiceHosts(graph).flatMap(host => {
    const { service, namespace } = host;
    const home = homes.get(service);
    if (home === undefined || !isSurely(host)) return [];
    if (services.has(serviceId(namespace, service)) || isServiceOutside(graph, host)) return [];
    const isNear = read.has(namespace) || isAlong(host, home);
    return isNear && !isBrought(namespace, service) ? [{ ...host, home }] : [];
  });
}

function isAlong({ object, form }: WrittenHost, home: PlacedObject): boolean {
  return form === 'full' && object.known?.isOfCluster === true && object.file === home.file;
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
function homesOf(services: ReadonlyMap<string, PlacedObject>): Map<string, PlacedObject> {
  const homes = new Map<string, PlacedObject | undefined>();
  for (const [id, object] of services) {
    const service = id.slice(id.indexOf('/') + 1);
    const isOnly =
      !homes.has(service) && object.namespace !== '' && !isUnresolved(object.namespace);
    homes.set(service, isOnly ? object : undefined);
  }
  return new Map(
    [...homes].flatMap(([name, object]) => (object === undefined ? [] : [[name, object]])),
  );
}
