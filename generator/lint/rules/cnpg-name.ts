import { isUnresolved } from '../../core/kube-object.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { pooler } from '../../kinds/cnpg/database.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

/** RFC 1035, at most 50 characters: the operator adds suffixes (docs/facts/cnpg.md#names). */
const NAME = /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/;

export const cnpgName: Rule = error('cnpg-name', function* (graph) {
  for (const object of graph.byKind(cnpgCluster)) {
    const { name } = object;
    if (NAME.test(name) || isUnresolved(name)) continue;
    yield {
      object,
      path: ['metadata', 'name'],
      message: `"${name}" is no name for a CNPG Cluster${name.length > 50 ? `: it has ${name.length} characters` : ''}`,
      hint: 'Write at most 50 lower-case letters, digits and "-", beginning with a letter.',
    };
  }
  yield* takenNames(graph);
});

/** A Pooler makes a Service of its name (docs/facts/cnpg.md#poolers). */
function* takenNames({ byKind }: SecretGraph): Iterable<RuleFault> {
  for (const object of byKind(pooler).filter(({ name }) => !isUnresolved(name))) {
    const sameNamespace = byKind(cnpgCluster).filter(
      ({ namespace }) => namespace === object.namespace,
    );
    const makes = (cluster: PlacedObject): boolean =>
      cnpgCluster.provides?.services?.(cluster).includes(object.name) === true;
    const taker = sameNamespace.find(cluster => cluster.name === object.name || makes(cluster));
    if (taker === undefined) continue;
    yield {
      object,
      path: ['metadata', 'name'],
      message: `Pooler "${object.name}" has the name of ${makes(taker) ? `a Service that Cluster "${taker.name}" makes, and makes one of that name too` : 'a Cluster'}`,
      hint: `Give it another name, such as ${taker.name}-pooler.`,
      related: [relatedName(taker, 'the Cluster')],
    };
  }
}
