import { type SecretTemplate, templates } from '../../graph/keys.ts';
import type { Rule } from '../rule.ts';

export const quotedTemplate: Rule = {
  id: 'quoted-template',
  severity: 'warning',
  summary: 'No quotation marks around a whole template become part of the Secret.',

  *check(graph) {
    for (const { secret, path } of templates(graph).filter(isQuoted)) {
      yield {
        object: secret.object,
        path,
        message: `key "${path.at(-1)}" begins and ends with a quotation mark, which the Secret then has too`,
        hint: 'Leave them out: a block scalar (| or >) needs none. Where they are meant, let the template write them: {{ .key | quote }}.',
      };
    }
  },
};

/** One action alone, in quotes; what stands in a file may be quoted for it. */
function isQuoted({ text, parsed, path, source }: SecretTemplate): boolean {
  const actions = parsed.nodes.filter(({ kind }) => kind === 'action');
  if (
    source !== undefined ||
    path.at(-2) !== 'data' ||
    parsed.fault !== undefined ||
    actions.length !== 1
  )
    return false;
  return /^(["'])\{\{[^{}]{1,999}\}\}\1$/.test(text.trim());
}
