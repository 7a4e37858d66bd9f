import { templatesOf } from '../../graph/templates.ts';
import { dashedKey } from '../../model/template.ts';
import type { Rule } from '../rule.ts';

export const templateSyntax: Rule = {
  id: 'template-syntax',
  severity: 'error',
  summary: 'A template reads keys with dashes through index.',

  *check(graph) {
    for (const secret of graph.externalSecrets) {
      for (const { text, path, source } of templatesOf(secret, graph)) {
        const key = dashedKey(text);
        if (key === undefined) continue;
        yield {
          item: secret.item,
          path,
          message: `a template cannot read "${key}" after a dot: the dash ends the name`,
          hint: `Write {{ index . "${key}" }}.`,
          ...(source !== undefined && {
            related: [{ item: source, path: ['data'], note: 'the template stands here' }],
          }),
        };
      }
    }
  },
};
