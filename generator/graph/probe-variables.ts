import type { Path } from '../ground/finding.ts';
import { listAt } from '../ground/json.ts';
import type { Container } from '../kinds/pods.ts';
import { references } from '../make/objects/env-order.ts';
import { envFromVariables } from './env-from.ts';
import type { SecretGraph } from './secret-graph.ts';
import { startsShell } from './shell-variables.ts';

/** A `$(NAME)` of a container's own variable in a command that a probe or a hook runs. */
export interface ProbeReference {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  /** What becomes of it: nothing stands there, or the text as it is. */
  readonly becomes: 'nothing' | 'text';
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];

/**
 * References that Kubernetes does not fill in: in a probe it knows only variables with a plain
 * value, in a hook none (docs/facts/kubernetes.md#variables).
 */
export function probeReferences(graph: SecretGraph): ProbeReference[] {
  return graph.pods.flatMap(({ containers }) =>
    containers.flatMap(container => [
      ...PROBES.flatMap(probe => referencesIn(graph, container, [probe])),
      ...HOOKS.flatMap(hook => referencesIn(graph, container, ['lifecycle', hook])),
    ]),
  );
}

function referencesIn(
  graph: SecretGraph,
  container: Container,
  field: readonly string[],
): ProbeReference[] {
  const command = listAt(container.spec, ...field, 'exec', 'command');
  const words = command.map(String);
  if (!words.some(word => word.includes('$(')) || startsShell(words)) return [];
  const isHook = field[0] === 'lifecycle';
  const { keys } = envFromVariables(graph, container);
  return words.flatMap((word, index) =>
    [...new Set(references(word))].flatMap((name): ProbeReference[] => {
      const own = container.env.findLast(variable => variable.name === name);
      if ((own === undefined && !keys.has(name)) || (own?.value !== undefined && !isHook))
        return [];
      const path = [...container.path, ...field, 'exec', 'command', index];
      const becomes = own === undefined || isHook ? 'text' : 'nothing';
      return [{ container, path, name, becomes }];
    }),
  );
}
