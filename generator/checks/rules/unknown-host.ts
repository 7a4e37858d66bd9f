import { type CnpgHost, cnpgClusters, cnpgHosts, servicesOf } from '../../graph/cnpg-hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Rule } from '../rule.ts';

export const unknownHost: Rule = {
  id: 'unknown-host',
  severity: 'error',
  summary:
    'Each host of a CNPG Cluster is a Service that there is, in the namespace that is meant.',

  *check(graph) {
    const services = knownServices(graph);
    for (const host of cnpgHosts(graph)) {
      const namespace = host.givenNamespace ?? host.namespace;
      if (services.has(`${namespace}/${host.service}`)) continue;
      const homes = cnpgClusters(graph).filter(({ name }) => name === host.cluster);
      const [home] = homes;
      if (home === undefined) continue;
      yield {
        item: host.item,
        path: host.path,
        message: `there is no Service "${host.service}" in namespace "${namespace}"`,
        hint: hintFor(host, home.namespace),
        related: [{ item: home, path: ['metadata', 'name'], note: 'the Cluster' }],
      };
    }
  },
};

/** `namespace/name` of all Services: of manifests, of Clusters, and of Poolers, named like them. */
function knownServices(graph: SecretGraph): Set<string> {
  const named = [...graph.byKind('Service'), ...graph.byKind('Pooler')];
  return new Set([
    ...named.map(({ namespace, name }) => `${namespace}/${name}`),
    ...cnpgClusters(graph).flatMap(cluster =>
      [...servicesOf(cluster)].map(name => `${cluster.namespace}/${name}`),
    ),
  ]);
}

function hintFor({ cluster, suffix }: CnpgHost, home: string): string {
  const service = `${cluster}-${suffix ?? 'rw'}`;
  return `The Cluster "${cluster}" is reached at ${service}.${home}.svc.cluster.local.`;
}
