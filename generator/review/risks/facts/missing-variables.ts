import { collectorVariables } from '../../../graph/collector-variables.ts';
import { itemIdentity } from '../../../graph/graph-of.ts';
import { findSecret, type SecretGraph } from '../../../graph/secret-graph.ts';
import { unresolvedReferences } from '../../../graph/variables.ts';
import type { Path } from '../../../ground/finding.ts';
import { knownNames } from '../../../ground/suggest.ts';
import type { Container } from '../../../kinds/pods.ts';
import type { MissedRead } from './missed-reads.ts';

/** A place that expands a variable which its container does not have. */
export interface MissingVariable {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  readonly known: () => Iterable<string>;
}

/** `$(NAME)` of containers and `${env:NAME}` of collectors. */
export function missingVariables(graph: SecretGraph): MissingVariable[] {
  const pods = new Map(graph.pods.map(pod => [pod.item, pod]));
  return [
    ...unresolvedReferences(graph).filter(
      ({ definedAt, isOwn }) => definedAt === undefined && !isOwn,
    ),
    ...collectorVariables(graph).flatMap(({ item, known, ...variable }) => {
      const [container] = pods.get(item)?.containers ?? [];
      return container === undefined ? [] : [{ container, known: () => known, ...variable }];
    }),
  ];
}

/** The same variable of the same container, on whichever side. */
export function missingVariableId({
  container: { item, name: container },
  name,
}: MissingVariable): string {
  return JSON.stringify([itemIdentity(item), container, name]);
}

/**
 * The key that a variable misses, in a Secret that its container takes whole: the one that had it
 * on base, else the first. A container that takes none misses no key.
 */
export function missedKey(base: SecretGraph, variable: MissingVariable): MissedRead[] {
  const { container, path, name, known } = variable;
  const { item, envFrom } = container;
  const { namespace } = item;
  const sources = envFrom.flatMap(({ secret, prefix }) =>
    secret === undefined
      ? []
      : [{ secret, key: name.startsWith(prefix) ? name.slice(prefix.length) : name }],
  );
  const source =
    sources.find(({ secret, key }) => findSecret(base, namespace, secret)?.keys.has(key)) ??
    sources[0];
  if (source === undefined) return [];
  return [{ item, path, namespace, ...source, hint: knownNames('variables', name, known()) }];
}
