import { isSame } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type AwsPush, awsPushes } from '../../graph/aws-entries.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { parameterType } from '../../kinds/eso/stores.ts';
import { type Rule, warning } from '../rule.ts';

export const clearTextPush: Rule = warning('clear-text-push', pushesOf, push => {
  const { path, store, name = '', metadata } = push;
  const type = parameterType(metadata);
  if (store.service !== 'ParameterStore' || type === 'SecureString' || isUnresolved(type))
    return undefined;
  return {
    path,
    message: `"${name}" becomes a parameter of the type ${type}, which is in clear text`,
    hint: 'Write metadata: {apiVersion: kubernetes.external-secrets.io/v1alpha1, kind: PushSecretMetadata, spec: {secretType: SecureString}} beside match. AWS changes the type of no parameter that is there: it has to be deleted first.',
    related: [{ object: store.object, path: store.path, note: 'the store' }],
  };
});

/** What is pushed, each place once: an entry of `dataTo` may push many keys. */
function pushesOf(graph: SecretGraph): AwsPush[] {
  return awsPushes(graph).pushes.filter(({ object, path, store }, index, pushes) => {
    const before = pushes[index - 1];
    return before?.object !== object || before.store !== store || !isSame(before.path, path);
  });
}
