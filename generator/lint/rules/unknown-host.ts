import { inNamespace, ofNamespace } from '../../core/kube-object.ts';
import { knownNames, nearest } from '../../core/names.ts';
import {
  absentCnpgHosts,
  cnpgClusters,
  cnpgHosts,
  type MisplacedHost,
  misplacedHosts,
  type ServiceHost,
  serviceId,
  serviceMakers,
} from '../../graph/hosts.ts';
import { nearestTo, type SecretGraph } from '../../graph/secret-graph.ts';
import { serviceParts } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownHost: Rule = {
  id: 'unknown-host',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary:
    'Each host of a CNPG Cluster or another Service is one that there is, in the namespace that is meant.',

  *check(graph) {
    const told = new Set<string>();
    for (const fault of hostsOfPods(graph)) {
      told.add(placeOf(fault));
      yield fault;
    }
    for (const { home, ...host } of absentCnpgHosts(graph)) {
      const { object, path, service, namespace } = host;
      const fault = {
        object,
        path,
        message: noService(service, namespace),
        ...(home === undefined ? otherClusters(graph, host) : clusterOf(service, home)),
        absent: { namespace, name: service },
      };
      if (told.has(placeOf(fault))) continue;
      told.add(placeOf(fault));
      yield fault;
    }
    for (const host of misplacedHosts(graph)) {
      const fault = misplaced(host);
      if (!told.has(placeOf(fault))) yield fault;
    }
  },
};

function placeOf({ object, path, message }: RuleFault): string {
  return JSON.stringify([object.file, object.path, path, message]);
}

/** Hosts of Clusters of the set where pods, templates and collectors have them. */
function* hostsOfPods(graph: SecretGraph): Iterable<RuleFault> {
  const services = serviceMakers(graph);
  for (const host of cnpgHosts(graph)) {
    const namespace = host.givenNamespace ?? host.namespace;
    if (services.has(serviceId(namespace, host.service))) continue;
    const all = cnpgClusters(graph).filter(({ name }) => name === host.cnpgCluster);
    const home = nearestTo(host.object, all);
    // Something else gives its namespace, and it may be the one that is meant.
    const isUnplaced = services.has(serviceId('', host.service));
    if (home === undefined || isUnplaced) continue;
    yield {
      object: host.object,
      path: host.path,
      message: noService(host.service, namespace),
      ...clusterOf(host.service, home),
      absent: { namespace: namespace || undefined, name: host.service },
    };
  }
}

function misplaced({ object, path, service, namespace, home }: MisplacedHost): RuleFault {
  return {
    object,
    path,
    message: noService(service, namespace),
    hint: `It is in namespace "${home.namespace}": ${service}.${home.namespace}.svc.cluster.local.`,
    related: [{ object: home, path: ['metadata', 'name'], note: 'the Service comes of this' }],
    absent: { namespace, name: service },
  };
}

function noService(service: string, namespace: string): string {
  return `there is no Service "${service}"${inNamespace(namespace)}`;
}

type Advice = Pick<RuleFault, 'hint' | 'related'>;

/** How the Cluster that is meant is reached. */
function clusterOf(written: string, home: PlacedObject): Advice {
  const service = `${home.name}-${serviceParts(written)?.suffix ?? 'rw'}`;
  const { namespace } = home;
  const name = namespace === '' ? service : `${service}.${namespace}.svc.cluster.local`;
  return {
    hint: `The Cluster "${home.name}" is reached at ${name}.`,
    related: [{ object: home, path: ['metadata', 'name'], note: 'the Cluster' }],
  };
}

/** The Clusters that there are, where none has the name: those of the namespace, or else of others. */
function otherClusters(graph: SecretGraph, { object, service, namespace }: ServiceHost): Advice {
  const all = cnpgClusters(graph);
  const own = all.filter(cluster => cluster.namespace === namespace);
  const name = serviceParts(service)?.cnpgCluster ?? service;
  const names = (own.length > 0 ? own : all).map(cluster => cluster.name);
  if (own.length > 0)
    return { hint: knownNames(`CNPG Clusters ${ofNamespace(namespace)}`, name, names) };
  const meant = nearest(name, names);
  const home = nearestTo(
    object,
    all.filter(cluster => cluster.name === meant),
  );
  return home === undefined
    ? { hint: knownNames('CNPG Clusters', name, names) }
    : clusterOf(service, home);
}
