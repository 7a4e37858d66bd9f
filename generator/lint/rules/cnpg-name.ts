import { isUnresolved } from '../../core/kube-object.ts';
import { relatedName } from '../../graph/secret-graph.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { pooler } from '../../kinds/cnpg/members.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

/** RFC 1035, at most 50 characters: the operator adds suffixes (docs/facts/cnpg.md#names). */
const NAME = /^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/;

export const cnpgName: Rule = error('cnpg-name', function* ({ byKind }) {
  for (const object of byKind(cnpgCluster)) {
    const { name } = object;
    if (NAME.test(name) || isUnresolved(name)) continue;
    yield {
      object,
      path: ['metadata', 'name'],
      message: `"${name}" is no name for a CNPG Cluster${name.length > 50 ? `: it has ${name.length} characters` : ''}`,
      hint: 'Write at most 50 lower-case letters, digits and "-", beginning with a letter.',
    };
  }
  // A Pooler makes a Service of its name (docs/facts/cnpg.md#poolers).
  for (const object of byKind(pooler).filter(({ name }) => !isUnresolved(name))) {
    const makes = (cluster: PlacedObject): boolean =>
      cnpgCluster.provides?.services?.(cluster).includes(object.name) === true;
    const taker = byKind(cnpgCluster).find(
      cluster =>
        cluster.namespace === object.namespace && (cluster.name === object.name || makes(cluster)),
    );
    if (taker === undefined) continue;
    yield {
      object,
      path: ['metadata', 'name'],
      message: `Pooler "${object.name}" has the name of ${makes(taker) ? `a Service that Cluster "${taker.name}" makes, and makes one of that name too` : 'a Cluster'}`,
      hint: `Give it another name, such as ${taker.name}-pooler.`,
      related: [relatedName(taker, 'the Cluster')],
    };
  }
});
