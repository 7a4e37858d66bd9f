import { pickups } from '../../graph/pickup.ts';
import {
  findSecret,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
} from '../../graph/secret-graph.ts';
import { remoteOf } from '../../graph/stores.ts';
import type { ObjectName } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { mapAt, textAt } from '../../ground/json.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type ExternalSecret, ownName } from '../../kinds/eso/external-secret-spec.ts';
import { storeName } from '../../kinds/eso/stores.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { writtenObject } from '../../kinds/placed-object.ts';
import { secretReaders } from '../params/secret-users.ts';
import type { Pattern, RunbookReader, RunbookSecret, Source } from './runbook.ts';

/** The Secrets that own objects make or read, of which it is known how they come to be. */
export function runbookSecrets(
  graph: SecretGraph,
  own: ReadonlySet<PlacedObject>,
): RunbookSecret[] {
  const reads = groupBy(graph.readers, read => secretId(read.namespace, read.secret));
  const external = groupBy(graph.externalSecrets, ({ namespace, target }) =>
    secretId(namespace, target),
  );
  const pickupOf = pickups(graph);
  const readersOf = secretReaders(graph);
  const ids = new Set([...graph.secrets.keys(), ...reads.keys()]);
  const secrets = [...ids].flatMap((id): RunbookSecret[] => {
    const readers = reads.get(id) ?? [];
    const node = graph.secrets.get(id) ?? declared(graph, readers) ?? absent(readers);
    if (node === undefined || isInternal(node, readers)) return [];
    const isOwn = [...node.makers, ...readers].some(({ object }) => own.has(writtenObject(object)));
    if (!isOwn) return [];
    const made = (external.get(id) ?? []).find(({ object }) =>
      node.makers.some(maker => maker.object === object),
    );
    const variables = new Map(
      readersOf(node, [...node.keys]).map(reader => [objectKey(reader.name), reader.variables]),
    );
    const users = [...groupBy(readers, ({ object }) => object)].map(([object, all]) => ({
      ...readerOf(object),
      variables: variables.get(objectKey(objectName(writtenObject(object)))) ?? [],
      pickup: pickupOf(all, node),
    }));
    return [secretOf(node, made, sortBy(users, objectKey), graph)];
  });
  return sortBy(secrets, ({ namespace, name }) => `${namespace}\0${name}`);
}

function declared(graph: SecretGraph, [read]: readonly Reader[]): SecretNode | undefined {
  return read && findSecret(graph, read.namespace, read.secret);
}

/** What nothing makes that was read, and somebody cannot do without. */
function absent(reads: readonly Reader[]): AbsentNode | undefined {
  const needed = reads.filter(({ isOptional }) => !isOptional);
  const [read] = needed;
  if (read === undefined) return undefined;
  const { namespace, secret: name } = read;
  const keys = new Set(needed.flatMap(({ key }) => key ?? []));
  const isOpen = needed.some(({ key }) => key === undefined);
  return { namespace, name, keys, isOpen, makers: [], isAbsent: true };
}

interface AbsentNode extends SecretNode {
  readonly isAbsent?: true;
}

/** What a maker makes for itself, unless something else reads it. */
function isInternal({ makers }: SecretNode, reads: readonly Reader[]): boolean {
  return makers.length > 0 && reads.length === 0 && makers.every(maker => maker.isInternal);
}

function readerOf(object: PlacedObject): Omit<RunbookReader, 'pickup' | 'variables'> {
  const target = object.written === undefined ? object.known?.rollout?.(object) : undefined;
  const { namespace } = object;
  return {
    ...objectName(writtenObject(object)),
    ...(target !== undefined && { rollout: { namespace, target } }),
  };
}

function secretOf(
  node: AbsentNode,
  made: ExternalSecret | undefined,
  readers: readonly RunbookReader[],
  graph: SecretGraph,
): RunbookSecret {
  const { namespace, name, keys, isOpen, makers } = node;
  const [maker] = makers;
  const interval = made?.refresh.isActive ? (made.refresh.interval ?? '1h') : undefined;
  return {
    namespace,
    name,
    keys: [...keys].sort(),
    isOpen,
    pattern: node.isAbsent ? 'absent' : patternOf(maker?.object, made, graph),
    ...(maker !== undefined && { maker: objectName(writtenObject(maker.object)) }),
    ...(made !== undefined && { external: ownName(made.object) }),
    ...(interval !== undefined && { interval }),
    isDeleted:
      made !== undefined && textAt(mapAt(made.spec, 'target'), 'deletionPolicy') === 'Delete',
    sources: made === undefined ? [] : sourcesOf(made),
    readers,
  };
}

function patternOf(
  maker: PlacedObject | undefined,
  made: ExternalSecret | undefined,
  { find }: SecretGraph,
): Pattern {
  if (maker === undefined) return 'manual';
  if (maker.known === cnpgCluster) return 'database';
  if (made === undefined) return 'made';
  const { data, dataFrom, namespace } = made;
  const entries = [...data, ...dataFrom];
  if (dataFrom.some(({ generator }) => generator) && data.length === 0) return 'generated';
  return entries.some(({ storeRef }) => remoteOf(find, storeRef, namespace) !== undefined)
    ? 'transformed'
    : 'fetched';
}

function sourcesOf({ namespace, data, dataFrom }: ExternalSecret): Source[] {
  const all = [
    ...data.map(({ key, storeRef }) => ({ key, from: storeRef && storeName(storeRef, namespace) })),
    ...dataFrom.map(({ extract, generator, storeRef }) => ({
      key: extract ?? '',
      from: generator ?? (storeRef && storeName(storeRef, namespace)),
    })),
  ];
  return [...groupBy(all, ({ from }) => (from === undefined ? '' : objectKey(from)))].flatMap(
    ([, entries]) => {
      const from = entries[0]?.from;
      const keys = [...new Set(entries.map(({ key }) => key))].filter(key => key !== '').sort();
      return from === undefined ? [] : [{ ...from, keys }];
    },
  );
}

/** What objects are sorted and told apart by. */
export function objectKey({ kind, namespace = '', name }: ObjectName): string {
  return `${kind}/${namespace}/${name}`;
}
