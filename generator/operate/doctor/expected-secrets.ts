import {
  findSecret,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
} from '../../graph/secret-graph.ts';
import type { Path } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../kinds/kind.ts';

/** A Secret that the manifests make or read, and so one that has to be in the cluster. */
export interface ExpectedSecret {
  readonly namespace: string;
  readonly name: string;
  /** What makes it; absent: nothing in the manifests. */
  readonly node?: SecretNode;
  readonly external: readonly ExternalSecret[];
  readonly readers: readonly Reader[];
  /** Where the manifests speak of it first. */
  readonly object: PlacedObject;
  readonly path: Path;
}

/** All that the own objects of a graph make or need, by namespace and name. */
export function expectedSecrets(
  graph: SecretGraph,
  own: ReadonlySet<PlacedObject>,
): ExpectedSecret[] {
  const isOwn = ({ object }: { readonly object: PlacedObject }): boolean =>
    own.has(object.written?.by ?? object);
  const readers = groupBy(graph.readers.filter(isOwn), ({ namespace, secret }) =>
    secretId(namespace, secret),
  );
  const writing = graph.externalSecrets.filter(({ creationPolicy }) => creationPolicy !== 'None');
  const external = groupBy(writing, ({ namespace, target }) => secretId(namespace, target));
  const made = [...graph.secrets.values()].filter(({ makers }) =>
    makers.some(maker => isOwn(maker) && maker.isInternal !== true),
  );
  const needed = [...readers.values()].flatMap(all => all.find(one => !one.isOptional) ?? []);
  const names = new Map(
    [...made, ...needed.map(({ namespace, secret }) => ({ namespace, name: secret }))]
      .filter(({ namespace, name }) => name !== '' && ![namespace, name].some(isUnresolved))
      .map(secret => [secretId(secret.namespace, secret.name), secret]),
  );
  return sortBy([...names], ([id]) => id).flatMap(([id, { namespace, name }]) => {
    const node = findSecret(graph, namespace, name);
    const [place] = [...(node?.makers ?? []), ...(readers.get(id) ?? [])];
    if (place === undefined) return [];
    return {
      namespace,
      name,
      ...(node !== undefined && { node }),
      external: external.get(id) ?? [],
      readers: readers.get(id) ?? [],
      object: place.object,
      path: place.path,
    };
  });
}
