import { parseTemplate, type TemplateNode } from '../../core/template/parse.ts';
import { templateReads } from '../../core/template/reads.ts';
import { type SecretTemplate, templateField, templates } from '../../graph/keys.ts';
import { error, type Rule } from '../rule.ts';

export const templateEscaping: Rule = error('template-escaping', templates, template => {
  if (!isEscaped(template)) return undefined;
  return {
    ...templateField(template),
    message: 'the template makes a template again: escaping for Helm was left in',
    hint: 'Write {{ .key }} without the quotes around it, or render the chart with Helm.',
  };
});

function isEscaped({ secret, text, parsed }: SecretTemplate): boolean {
  const result = parsed.nodes.map(writtenText).join('');
  if (parsed.fault !== undefined || !result.includes('{{')) return false;
  const { keys, isOpen } = secret.fetched;
  const { reads } = templateReads(parseTemplate(result).nodes);
  if (reads.some(({ key }) => keys.has(key))) return true;
  return isOpen && /^\{\{-? *["`]\{\{-? *\.\w+ *-?\}\}["`] *-?\}\}$/.test(text.trim());
}

function writtenText(node: TemplateNode): string {
  if (node.kind === 'text') return node.text;
  if (node.kind !== 'action') return node.body.map(writtenText).join('');
  const [first] = node.pipeline.commands[0] ?? [];
  return first?.kind === 'text' ? first.text : '';
}
