import { type ProbeReference, probeReferences } from '../../graph/probe-variables.ts';
import { type UnresolvedReference, unresolvedReferences } from '../../graph/variables.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownVariable: Rule = {
  id: 'unknown-variable',
  severity: 'error',
  claimsAbsence: 'beside',
  summary: 'Each $(VAR) in a container refers to a variable of that container.',

  *check(graph) {
    for (const reference of unresolvedReferences(graph))
      if (reference.definedAt === undefined) yield faultOf(reference);
    for (const reference of probeReferences(graph)) yield faultOfProbe(reference);
  },
};

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
