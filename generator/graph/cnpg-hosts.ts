import type { Path } from '../ground/finding.ts';
import { isMap, type Json, listAt, mapAt } from '../ground/json.ts';
import { valueAt } from '../ground/value-path.ts';
import { cnpgCluster } from '../kinds/cnpg/cluster.ts';
import type { Item } from '../kinds/kind.ts';
import type { Container } from '../kinds/pods.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A text of a manifest in which a host may stand. */
export interface PlacedText {
  readonly item: Item;
  /** The namespace that short names resolve in. */
  readonly namespace: string;
  readonly text: string;
  readonly path: Path;
  readonly container?: Container;
}

/** A host of a CNPG cluster, as it is written: `db-rw`, `db-rw.shop`, `db-rw.shop.svc…`, `db.shop.svc`. */
export interface CnpgHost extends PlacedText {
  /** The Service: with or without one of CNPG's suffixes. */
  readonly service: string;
  /** As written; undefined: the pod's own. */
  readonly givenNamespace: string | undefined;
  readonly cnpgCluster: string;
  readonly suffix: 'rw' | 'ro' | 'r' | undefined;
  readonly port: string | undefined;
}

/** All texts where hosts stand: variables, arguments, templates, collectors' configurations. */
export function placedTexts({ pods, externalSecrets, items }: SecretGraph): PlacedText[] {
  return [
    ...pods.flatMap(({ containers }) => containers.flatMap(containerTexts)),
    ...externalSecrets.flatMap(({ item, namespace, path, spec }) => {
      const at = [...path, 'target', 'template', 'data'];
      const texts = strings(mapAt(spec, 'target', 'template', 'data'), at);
      return texts.map(found => ({ item, namespace, ...found }));
    }),
    ...items.flatMap(settingsTexts),
  ];
}

/** The texts of what is a program's configuration, such as a collector's. */
function settingsTexts(item: Item): PlacedText[] {
  const path = item.known?.settings;
  const { namespace } = item;
  if (path === undefined) return [];
  const texts = strings((valueAt(item.object, path) ?? null) as Json, path);
  return texts.map(found => ({ item, namespace, ...found }));
}

function containerTexts(container: Container): PlacedText[] {
  const { item, path, spec, env } = container;
  const base = { item, namespace: item.namespace, container };
  const words = ['command', 'args'].flatMap(field =>
    strings(listAt(spec, field), [...path, field]),
  );
  return [
    ...env.flatMap(({ value, path: at }) =>
      value === undefined ? [] : [{ text: value, path: [...at, 'value'], ...base }],
    ),
    ...words.map(found => ({ ...base, ...found })),
  ];
}

function strings(value: Json, path: Path): { text: string; path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (Array.isArray(value)) return value.flatMap((item, index) => strings(item, [...path, index]));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => strings(child, [...path, key]));
}

/** A name, perhaps with a namespace and the cluster's domain behind it, perhaps with a port. */
const HOST =
  /(?<![\w.-])([a-z](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.svc(?:\.cluster\.local)?)?)?(?::(\d{2,5}))?(?![\w.-])/g;

/** The hosts in a graph's texts that mean a CNPG Cluster of the set. */
export function cnpgHosts(graph: SecretGraph): CnpgHost[] {
  const clusters = new Set(cnpgClusters(graph).map(({ name }) => name));
  if (clusters.size === 0) return [];
  return placedTexts(graph).flatMap(text => hostsIn(text, clusters));
}

/** The CNPG Clusters of the set. */
export function cnpgClusters({ byKind }: SecretGraph): Item[] {
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
  const [, stem = '', end] = /^(.*)-(rw|ro|r)$/.exec(service) ?? [];
  const isEnd = end === 'rw' || end === 'ro' || end === 'r';
  if (isEnd && clusters.has(stem)) {
    return [{ ...text, service, givenNamespace, cnpgCluster: stem, suffix: end, port }];
  }
  const isBare = clusters.has(service) && whole.includes('.svc');
  return isBare
    ? [{ ...text, service, givenNamespace, cnpgCluster: service, suffix: undefined, port }]
    : [];
}
