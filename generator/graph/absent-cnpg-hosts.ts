import { serviceParts } from '../kinds/cnpg/services.ts';
import type { Item } from '../kinds/kind.ts';
import { cnpgClusters } from './cnpg-hosts.ts';
import { mayBeBrought } from './foreign-makers.ts';
import { nearestTo } from './nearest-to.ts';
import type { SecretGraph } from './secret-graph.ts';
import { allServiceHosts, type ServiceHost } from './service-hosts.ts';
import { isServiceOutside, serviceId, serviceMakers } from './services.ts';

/** A host of CNPG that surely is no Service, anywhere in the manifests. */
export interface AbsentCnpgHost extends ServiceHost {
  /** The Cluster that is meant; undefined: there are others, and none of that name. */
  readonly home?: Item;
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
  const read = new Set(graph.items.map(({ namespace }) => namespace));
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
  { item, form, service, namespace }: ServiceHost,
  clusters: readonly Item[],
  read: ReadonlySet<string>,
): { readonly home?: Item } | undefined {
  const parts = serviceParts(service);
  const named = nearestTo(
    item,
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
