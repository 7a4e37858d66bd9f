import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { namesIn } from '../../graph/secret-graph.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownGenerator: Rule = absence('unknown-generator', function* (graph) {
  const all = graph.externalSecrets.flatMap(({ object, namespace, dataFrom }) =>
    dataFrom.flatMap(({ generator, path }) =>
      generator === undefined ? [] : [{ ...generator, object, namespace, path }],
    ),
  );
  for (const { object, namespace, path, kind, name } of all) {
    if (isUnresolved(name)) continue;
    const generators = generatorKind(kind);
    const home = generators?.isOfCluster ? '' : namespace;
    const here = generators === undefined ? [] : namesIn(graph, generators, home);
    if (here.includes(name) || isDeclared(graph.outside, kind, { namespace: home, name })) continue;
    yield {
      object,
      path: [...path, 'sourceRef', 'generatorRef', 'name'],
      message: `there is no generator ${kind} "${name}"${inNamespace(home)}`,
      hint: knownNames(`${kind} generators`, name, here),
      absent: { namespace: home, name },
    };
  }
});
