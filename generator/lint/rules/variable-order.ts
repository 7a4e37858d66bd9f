import type { Path } from '../../core/finding.ts';
import { unresolvedReferences } from '../../graph/variables.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { writtenAt } from '../../kinds/placed-object.ts';
import type { Rule } from '../rule.ts';

export const variableOrder: Rule = {
  id: 'variable-order',
  severity: 'error',
  summary: 'Each $(VAR) in env stands after the variable that it refers to.',

  *check(graph) {
    for (const { container, path, name, definedAt } of unresolvedReferences(graph)) {
      if (definedAt === undefined) continue;
      yield {
        object: container.object,
        path,
        message: `$(${name}) stands before the variable that it refers to, so the text stays as it is`,
        hint: isByName(container.object, definedAt)
          ? `Variables of a map come in the order of their names: say that this one depends on "${name}" (dependsOn).`
          : `Move "${name}" up: Kubernetes knows only the variables that stand earlier in the list.`,
        related: [{ object: container.object, path: definedAt, note: `"${name}" is defined here` }],
      };
    }
  },
};

/** Whether a variable is written under its name, as values for a chart have it. */
function isByName(object: PlacedObject, path: Path): boolean {
  return object.written !== undefined && typeof writtenAt(object, path).path.at(-1) === 'string';
}
