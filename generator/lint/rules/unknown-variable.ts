import type { Path } from '../../core/finding.ts';
import { listAt } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import {
  envFromVariables,
  startsShell,
  type UnresolvedReference,
  unresolvedReferences,
} from '../../graph/variables.ts';
import { references } from '../../kinds/core/env-order.ts';
import type { Container } from '../../kinds/pods.ts';
import { absenceBeside, type Rule, type RuleFault } from '../rule.ts';

export const unknownVariable: Rule = absenceBeside('unknown-variable', function* (graph) {
  for (const reference of unresolvedReferences(graph))
    if (reference.definedAt === undefined) yield faultOf(reference);
  yield* probeReferences(graph).map(faultOfProbe);
});

function faultOf({ container, path, name, isOwn, known }: UnresolvedReference): RuleFault {
  const isOfMount = path.at(-1) === 'subPathExpr';
  const effect = isOfMount ? 'the container does not start' : 'the text stays as it is';
  return {
    object: container.object,
    path,
    message: isOwn
      ? `$(${name}) refers to itself, so the text stays as it is: the image's own ${name} is not known to Kubernetes`
      : `$(${name}) refers to a variable that container "${container.name}" does not define, so ${effect}`,
    hint: isOwn
      ? 'Write the whole value, or set it in the command with a shell.'
      : `${knownNames('variables that can be used here', name, known())} For the text itself write $$(${name}).`,
  };
}

function faultOfProbe({ container, path, name, becomes }: ProbeReference): RuleFault {
  const effect = becomes === 'nothing' ? 'is replaced by nothing' : 'stays as it is';
  return {
    object: container.object,
    path,
    message: `$(${name}) ${effect} in a command of container "${container.name}" that Kubernetes runs beside it`,
    hint: `Let a shell fill it in: command: [sh, -c, '… "$${name}"'].`,
  };
}

/** A `$(NAME)` of a container's own variable in a command that a probe or a hook runs. */
interface ProbeReference {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  /** What it is replaced by: nothing, or itself. */
  readonly becomes: 'nothing' | 'text';
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];

/** References that Kubernetes does not fill in: in hooks all, in probes most (docs/facts/kubernetes.md#variables). */
function probeReferences(graph: SecretGraph): ProbeReference[] {
  return graph.pods.flatMap(({ containers }) =>
    containers.flatMap(container => [
      ...PROBES.flatMap(probe => referencesIn(graph, container, [probe])),
      ...HOOKS.flatMap(hook => referencesIn(graph, container, ['lifecycle', hook])),
    ]),
  );
}

function referencesIn(graph: SecretGraph, container: Container, field: readonly string[]) {
  const command = listAt(container.spec, ...field, 'exec', 'command');
  const words = command.map(String);
  if (!words.some(word => word.includes('$(')) || startsShell(words)) return [];
  const isHook = field[0] === 'lifecycle';
  const { keys } = envFromVariables(graph, container);
  return words.flatMap((word, index) =>
    [...new Set(references(word))].flatMap((name): ProbeReference[] => {
      const variable = container.env.findLast(entry => entry.name === name);
      const isKnown = variable !== undefined || keys.has(name);
      if (!isKnown || (variable?.value !== undefined && !isHook)) return [];
      const path = [...container.path, ...field, 'exec', 'command', index];
      const becomes = variable === undefined || isHook ? 'text' : 'nothing';
      return [{ container, path, name, becomes }];
    }),
  );
}
