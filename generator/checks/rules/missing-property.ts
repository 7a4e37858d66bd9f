import type { DataEntry, ExternalSecret } from '../../graph/external-secrets.ts';
import { mapAt } from '../../graph/item.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { remoteNamespaceOf, storeOf } from '../../graph/stores.ts';
import type { Rule } from '../rule.ts';

export const missingProperty: Rule = {
  id: 'missing-property',
  severity: 'error',
  summary: 'A key that is read from a Secret names the property that is meant.',

  *check(graph) {
    for (const secret of graph.externalSecrets) {
      for (const entry of secret.data) {
        if (
          entry.property !== undefined ||
          isJsonMeant(secret, entry) ||
          !isLocal(graph, secret, entry)
        )
          continue;
        yield {
          item: secret.item,
          path: [...entry.path, 'remoteRef'],
          message: `"${entry.secretKey}" gets the whole Secret "${entry.key}" as JSON`,
          hint: 'Add property with the key that is meant, or take all keys with dataFrom.extract.',
        };
      }
    }
  },
};

function isLocal(
  { find }: SecretGraph,
  { namespace }: ExternalSecret,
  { storeRef }: DataEntry,
): boolean {
  const store = storeRef === undefined ? undefined : storeOf(find, storeRef, namespace);
  return store !== undefined && remoteNamespaceOf(store) !== undefined;
}

/** A template may take the JSON apart. */
function isJsonMeant({ spec }: ExternalSecret, { secretKey }: DataEntry): boolean {
  const texts = Object.values(mapAt(spec, 'target', 'template', 'data')).map(String);
  return (
    texts.some(text => text.includes('fromJson') && text.includes(secretKey)) ||
    secretKey.endsWith('.json')
  );
}
