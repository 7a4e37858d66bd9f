import { inNamespace, inNamespaceOrNone, ofNamespace } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { type TemplateFile, templateFiles } from '../../graph/keys.ts';
import { namesIn, nearestTo, type SecretGraph } from '../../graph/secret-graph.ts';
import { configMapKeys, isAbsentMap } from '../../graph/variables.ts';
import { configMap, coreSecret } from '../../kinds/core/secret.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const templateSource: Rule = absenceBeside(
  'template-source',
  'externalSecrets',
  function* (secret, graph) {
    const missing = new Set<string>();
    for (const file of templateFiles(secret)) {
      if (file.kind === coreSecret.kind) continue;
      if (!isAbsentMap(graph, secret.namespace, file.name)) yield* missingKey(graph, secret, file);
      else if (!missing.has(file.name)) yield missingMap(graph, secret, file);
      missing.add(file.name);
    }
  },
);

function missingMap(graph: SecretGraph, secret: ExternalSecret, file: TemplateFile) {
  const { object, namespace } = secret;
  const { name, namePath } = file;
  const here = namesIn(graph, configMap, namespace);
  const elsewhere = nearestTo(object, graph.byKind(configMap), name);
  return {
    path: namePath,
    message: `there is no ConfigMap "${name}"${inNamespace(namespace)}`,
    hint:
      elsewhere === undefined
        ? knownNames(`ConfigMaps ${ofNamespace(namespace)}`, name, here)
        : `There is one ${inNamespaceOrNone(elsewhere.namespace)}: it has to be in that of the ExternalSecret.`,
  };
}

function* missingKey(graph: SecretGraph, { namespace }: ExternalSecret, file: TemplateFile) {
  const { name, key, path } = file;
  const source = graph.find(configMap, namespace, name);
  const keys = configMapKeys(graph, namespace, name) ?? [];
  if (source === undefined || keys.includes(key)) return;
  yield {
    path,
    message: `ConfigMap "${name}" has no key "${key}"`,
    hint: knownNames(`keys of "${name}"`, key, keys),
    related: [{ object: source, path: ['data'], note: 'the ConfigMap' }],
  };
}
