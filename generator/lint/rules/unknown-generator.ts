import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { namesIn, type SecretGraph } from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const unknownGenerator: Rule = absence('unknown-generator', function* (graph) {
  for (const secret of graph.externalSecrets) yield* missingGenerators(graph, secret);
});

function* missingGenerators(graph: SecretGraph, secret: ExternalSecret): Iterable<RuleFault> {
  for (const { generator, path } of secret.dataFrom) {
    if (generator === undefined || isUnresolved(generator.name)) continue;
    const { kind, name } = generator;
    const generators = generatorKind(kind);
    const home = generators?.isOfCluster ? '' : secret.namespace;
    const here = generators === undefined ? [] : namesIn(graph, generators, home);
    if (here.includes(name) || isDeclared(graph.outside, kind, { namespace: home, name })) continue;
    yield {
      object: secret.object,
      path: [...path, 'sourceRef', 'generatorRef', 'name'],
      message: `there is no generator ${kind} "${name}"${inNamespace(home)}`,
      hint: knownNames(`${kind} generators`, name, here),
      absent: { namespace: home, name },
    };
  }
}
