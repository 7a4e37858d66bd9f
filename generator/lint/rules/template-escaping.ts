import { parseTemplate, type TemplateNode } from '../../core/template/parse.ts';
import { templateReads } from '../../core/template/reads.ts';
import { type SecretTemplate, templates } from '../../graph/keys.ts';
import type { Rule } from '../rule.ts';

export const templateEscaping: Rule = {
  id: 'template-escaping',
  severity: 'error',
  summary: 'No template of a rendered ExternalSecret is still escaped for Helm.',

  *check(graph) {
    for (const template of templates(graph)) {
      if (!isEscaped(template)) continue;
      const { secret, path, source } = template;
      yield {
        object: secret.object,
        path,
        message: 'the template makes a template again: escaping for Helm was left in',
        hint: 'Write {{ .key }} without the quotes around it, or render the chart with Helm.',
        ...(source !== undefined && { related: [source] }),
      };
    }
  },
};

/**
 * Whether what comes out of a template is one that reads keys that are fetched. Of others the braces
 * are meant: Alertmanager and Grafana have templates of their own, which are escaped in this way.
 */
function isEscaped({ secret, text, parsed }: SecretTemplate): boolean {
  const result = parsed.nodes.map(writtenText).join('');
  if (parsed.fault !== undefined || !result.includes('{{')) return false;
  const { keys, isOpen } = secret.fetched;
  const { reads } = templateReads(parseTemplate(result).nodes);
  if (reads.some(({ key }) => keys.has(key))) return true;
  return isOpen && isEscapedWhole(text.trim());
}

/** Nothing else is in the text: `{{ "{{ .key }}" }}`. */
function isEscapedWhole(text: string): boolean {
  return /^\{\{-? *["`]\{\{-? *\.\w+ *-?\}\}["`] *-?\}\}$/.test(text);
}

/** What a node writes that is in the template itself. */
function writtenText(node: TemplateNode): string {
  if (node.kind === 'text') return node.text;
  if (node.kind !== 'action') return node.body.map(writtenText).join('');
  const [first] = node.pipeline.commands[0] ?? [];
  return first?.kind === 'text' ? first.text : '';
}
