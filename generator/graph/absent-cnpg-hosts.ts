import { serviceParts } from '../kinds/cnpg/services.ts';
import type { Item } from '../kinds/kind.ts';
import { cnpgClusters } from './cnpg-hosts.ts';
import { mayBeBrought } from './foreign-makers.ts';
import type { SecretGraph } from './secret-graph.ts';
import { type ServiceHost, serviceHosts } from './service-hosts.ts';
import { serviceId, serviceMakers } from './services.ts';

/** A host of CNPG that surely is no Service, anywhere in the manifests. */
export interface AbsentCnpgHost extends ServiceHost {
  /** The Cluster that is meant; undefined: its namespace has others, and none of that name. */
  readonly home?: Item;
}

/**
 * Hosts that no Service answers to: those of a Cluster of the set in a namespace where it is not, those that
 * begin like a Cluster of their namespace, and those that end like CNPG's where it has other
 * Clusters. Something that is not known may bring a Service, and then nothing is claimed.
 */
export function absentCnpgHosts(graph: SecretGraph): AbsentCnpgHost[] {
  const clusters = cnpgClusters(graph);
  if (clusters.length === 0) return [];
  const services = serviceMakers(graph);
  const isBrought = mayBeBrought(graph);
  const isThere = ({ namespace, service }: ServiceHost): boolean =>
    namespace === '' ||
    services.has(serviceId(namespace, service)) ||
    services.has(serviceId('', service)) ||
    isBrought(namespace, service);
  return serviceHosts(graph).flatMap(host => {
    const meant = isThere(host) ? undefined : meaning(host, clusters);
    return meant === undefined ? [] : [{ ...host, ...meant }];
  });
}

/** What a host means among the Clusters; undefined: it may be anything else. */
function meaning(
  { form, service, namespace }: ServiceHost,
  clusters: readonly Item[],
): { readonly home?: Item } | undefined {
  const parts = serviceParts(service);
  const named = clusters.find(({ name }) => name === parts?.cnpgCluster);
  if (named !== undefined) return form === 'pod' ? undefined : { home: named };
  const own = clusters.filter(cluster => cluster.namespace === namespace);
  const alike = own.find(({ name }) => service.startsWith(`${name}-`));
  if (form === 'full' && alike !== undefined) return { home: alike };
  const isCnpg = parts !== undefined && (form === 'full' || parts.suffix !== 'r');
  return isCnpg && form !== 'pod' && own.length > 0 ? {} : undefined;
}
