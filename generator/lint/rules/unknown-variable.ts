import { listAt, scalarText, words } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { UnresolvedReference } from '../../graph/variables.ts';
import { envFromVariables, unresolvedReferences } from '../../graph/variables.ts';
import { type Container, references } from '../../kinds/pods.ts';
import { absenceBeside, type Rule, type RuleFault } from '../rule.ts';

export const unknownVariable: Rule = absenceBeside('unknown-variable', function* (graph) {
  for (const reference of unresolvedReferences(graph))
    if (reference.definedAt === undefined) yield faultOf(reference);
  for (const container of graph.containers)
    for (const field of COMMANDS) yield* referencesIn(graph, container, field);
});

function faultOf({ container, path, name, isOwn, candidates }: UnresolvedReference): RuleFault {
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
      : `${knownNames('variables that can be used here', name, candidates())} For the text itself write $$(${name}).`,
  };
}

/** Commands of probes and hooks: in hooks no references, in probes few are filled in (docs/facts/kubernetes.md#variables). */
const COMMANDS = words(
  'livenessProbe readinessProbe startupProbe lifecycle.postStart lifecycle.preStop',
).map(field => field.split('.'));

function* referencesIn(graph: SecretGraph, container: Container, field: readonly string[]) {
  const command = listAt(container.spec, ...field, 'exec', 'command').map(scalarText);
  if (!command.some(word => word.includes('$(')) || startsShell(command)) return;
  const isHook = field[0] === 'lifecycle';
  const { keys } = envFromVariables(graph, container);
  for (const [index, word] of command.entries())
    for (const name of new Set(references(word))) {
      const variable = container.env.findLast(entry => entry.name === name);
      const isUnknown = variable === undefined && !keys.has(name);
      const effect = isUnknown ? undefined : effectOf(variable, isHook);
      if (effect === undefined) continue;
      yield {
        object: container.object,
        path: [...container.path, ...field, 'exec', 'command', index],
        message: `$(${name}) ${effect} in a command of container "${container.name}" that Kubernetes runs beside it`,
        hint: `Let a shell fill it in: command: [sh, -c, '… "$${name}"'].`,
      };
    }
}

function effectOf(variable: Container['env'][number] | undefined, isHook: boolean) {
  if (variable === undefined || isHook) return 'stays as it is';
  return variable.value === undefined ? 'is replaced by nothing' : undefined;
}

/** A program that is, or starts, a shell; what follows may be its script. */
const SHELL =
  /(^|\/)(ba|da|a|z|k|c|fi)?sh$|\.sh$|(^|\/)(env|envsubst|npm|npx|pnpm|yarn|make|just|task|busybox|entrypoint|docker-entrypoint)$/;

export function startsShell(words: readonly string[]): boolean {
  return words.some(word => SHELL.test(word) || word === '-c');
}
