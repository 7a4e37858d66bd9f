import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

export const POSTGRES_PORT = '5432';

/** -rw is the primary, -ro replicas only, -r any instance. */
const SUFFIXES = ['rw', 'ro', 'r'] as const;

export type ServiceSuffix = (typeof SUFFIXES)[number];

/** The Services that a Cluster brings: -rw always, -ro and -r unless switched off, and its own. */
export function clusterServices(cluster: PlacedObject): string[] {
  const services = mapAt(specOf(cluster), 'managed', 'services');
  const disabled = listAt(services, 'disabledDefaultServices');
  const own = listAt(services, 'additional').flatMap(
    service => textAt(service, 'serviceTemplate', 'metadata', 'name') ?? [],
  );
  const standard = SUFFIXES.filter(suffix => !disabled.includes(suffix));
  return [...new Set([...standard.map(suffix => `${cluster.name}-${suffix}`), ...own])];
}

/** The Cluster that a Service would belong to by its name, and which one of it it is. */
export function serviceParts(
  service: string,
): { readonly cnpgCluster: string; readonly suffix: ServiceSuffix } | undefined {
  const suffix = SUFFIXES.find(end => service.endsWith(`-${end}`));
  return suffix && { cnpgCluster: service.slice(0, -suffix.length - 1), suffix };
}

/** The host of a Service, such as that of a Pooler, which has its name. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** The hosts of a CNPG Cluster. */
export function hosts(cluster: string, namespace: string): Readonly<Record<string, string>> {
  const host = (suffix: ServiceSuffix): string => serviceHost(`${cluster}-${suffix}`, namespace);
  return { host: host('rw'), 'host-ro': host('ro'), 'host-r': host('r') };
}
