import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { namesIn, type SecretGraph } from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownGenerator: Rule = absence('unknown-generator', 'externalSecrets', unknownIn);

function* unknownIn({ namespace, dataFrom }: ExternalSecret, graph: SecretGraph) {
  for (const { generator, path } of dataFrom) {
    if (generator === undefined || isUnresolved(generator.name)) continue;
    const { kind, name } = generator;
    const generators = generatorKind(kind);
    const home = generators?.isOfCluster ? '' : namespace;
    const here = generators === undefined ? [] : namesIn(graph, generators, home);
    if (here.includes(name) || isDeclared(graph.outside, kind, { namespace: home, name })) continue;
    yield {
      path: [...path, 'sourceRef', 'generatorRef', 'name'],
      message: `there is no generator ${kind} "${name}"${inNamespace(home)}`,
      hint: knownNames(`${kind} generators`, name, here),
      absent: { namespace: home, name },
    };
  }
}
