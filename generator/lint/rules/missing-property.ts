import { isUnresolved } from '../../core/kube-object.ts';
import { templates } from '../../graph/keys.ts';
import { remoteOf } from '../../graph/secret-graph.ts';
import { error, type Rule } from '../rule.ts';

export const missingProperty: Rule = error('missing-property', 'specs', (secret, graph) => {
  const whole = secret.data.filter(
    ({ secretKey, key, property, storeRef }) =>
      property === undefined &&
      !secretKey.endsWith('.json') &&
      !isUnresolved(key) &&
      remoteOf(graph.find, secret.namespace, storeRef) !== undefined,
  );
  if (whole.length === 0) return undefined;
  // A template may take the JSON apart.
  const parsing = templates(graph).filter(
    ({ object, text }) => object === secret.object && /fromJson|fromYaml/i.test(text),
  );
  const lacking = whole.filter(
    entry => !parsing.some(({ text }) => text.includes(entry.secretKey)),
  );
  return lacking.map(({ path, secretKey, key }) => ({
    path: [...path, 'remoteRef'],
    message: `"${secretKey}" gets the whole Secret "${key}" as JSON`,
    hint: 'Add property with the key that is meant, or take all keys with dataFrom.extract.',
  }));
});
