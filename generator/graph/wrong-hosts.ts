import { isUnresolved } from '../ground/unresolved.ts';
import { serviceParts } from '../kinds/cnpg/services.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { cnpgClusters } from './cnpg-hosts.ts';
import { mayBeBrought } from './foreign-makers.ts';
import { nearestTo, type SecretGraph } from './secret-graph.ts';
import { allServiceHosts, type ServiceHost, type WrittenHost } from './service-hosts.ts';
import { isServiceOutside, serviceId, serviceMakers } from './services.ts';

/** A host of CNPG that surely is no Service, anywhere in the manifests. */
export interface AbsentCnpgHost extends ServiceHost {
  /** The Cluster that is meant; undefined: there are others, and none of that name. */
  readonly home?: PlacedObject;
}

/**
 * Hosts that no Service answers to: those of a Cluster of the set in a namespace where it is not, those that
 * begin like a Cluster of their namespace, and those that end like CNPG's where it has other
 * Clusters, or has objects at all and others have the Clusters. Something that is not known may bring
 * a Service, and then nothing is claimed.
 */
export function absentCnpgHosts(graph: SecretGraph): AbsentCnpgHost[] {
  const clusters = cnpgClusters(graph);
  if (clusters.length === 0) return [];
  const services = serviceMakers(graph);
  const isBrought = mayBeBrought(graph);
  const read = new Set(graph.objects.map(({ namespace }) => namespace));
  const isThere = ({ namespace, service }: ServiceHost): boolean =>
    namespace === '' ||
    services.has(serviceId(namespace, service)) ||
    services.has(serviceId('', service)) ||
    isServiceOutside(graph, { namespace, service }) ||
    isBrought(namespace, service);
  return allServiceHosts(graph).flatMap(host => {
    const meant = isThere(host) ? undefined : meaning(host, clusters, read);
    return meant === undefined ? [] : [{ ...host, ...meant }];
  });
}

/** What a host means among the Clusters; undefined: it may be anything else. */
function meaning(
  { object, form, service, namespace }: ServiceHost,
  clusters: readonly PlacedObject[],
  read: ReadonlySet<string>,
): { readonly home?: PlacedObject } | undefined {
  const parts = serviceParts(service);
  const named = nearestTo(
    object,
    clusters.filter(({ name }) => name === parts?.cnpgCluster),
  );
  if (named !== undefined) return form === 'pod' ? undefined : { home: named };
  const own = clusters.filter(cluster => cluster.namespace === namespace);
  const alike = own.find(({ name }) => form === 'full' && service.startsWith(`${name}-`));
  if (alike !== undefined) return { home: alike };
  if (form === 'pod') return undefined;
  const isUsual = parts?.suffix === 'rw' || parts?.suffix === 'ro';
  const isAmong = own.length > 0 && (isUsual || (parts !== undefined && form === 'full'));
  return isAmong || (isUsual && form !== 'short' && read.has(namespace)) ? {} : undefined;
}

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
