import { collectorVariables } from '../../../graph/collector-variables.ts';
import { objectIdentity } from '../../../graph/graph-of.ts';
import type { SecretGraph } from '../../../graph/secret-graph.ts';
import { unresolvedReferences } from '../../../graph/variables.ts';
import type { Path } from '../../../ground/finding.ts';
import type { Container } from '../../../kinds/pods.ts';

/** A place that expands a variable which its container does not have. */
export interface MissingVariable {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  readonly known: () => Iterable<string>;
}

/** `$(NAME)` of containers and `${env:NAME}` of collectors. */
export function missingVariables(graph: SecretGraph): MissingVariable[] {
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  return [
    ...unresolvedReferences(graph).filter(
      ({ definedAt, isOwn }) => definedAt === undefined && !isOwn,
    ),
    ...collectorVariables(graph).flatMap(({ object, known, ...variable }) => {
      const [container] = pods.get(object)?.containers ?? [];
      return container === undefined ? [] : [{ container, known: () => known, ...variable }];
    }),
  ];
}

/** The same variable of the same container, on whichever side. */
export function missingVariableId({
  container: { object, name: container },
  name,
}: MissingVariable): string {
  return JSON.stringify([objectIdentity(object), container, name]);
}
