import type { DataEntry, ExternalSecret } from '../../graph/external-secrets.ts';
import { eachSpec } from '../../graph/refresh.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { remoteNamespaceOf, storeOf } from '../../graph/stores.ts';
import { templates } from '../../graph/templates.ts';
import { isUnresolved } from '../../graph/unresolved.ts';
import { groupBy } from '../../source/group-by.ts';
import type { Rule } from '../rule.ts';

export const missingProperty: Rule = {
  id: 'missing-property',
  severity: 'error',
  summary: 'A key that is read from a Secret names the property that is meant.',

  *check(graph) {
    const parsing = groupBy(
      templates(graph).filter(({ text }) => /fromJson|fromYaml/i.test(text)),
      ({ secret }) => secret.item,
    );
    for (const secret of eachSpec(graph.externalSecrets)) {
      const { item } = secret;
      // A template may take the JSON apart.
      const isParsed = (key: string): boolean =>
        parsing.get(item)?.some(({ text }) => text.includes(key)) === true;
      for (const { path, secretKey, key } of wholeSecrets(graph, secret)) {
        if (isParsed(secretKey)) continue;
        yield {
          item,
          path: [...path, 'remoteRef'],
          message: `"${secretKey}" gets the whole Secret "${key}" as JSON`,
          hint: 'Add property with the key that is meant, or take all keys with dataFrom.extract.',
        };
      }
    }
  },
};

/** What is read from kubernetes stores without a property, and is not by its name a file of JSON. */
function wholeSecrets({ find }: SecretGraph, { data, namespace }: ExternalSecret): DataEntry[] {
  return data.filter(({ secretKey, key, property, storeRef }) => {
    if (property !== undefined || secretKey.endsWith('.json') || isUnresolved(key)) return false;
    const store = storeRef === undefined ? undefined : storeOf(find, storeRef, namespace);
    return store !== undefined && remoteNamespaceOf(store) !== undefined;
  });
}
