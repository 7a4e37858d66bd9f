import { listAt, mapAt, textAt } from '../../core/json.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { isFetched } from '../../kinds/eso/group.ts';
import { type Rule, warning } from '../rule.ts';

export const emptyTemplate: Rule = warning('empty-template', 'specs', secret =>
  emptyKeys(secret).map(key => ({
    path: [...secret.path, 'target', 'template', 'data', key],
    message: `the template leaves the key "${key}" empty, and nothing that is fetched reaches the Secret "${secret.target}"`,
    hint: 'Write what the key is to hold, {{ .key }}; without a template all keys that are fetched are in the Secret.',
  })),
);

function emptyKeys({ spec }: ExternalSecret): string[] {
  const template = mapAt(spec, 'target', 'template');
  const data = mapAt(template, 'data');
  const isAlone =
    listAt(template, 'templateFrom').length === 0 && textAt(template, 'mergePolicy') !== 'Merge';
  const isEmpty = Object.values(data).every(text => typeof text === 'string' && text.trim() === '');
  return isAlone && isEmpty && isFetched(spec) ? Object.keys(data) : [];
}
