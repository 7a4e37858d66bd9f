import { templates } from '../../graph/keys.ts';
import { type Rule, warning } from '../rule.ts';

export const quotedTemplate: Rule = warning('quoted-template', templates, template => {
  const { text, parsed, path, source } = template;
  if (source !== undefined || path.at(-2) !== 'data' || parsed.fault !== undefined)
    return undefined;
  const isOneAction = parsed.nodes.filter(({ kind }) => kind === 'action').length === 1;
  if (!isOneAction || !/^(["'])\{\{[^{}]{1,999}\}\}\1$/.test(text.trim())) return undefined;
  return {
    path,
    message: `key "${path.at(-1)}" begins and ends with a quotation mark, which the Secret then has too`,
    hint: 'Leave them out: a block scalar (| or >) needs none. Where they are meant, let the template write them: {{ .key | quote }}.',
  };
});
