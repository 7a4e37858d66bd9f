import { type Pickup, pickups } from '../../graph/pickup.ts';
import {
  findSecret,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
} from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import { sortBy } from '../../ground/sort-by.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { writtenObject } from '../../kinds/placed-object.ts';
import type { Flow, FlowReader, FlowSecret } from './flow.ts';
import { makerOf } from './flow-maker.ts';
import { names, objectOf, shown, sortKey } from './shown-names.ts';

/** Which flow is meant. */
export interface FlowOptions {
  /** The environment; absent when the manifests were named one by one. */
  readonly name?: string | undefined;
  /** The objects whose Secrets are shown: those of the environment, without its neighbours'; absent: all. */
  readonly own?: ReadonlySet<PlacedObject>;
  /** The Secrets that are wanted, by `secretId`; absent: all. */
  readonly wanted?: ReadonlySet<string>;
}

/** The flow of every Secret that an own object makes or reads, with all its makers and readers. */
export function flowOf(graph: SecretGraph, { name = '', own, wanted }: FlowOptions): Flow {
  const readers = groupBy(graph.readers, read => secretId(read.namespace, read.secret));
  const external = groupBy(graph.externalSecrets, secret => secret.object);
  const pickupOf = pickups(graph);
  const ids = wanted ?? new Set([...graph.secrets.keys(), ...readers.keys()]);
  const secrets = [...ids].flatMap(id => {
    const reads = readers.get(id) ?? [];
    const node = graph.secrets.get(id) ?? unmade(graph, reads);
    if (node === undefined || isInternal(node, reads)) return [];
    const isOwn = ({ object }: { readonly object: PlacedObject }): boolean =>
      own?.has(writtenObject(object)) ?? true;
    if (![...node.makers, ...reads].some(isOwn)) return [];
    return [secretOf(node, reads, external, pickupOf)];
  });
  return { name: shown(name), secrets: sortBy(secrets, sortKey) };
}

/** A node of the flow; a Secret that is nowhere has no keys. */
interface FlowNode extends SecretNode {
  readonly isNowhere?: boolean;
}

function unmade(graph: SecretGraph, [read]: readonly Reader[]): FlowNode | undefined {
  if (read === undefined) return undefined;
  const { namespace, secret: name } = read;
  const nowhere = { namespace, name, makers: [], keys: new Set<string>(), isOpen: false };
  return findSecret(graph, namespace, name) ?? { ...nowhere, isNowhere: true };
}

/** What its maker makes for itself is noise unless something else reads them. */
function isInternal({ makers }: SecretNode, reads: readonly Reader[]): boolean {
  if (reads.length > 0 || makers.length === 0) return false;
  return makers.every(maker => maker.isInternal === true);
}

function secretOf(
  node: FlowNode,
  reads: readonly Reader[],
  external: ReadonlyMap<PlacedObject, readonly ExternalSecret[]>,
  pickupOf: (reads: readonly Reader[], node: SecretNode) => Pickup,
): FlowSecret {
  const { keys, isOpen, makers } = node;
  const wanted = reads.flatMap(({ key, isOptional }) =>
    key === undefined || isOptional ? [] : [key],
  );
  const readers = [...groupBy(reads, ({ object }) => object)].map(([object, own]) => ({
    ...readerOf(object, own),
    pickup: pickupOf(own, node),
  }));
  return {
    namespace: shown(node.namespace),
    name: shown(node.name),
    state: stateOf(node, reads),
    keys: names(keys),
    isOpen,
    missingKeys: isOpen ? [] : names(wanted.filter(key => !keys.has(key))),
    makers: sortBy(
      makers.map(maker => makerOf(maker, external.get(maker.object) ?? [])),
      sortKey,
    ),
    readers: sortBy(readers, sortKey),
  };
}

function stateOf({ makers, isNowhere }: FlowNode, reads: readonly Reader[]): FlowSecret['state'] {
  if (makers.length > 0) return 'made';
  if (isNowhere !== true) return 'outside';
  return reads.every(({ isOptional }) => isOptional) ? 'optional' : 'missing';
}

function readerOf(object: PlacedObject, reads: readonly Reader[]): Omit<FlowReader, 'pickup'> {
  const isWhole = reads.some(({ key }) => key === undefined);
  return {
    ...objectOf(object),
    how: names(reads.map(({ how }) => how)),
    ...(!isWhole && { keys: names(reads.flatMap(({ key = [] }) => key)) }),
  };
}
