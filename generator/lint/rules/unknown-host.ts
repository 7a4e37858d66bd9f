import { inNamespace, ofNamespace } from '../../core/kube-object.ts';
import { knownNames, nearest } from '../../core/names.ts';
import type { ServiceHost } from '../../graph/hosts.ts';
import { absentCnpgHosts, cnpgHosts, misplacedHosts, serviceMakers } from '../../graph/hosts.ts';
import { nearestTo, relatedName, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { cnpgCluster, serviceParts } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const unknownHost: Rule = absence('unknown-host', function* (graph) {
  const absent = absentCnpgHosts(graph).map(({ home, ...host }) =>
    missingService(
      host,
      home === undefined ? otherClusters(graph, host) : clusterOf(host.service, home),
    ),
  );
  const misplaced = misplacedHosts(graph).map(({ home, ...host }) =>
    missingService(host, {
      hint: `It is in namespace "${home.namespace}": ${host.service}.${home.namespace}.svc.cluster.local.`,
      related: [relatedName(home, 'the Service comes of this')],
    }),
  );
  const reported = new Set<string>();
  for (const fault of [...hostsOfPods(graph), ...absent, ...misplaced]) {
    const { object, path, message } = fault;
    const place = JSON.stringify([object.file, object.path, path, message]);
    if (!reported.has(place)) yield fault;
    reported.add(place);
  }
});

function* hostsOfPods(graph: SecretGraph): Iterable<RuleFault> {
  const services = serviceMakers(graph);
  for (const host of cnpgHosts(graph)) {
    const { object, service, namespace } = host;
    // A Service without a namespace gets one later, which may be this one.
    if ([namespace, ''].some(place => services.has(secretId(place, service)))) continue;
    const home = nearestTo(object, graph.byKind(cnpgCluster), host.cnpgCluster);
    if (home === undefined) continue;
    const fault = missingService(host, clusterOf(service, home));
    yield { ...fault, absent: { namespace: namespace || undefined, name: service } };
  }
}

function missingService(
  host: Pick<ServiceHost, 'object' | 'path' | 'service' | 'namespace'>,
  advice: Advice,
): RuleFault {
  const { object, path, service, namespace } = host;
  const message = `there is no Service "${service}"${inNamespace(namespace)}`;
  return { object, path, message, ...advice, absent: { namespace, name: service } };
}

type Advice = Pick<RuleFault, 'hint' | 'related'>;

function clusterOf(written: string, home: PlacedObject): Advice {
  const service = `${home.name}-${serviceParts(written)?.suffix ?? 'rw'}`;
  const { namespace } = home;
  const name = namespace === '' ? service : `${service}.${namespace}.svc.cluster.local`;
  return {
    hint: `The Cluster "${home.name}" is reached at ${name}.`,
    related: [relatedName(home, 'the Cluster')],
  };
}

function otherClusters(graph: SecretGraph, { object, service, namespace }: ServiceHost): Advice {
  const all = graph.byKind(cnpgCluster);
  const here = all.filter(cluster => cluster.namespace === namespace);
  const name = serviceParts(service)?.cnpgCluster ?? service;
  const names = (here.length > 0 ? here : all).map(cluster => cluster.name);
  if (here.length > 0)
    return { hint: knownNames(`CNPG Clusters ${ofNamespace(namespace)}`, name, names) };
  const meant = nearest(name, names);
  const home = meant === undefined ? undefined : nearestTo(object, all, meant);
  return home === undefined
    ? { hint: knownNames('CNPG Clusters', name, names) }
    : clusterOf(service, home);
}
