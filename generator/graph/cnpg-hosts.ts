import { oncePer } from '../ground/once-per.ts';
import { cnpgCluster } from '../kinds/cnpg/cluster.ts';
import { type ServiceSuffix, serviceParts } from '../kinds/cnpg/services.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type PlacedText, placedTexts } from './placed-texts.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A host of a CNPG cluster, as it is written: `db-rw`, `db-rw.shop`, `db-rw.shop.svc…`, `db.shop.svc`. */
export interface CnpgHost extends PlacedText {
  /** The Service: with or without one of CNPG's suffixes. */
  readonly service: string;
  /** As written; undefined: the pod's own. */
  readonly givenNamespace: string | undefined;
  readonly cnpgCluster: string;
  readonly suffix: ServiceSuffix | undefined;
  readonly port: string | undefined;
}

/** A name, perhaps with a namespace and the cluster's domain behind it, perhaps with a port. */
const HOST =
  /(?<![\w.-])([a-z](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.svc(?:\.cluster\.local)?)?)?(?::(\d{2,5}))?(?![\w.-])/g;

/** The hosts in a graph's texts that mean a CNPG Cluster of the set. */
export const cnpgHosts: (graph: SecretGraph) => readonly CnpgHost[] = oncePer(graph => {
  const clusters = new Set(cnpgClusters(graph).map(({ name }) => name));
  if (clusters.size === 0) return [];
  return placedTexts(graph).flatMap(text => hostsIn(text, clusters));
});

/** The CNPG Clusters of the set. */
export function cnpgClusters({ byKind }: SecretGraph): PlacedObject[] {
  return [...byKind(cnpgCluster)];
}

function hostsIn(text: PlacedText, clusters: ReadonlySet<string>): CnpgHost[] {
  if (text.text.length > 10_000) return [];
  return [...text.text.matchAll(HOST)].flatMap(match => hostOf(text, match, clusters));
}

function hostOf(
  text: PlacedText,
  [whole, service = '', givenNamespace, port]: RegExpExecArray,
  clusters: ReadonlySet<string>,
): CnpgHost[] {
  const parts = serviceParts(service);
  if (parts !== undefined && clusters.has(parts.cnpgCluster))
    return [{ ...text, service, givenNamespace, ...parts, port }];
  const isBare = clusters.has(service) && whole.includes('.svc');
  return isBare
    ? [{ ...text, service, givenNamespace, cnpgCluster: service, suffix: undefined, port }]
    : [];
}
