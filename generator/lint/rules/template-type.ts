import { eachSpec } from '../../graph/each-spec.ts';
import { textAt } from '../../ground/json.ts';
import type { Rule } from '../rule.ts';

/** The keys that the API server wants of a Secret of a type, any one of a group (Kubernetes, "Secrets"). */
const REQUIRED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/tls': [['tls.crt'], ['tls.key']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
  'kubernetes.io/basic-auth': [['username', 'password']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
  'kubernetes.io/dockercfg': [['.dockercfg']],
};

/** With it machines join the cluster: no application reads such a Secret. */
const BOOTSTRAP = 'bootstrap.kubernetes.io/token';

export const templateType: Rule = {
  id: 'template-type',
  severity: 'error',
  summary: 'A Secret of a special type gets the keys that the type needs.',

  *check({ externalSecrets }) {
    for (const { item, path, spec, keys, creationPolicy } of eachSpec(externalSecrets)) {
      const type = textAt(spec, 'target', 'template', 'type') ?? '';
      if (type === BOOTSTRAP)
        yield {
          item,
          path: [...path, 'target', 'template', 'type'],
          message: `ESO makes no Secrets of type ${type}`,
          hint: 'Leave the type out: such a Secret lets nodes join the cluster.',
        };
      const required = Object.hasOwn(REQUIRED, type) ? (REQUIRED[type] ?? []) : [];
      const lacking = required.filter(group => !group.some(key => keys.keys.has(key)));
      // With Merge the other keys are there already.
      if (lacking.length === 0 || keys.isOpen || creationPolicy.endsWith('Merge')) continue;
      const names = lacking.map(group => group.map(key => `"${key}"`).join(' or ')).join(' and ');
      yield {
        item,
        path: [...path, 'target', 'template', 'type'],
        message: `a Secret of type ${type} needs the key ${names}`,
        hint: 'Add it to the template, or leave the type out.',
      };
    }
  },
};
