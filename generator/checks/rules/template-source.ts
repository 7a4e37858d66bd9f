import { mapAt } from '../../graph/item.ts';
import { configMapFiles } from '../../graph/templates.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule } from '../rule.ts';

export const templateSource: Rule = {
  id: 'template-source',
  severity: 'error',
  summary: 'A ConfigMap that templates are taken from has the key that is named.',

  *check({ externalSecrets, find }) {
    for (const secret of externalSecrets) {
      for (const { name, key, path } of configMapFiles(secret)) {
        const source = find('ConfigMap', secret.namespace, name);
        const data = { ...mapAt(source?.object, 'data'), ...mapAt(source?.object, 'binaryData') };
        if (source === undefined || Object.hasOwn(data, key)) continue;
        yield {
          item: secret.item,
          path,
          message: `ConfigMap "${name}" has no key "${key}"`,
          hint: knownNames(`keys of "${name}"`, key, Object.keys(data)),
          related: [{ item: source, path: ['data'], note: 'the ConfigMap' }],
        };
      }
    }
  },
};
