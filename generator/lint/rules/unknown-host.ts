import { firstOfEach, groupBy } from '../../core/json.ts';
import { inNamespace, isUnresolved, ofNamespace } from '../../core/kube-object.ts';
import { knownNames, nearest } from '../../core/names.ts';
import { mayBeBrought } from '../../graph/doubts.ts';
import type { ServiceHost, WrittenHost } from '../../graph/hosts.ts';
import { cnpgHosts, serviceHosts, serviceMakers } from '../../graph/hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { buildOf, nearestTo, relatedName, secretId } from '../../graph/secret-graph.ts';
import { cnpgCluster, serviceParts } from '../../kinds/cnpg/cluster.ts';
import type { ObjectField, PlacedObject } from '../../kinds/kind.ts';
import { coreService } from '../../kinds/kubernetes.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const unknownHost: Rule = absence('unknown-host', graph => {
  const services = serviceMakers(graph);
  const faults = [...hostsOfPods(graph, services), ...otherHosts(graph, services)];
  return firstOfEach(faults, ({ object, path, message }) =>
    JSON.stringify([object.file, object.path, path, message]),
  );
});

type Services = ReadonlyMap<string, PlacedObject>;

function* hostsOfPods(graph: SecretGraph, services: Services): Iterable<RuleFault> {
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

/** Hosts in all texts; nothing is claimed where a kind that is not known may bring the Service. */
function* otherHosts(graph: SecretGraph, services: Services): Iterable<RuleFault> {
  const hasClusters = graph.byKind(cnpgCluster).length > 0;
  const homes = homesOf(services);
  if (!hasClusters && homes.size === 0) return;
  const isBrought = mayBeBrought(graph);
  const read = new Set(graph.objects.map(({ namespace }) => namespace));
  const isThere = ({ namespace, service: name }: ServiceHost): boolean =>
    namespace === '' ||
    ['', namespace].some(home => services.has(secretId(home, name))) ||
    isDeclared(graph.outside, coreService.kind, { namespace, name }) ||
    isBrought(namespace, name);
  for (const host of serviceHosts(graph)) {
    const home = homes.get(host.service);
    if ((!hasClusters && home === undefined) || isThere(host)) continue;
    const isRead = read.has(host.namespace);
    const advice = ofCluster(graph, host, isRead) ?? (home && elsewhere(graph, host, home, isRead));
    if (advice !== undefined) yield missingService(host, advice);
  }
}

/** What to write in place of the host of a Cluster; undefined: it need not mean any. */
function ofCluster(graph: SecretGraph, host: ServiceHost, isRead: boolean): Advice | undefined {
  const { object, form, service, namespace } = host;
  const clusters = graph.byKind(cnpgCluster);
  if (form === 'pod' || clusters.length === 0) return undefined;
  const parts = serviceParts(service);
  const near = clusters.filter(cluster => cluster.namespace === namespace);
  const meant =
    (parts && nearestTo(object, clusters, parts.cnpgCluster)) ??
    near.find(({ name }) => form === 'full' && service.startsWith(`${name}-`));
  if (meant !== undefined) return clusterOf(service, meant);
  const isUsual = parts?.suffix === 'rw' || parts?.suffix === 'ro';
  const isAmong = near.length > 0 && (isUsual || (parts !== undefined && form === 'full'));
  const isLikelyCluster = isAmong || (isUsual && form !== 'short' && isRead);
  return isLikelyCluster ? otherClusters(graph, host) : undefined;
}

/** For a sure host whose namespace was read, or is built with it: just one other namespace has the Service. */
function elsewhere(graph: SecretGraph, host: WrittenHost, home: PlacedObject, isRead: boolean) {
  const { object, form } = host;
  const isOfCluster = form === 'full' && object.knownKind?.isOfCluster === true;
  const isAlong = isOfCluster && buildOf(graph, object) === buildOf(graph, home);
  if (!isSurely(host) || !(isRead || isAlong)) return undefined;
  return {
    hint: `It is in namespace "${home.namespace}": ${host.service}.${home.namespace}.svc.cluster.local.`,
    related: [relatedName(home, 'the Service comes of this')],
  };
}

/** Whether a text is surely a host of a Service. `service.namespace` may be a name of the Internet, which seldom has a port. */
function isSurely({ form, isSure, hasPort, written, setting, ...host }: WrittenHost): boolean {
  if (!isSure || setting === 'externalName') return false;
  const isWhole = hasPort && written === `${host.service}.${host.namespace}`;
  return form === 'full' || (form === 'dotted' && isWhole);
}

/** The objects that make Services of names that only one namespace has. */
function homesOf(services: Services): Map<string, PlacedObject> {
  const named = groupBy([...services], ([id]) => id.slice(id.indexOf('/') + 1));
  return new Map(
    [...named].flatMap(([name, [[, object], ...others]]) => {
      const isOnly = others.length === 0 && object.namespace !== '';
      return isOnly && !isUnresolved(object.namespace) ? [[name, object]] : [];
    }),
  );
}

type Host = Pick<ServiceHost, 'service' | 'namespace'> & ObjectField;

function missingService({ object, path, service, namespace }: Host, advice: Advice): RuleFault {
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
