import { groupBy } from '../../core/json.ts';
import { labelsMade } from '../../graph/keys.ts';
import { relatedField, secretId } from '../../graph/secret-graph.ts';
import { PART_OF } from '../../kinds/argocd/application.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import { error, type Rule } from '../rule.ts';

export const argocdLabel: Rule = error('argocd-label', function* ({ externalSecrets, readers }) {
  const settings = readers.filter(({ object }) => object.knownKind === configMap);
  if (settings.length === 0) return;
  const owned = groupBy(
    externalSecrets.filter(({ creationPolicy }) => creationPolicy === 'Owner'),
    ({ namespace, target }) => secretId(namespace, target),
  );
  for (const reader of settings)
    for (const secret of owned.get(secretId(reader.namespace, reader.secret)) ?? []) {
      if (labelsMade(secret.object, secret)[PART_OF.label] === PART_OF.value) continue;
      yield {
        object: secret.object,
        path: targetPath(secret),
        message: `Argo CD takes no key of the Secret "${secret.target}" for its settings, as it lacks the label ${PART_OF.label}`,
        hint: `Write ${PART_OF.label}: ${PART_OF.value} in target.template.metadata.labels.`,
        related: [relatedField(reader, 'names it')],
      };
    }
});
