import { type CnpgHost, cnpgClusters, cnpgHosts } from '../../graph/cnpg-hosts.ts';
import { serviceId, serviceMakers } from '../../graph/services.ts';
import { inNamespace } from '../../ground/namespace-words.ts';
import type { Rule } from '../rule.ts';

export const unknownHost: Rule = {
  id: 'unknown-host',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary:
    'Each host of a CNPG Cluster is a Service that there is, in the namespace that is meant.',

  *check(graph) {
    const services = serviceMakers(graph);
    for (const host of cnpgHosts(graph)) {
      const namespace = host.givenNamespace ?? host.namespace;
      if (services.has(serviceId(namespace, host.service))) continue;
      const homes = cnpgClusters(graph).filter(({ name }) => name === host.cnpgCluster);
      const [home] = homes;
      // Something else gives its namespace, and it may be the one that is meant.
      const isUnplaced = services.has(serviceId('', host.service));
      if (home === undefined || isUnplaced) continue;
      yield {
        item: host.item,
        path: host.path,
        message: `there is no Service "${host.service}"${inNamespace(namespace)}`,
        hint: hintFor(host, home.namespace),
        related: [{ item: home, path: ['metadata', 'name'], note: 'the Cluster' }],
        absent: { namespace: namespace || undefined },
      };
    }
  },
};

function hintFor({ cnpgCluster, suffix }: CnpgHost, home: string): string {
  const service = `${cnpgCluster}-${suffix ?? 'rw'}`;
  const name = home === '' ? service : `${service}.${home}.svc.cluster.local`;
  return `The Cluster "${cnpgCluster}" is reached at ${name}.`;
}
