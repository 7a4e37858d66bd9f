import { unresolvedReferences } from '../../graph/variables.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { Rule } from '../rule.ts';

export const unknownVariable: Rule = {
  id: 'unknown-variable',
  severity: 'error',
  claimsAbsence: 'beside',
  summary: 'Each $(VAR) in a container refers to a variable of that container.',

  *check(graph) {
    for (const reference of unresolvedReferences(graph)) {
      const { container, path, name, definedAt, isOwn, known } = reference;
      if (definedAt !== undefined) continue;
      yield {
        item: container.item,
        path,
        message: isOwn
          ? `$(${name}) refers to itself, so the text stays as it is: the image's own ${name} is not known to Kubernetes`
          : `$(${name}) refers to a variable that container "${container.name}" does not define, so the text stays as it is`,
        hint: isOwn
          ? 'Write the whole value, or set it in the command with a shell.'
          : `${knownNames('variables that can be used here', name, known())} For the text itself write $$(${name}).`,
      };
    }
  },
};
