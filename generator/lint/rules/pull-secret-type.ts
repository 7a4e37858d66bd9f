import { findSecret, type Maker, relatedField, wholeMakers } from '../../graph/secret-graph.ts';
import { LOGIN_KEYS } from '../../kinds/core/secret.ts';
import { isExternalSecret } from '../../kinds/eso/external-secret.ts';
import { error, type Rule } from '../rule.ts';

export const pullSecretType: Rule = error('pull-secret-type', 'readers', (reader, graph) => {
  const { path, namespace, secret, how } = reader;
  if (how !== 'pull') return undefined;
  const node = findSecret(graph, namespace, secret);
  const makers = wholeMakers(node);
  const [first] = makers;
  const keys = makers.flatMap(({ type = '' }) => LOGIN_KEYS.get(type) ?? []);
  const isFound = node?.isOpen ? keys.length > 0 : keys.some(key => node?.keys.has(key));
  if (first === undefined || isFound) return undefined;
  const [key] = keys;
  const lack = key === undefined ? `the type ${first.type ?? 'Opaque'}` : `no key "${key}"`;
  return {
    path,
    message: `Secret "${secret}" has ${lack}, so the kubelet takes no registry login from it`,
    hint: hintFor(first, key),
    related: makers.map(maker => relatedField(maker, 'makes it')),
  };
});

function hintFor({ object }: Maker, key: string | undefined): string {
  if (key !== undefined)
    return `Give it the key "${key}", with the JSON of a Docker config as its value.`;
  const field = isExternalSecret(object) ? 'spec.target.template.type' : 'type';
  return `Set ${field} to kubernetes.io/dockerconfigjson and give it the key ".dockerconfigjson".`;
}
