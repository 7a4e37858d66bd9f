import { type Template, templatesOf } from '../../graph/templates.ts';
import { dashedKey, templateKeys } from '../../model/template.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule, Violation } from '../rule.ts';

export const unknownTemplateKey: Rule = {
  id: 'unknown-template-key',
  severity: 'error',
  summary: 'A template of an ExternalSecret uses only keys that are fetched.',

  *check(graph) {
    for (const secret of graph.externalSecrets) {
      if (secret.fetched.isOpen) continue;
      for (const template of templatesOf(secret, graph)) yield* unknownKeys(template);
    }
  },
};

function* unknownKeys({ secret, text, path, source }: Template): Iterable<Violation> {
  if (dashedKey(text) !== undefined) return;
  const { fetched, item } = secret;
  for (const key of templateKeys(text) ?? []) {
    if (fetched.keys.has(key)) continue;
    const dotted = [...fetched.keys].find(other => other.startsWith(`${key}.`));
    yield {
      item,
      path,
      message: `the template uses "${key}", which is not fetched`,
      hint:
        dotted === undefined
          ? knownNames('fetched keys', key, fetched.keys)
          : `A dot reads a nested map: write {{ index . "${dotted}" }}.`,
      ...(source !== undefined && {
        related: [{ item: source, path: ['data'], note: 'the template stands here' }],
      }),
    };
  }
}
