import { mapAt } from '../../core/json.ts';
import { relatedField, secretId } from '../../graph/secret-graph.ts';
import { isCnpgPassword } from '../../kinds/cnpg/cluster.ts';
import { hasReloadLabel, RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { type Rule, warning } from '../rule.ts';

export const missingCnpgReload: Rule = warning('missing-cnpg-reload', function* (graph) {
  const { externalSecrets, readers } = graph;
  const changing = new Map(
    externalSecrets
      .filter(secret => secret.creationPolicy === 'Owner' && secret.refresh.isActive)
      .map(secret => [secretId(secret.namespace, secret.target), secret]),
  );
  const reported = new Set<ExternalSecret>();
  for (const reader of readers) {
    const { namespace, secret: name, object } = reader;
    const secret = isCnpgPassword(reader) ? changing.get(secretId(namespace, name)) : undefined;
    const labels = mapAt(secret?.spec, 'target', 'template', 'metadata', 'labels');
    if (secret === undefined || reported.has(secret) || hasReloadLabel(labels)) continue;
    reported.add(secret);
    yield {
      object: secret.object,
      path: [...secret.path, 'target', 'template', 'metadata', 'labels'],
      message: `CNPG cluster "${object.name}" takes a password from Secret "${name}" and does not notice when it changes`,
      hint: `Give the Secret the label ${RELOAD_LABEL}: "true", in target.template.metadata.labels.`,
      related: [relatedField(reader, 'reads it')],
    };
  }
});
