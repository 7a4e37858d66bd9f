import { shellReferences } from '../../graph/variables.ts';
import type { Rule } from '../rule.ts';

export const shellVariable: Rule = {
  id: 'shell-variable',
  severity: 'error',

  *check(graph) {
    for (const { container, text, names } of shellReferences(graph)) {
      const [name = ''] = names;
      yield {
        object: container.object,
        path: text.path,
        message: `Kubernetes does not replace $${text.text.includes(`\${${name}}`) ? `{${name}}` : name}: container "${container.name}" gets the text`,
        hint: `Write ${[...new Set(names)].map(each => `$(${each})`).join(', ')}, after the variables in the list.`,
      };
    }
  },
};
