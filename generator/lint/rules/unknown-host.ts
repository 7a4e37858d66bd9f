import { absentCnpgHosts } from '../../graph/absent-cnpg-hosts.ts';
import { cnpgClusters, cnpgHosts } from '../../graph/cnpg-hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { ServiceHost } from '../../graph/service-hosts.ts';
import { serviceId, serviceMakers } from '../../graph/services.ts';
import { inNamespace, ofNamespace } from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import { serviceParts } from '../../kinds/cnpg/services.ts';
import type { Item } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownHost: Rule = {
  id: 'unknown-host',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary:
    'Each host of a CNPG Cluster is a Service that there is, in the namespace that is meant.',

  *check(graph) {
    const told = new Set<string>();
    for (const fault of hostsOfPods(graph)) {
      told.add(placeOf(fault));
      yield fault;
    }
    for (const { home, ...host } of absentCnpgHosts(graph)) {
      const { item, path, service, namespace } = host;
      const fault = {
        item,
        path,
        message: `there is no Service "${service}"${inNamespace(namespace)}`,
        ...(home === undefined ? otherClusters(graph, host) : clusterOf(service, home)),
        absent: { namespace, name: service },
      };
      if (!told.has(placeOf(fault))) yield fault;
    }
  },
};

function placeOf({ item, path, message }: RuleFault): string {
  return JSON.stringify([item.file, item.path, path, message]);
}

/** Hosts of Clusters of the set where pods, templates and collectors have them. */
function* hostsOfPods(graph: SecretGraph): Iterable<RuleFault> {
  const services = serviceMakers(graph);
  for (const host of cnpgHosts(graph)) {
    const namespace = host.givenNamespace ?? host.namespace;
    if (services.has(serviceId(namespace, host.service))) continue;
    const [home] = cnpgClusters(graph).filter(({ name }) => name === host.cnpgCluster);
    // Something else gives its namespace, and it may be the one that is meant.
    const isUnplaced = services.has(serviceId('', host.service));
    if (home === undefined || isUnplaced) continue;
    yield {
      item: host.item,
      path: host.path,
      message: `there is no Service "${host.service}"${inNamespace(namespace)}`,
      ...clusterOf(host.service, home),
      absent: { namespace: namespace || undefined, name: host.service },
    };
  }
}

type Advice = Pick<RuleFault, 'hint' | 'related'>;

/** How the Cluster that is meant is reached. */
function clusterOf(written: string, home: Item): Advice {
  const service = `${home.name}-${serviceParts(written)?.suffix ?? 'rw'}`;
  const { namespace } = home;
  const name = namespace === '' ? service : `${service}.${namespace}.svc.cluster.local`;
  return {
    hint: `The Cluster "${home.name}" is reached at ${name}.`,
    related: [{ item: home, path: ['metadata', 'name'], note: 'the Cluster' }],
  };
}

/** The Clusters that there are, where none has the name. */
function otherClusters(graph: SecretGraph, { service, namespace }: ServiceHost): Advice {
  const names = cnpgClusters(graph)
    .filter(cluster => cluster.namespace === namespace)
    .map(({ name }) => name);
  const name = serviceParts(service)?.cnpgCluster ?? service;
  return { hint: knownNames(`CNPG Clusters ${ofNamespace(namespace)}`, name, names) };
}
