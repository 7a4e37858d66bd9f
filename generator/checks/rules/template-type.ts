import { textAt } from '../../graph/item.ts';
import type { Rule } from '../rule.ts';

/** The keys without which the API server refuses a Secret of a type (Kubernetes, "Secrets"). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
};

export const templateType: Rule = {
  id: 'template-type',
  severity: 'error',
  summary: 'A Secret of a special type gets the keys that the type needs.',

  *check({ externalSecrets }) {
    for (const { item, path, spec, keys } of externalSecrets) {
      const type = textAt(spec, 'target', 'template', 'type') ?? '';
      const required = Object.hasOwn(REQUIRED, type) ? (REQUIRED[type] ?? []) : [];
      const lacking = keys.isOpen ? [] : required.filter(key => !keys.keys.has(key));
      if (lacking.length === 0) continue;
      yield {
        item,
        path: [...path, 'target', 'template', 'type'],
        message: `a Secret of type ${type} needs the key ${lacking.map(key => `"${key}"`).join(' and ')}`,
        hint: 'Add it to the template, or leave the type out.',
      };
    }
  },
};
