import { templatesOf } from '../../graph/templates.ts';
import type { Rule } from '../rule.ts';

/** A literal of Go that holds a template: what Helm needs to leave one alone. */
const HELM_ESCAPE = /\{\{-?\s*(`[^`]*\{\{[^`]*`|"(?:[^"\\]|\\.)*\{\{(?:[^"\\]|\\.)*")\s*-?\}\}/;

export const templateEscaping: Rule = {
  id: 'template-escaping',
  severity: 'error',
  summary: 'No template of a rendered ExternalSecret is still escaped for Helm.',

  *check(graph) {
    for (const secret of graph.externalSecrets) {
      for (const { text, path } of templatesOf(secret, graph)) {
        if (!HELM_ESCAPE.test(text)) continue;
        yield {
          item: secret.item,
          path,
          message: 'the template is a quoted template: escaping for Helm was left in',
          hint: 'Remove the outer braces and quotes, or render the chart with Helm.',
        };
      }
    }
  },
};
