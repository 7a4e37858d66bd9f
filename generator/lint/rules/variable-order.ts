import { unresolvedReferences } from '../../graph/variables.ts';
import { writtenAt } from '../../kinds/kinds.ts';
import { error, type Rule } from '../rule.ts';

export const variableOrder: Rule = error('variable-order', function* (graph) {
  for (const { container, path, name, definedAt } of unresolvedReferences(graph)) {
    if (definedAt === undefined) continue;
    // Values for a chart have variables under their names.
    const place = writtenAt(container.object, definedAt).path.at(-1);
    const isNamed = container.object.written !== undefined && typeof place === 'string';
    yield {
      object: container.object,
      path,
      message: `$(${name}) stands before the variable that it refers to, so the text stays as it is`,
      hint: isNamed
        ? `Variables of a map come in the order of their names: say that this one depends on "${name}" (dependsOn).`
        : `Move "${name}" up: Kubernetes knows only the variables that stand earlier in the list.`,
      related: [{ object: container.object, path: definedAt, note: `"${name}" is defined here` }],
    };
  }
});
