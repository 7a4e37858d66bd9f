import { shellReferences } from '../../graph/variables.ts';
import { error, type Rule } from '../rule.ts';

export const shellVariable: Rule = error('shell-variable', function* (graph) {
  for (const { container, text, names } of shellReferences(graph)) {
    const [name = ''] = names;
    yield {
      object: container.object,
      path: text.path,
      message: `Kubernetes does not replace $${text.text.includes(`\${${name}}`) ? `{${name}}` : name}: container "${container.name}" gets the text`,
      hint: `Write ${[...new Set(names)].map(each => `$(${each})`).join(', ')}, after the variables in the list.`,
    };
  }
});
