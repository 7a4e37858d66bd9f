import { unresolvedReferences } from '../../graph/variables.ts';
import type { Rule } from '../rule.ts';

export const variableOrder: Rule = {
  id: 'variable-order',
  severity: 'error',
  summary: 'Each $(VAR) in env stands after the variable that it refers to.',

  *check(graph) {
    for (const { container, path, name, definedAt } of unresolvedReferences(graph)) {
      if (definedAt === undefined) continue;
      yield {
        item: container.item,
        path,
        message: `$(${name}) stands before the variable that it refers to, so the text stays as it is`,
        hint: `Move "${name}" up: Kubernetes knows only the variables that stand earlier in the list.`,
        related: [{ item: container.item, path: definedAt, note: `"${name}" is defined here` }],
      };
    }
  },
};
