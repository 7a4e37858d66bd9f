import { isSame } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { type AwsPush, awsPushes } from '../../graph/aws-entries.ts';
import { parameterType } from '../../kinds/eso/stores.ts';
import { type Rule, warning } from '../rule.ts';

export const clearTextPush: Rule = warning('clear-text-push', function* (graph) {
  for (const { object, path, store, name = '', metadata } of oncePerPlace(awsPushes(graph))) {
    const type = parameterType(metadata);
    if (store.service !== 'ParameterStore' || type === 'SecureString' || isUnresolved(type))
      continue;
    yield {
      object,
      path,
      message: `"${name}" becomes a parameter of the type ${type}, which is in clear text`,
      hint: 'Write metadata: {apiVersion: kubernetes.external-secrets.io/v1alpha1, kind: PushSecretMetadata, spec: {secretType: SecureString}} beside match. AWS changes the type of no parameter that is there: it has to be deleted first.',
      related: [{ object: store.object, path: store.path, note: 'the store' }],
    };
  }
});

function oncePerPlace(pushes: readonly AwsPush[]): AwsPush[] {
  return pushes.filter(({ object, path, store }, index) => {
    const before = pushes[index - 1];
    return before?.object !== object || before.store !== store || !isSame(before.path, path);
  });
}
