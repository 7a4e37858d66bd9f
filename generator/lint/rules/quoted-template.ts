import { type SecretTemplate, templates } from '../../graph/keys.ts';
import { type Rule, warning } from '../rule.ts';

export const quotedTemplate: Rule = warning('quoted-template', function* (graph) {
  for (const { secret, path } of templates(graph).filter(isQuoted))
    yield {
      object: secret.object,
      path,
      message: `key "${path.at(-1)}" begins and ends with a quotation mark, which the Secret then has too`,
      hint: 'Leave them out: a block scalar (| or >) needs none. Where they are meant, let the template write them: {{ .key | quote }}.',
    };
});

function isQuoted({ text, parsed, path, source }: SecretTemplate): boolean {
  if (source !== undefined || path.at(-2) !== 'data' || parsed.fault !== undefined) return false;
  if (parsed.nodes.filter(({ kind }) => kind === 'action').length !== 1) return false;
  return /^(["'])\{\{[^{}]{1,999}\}\}\1$/.test(text.trim());
}
