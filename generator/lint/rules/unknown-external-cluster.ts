import type { SecretGraph } from '../../graph/secret-graph.ts';
import { textAt } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { cnpgClusterOf } from '../../kinds/cnpg/members.ts';
import { externalClusters } from '../../kinds/cnpg/roles.ts';
import { subscription } from '../../kinds/cnpg/subscription.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

/** Where a Cluster names one of its external clusters. */
const SOURCES = [
  ['bootstrap', 'recovery', 'source'],
  ['bootstrap', 'pg_basebackup', 'source'],
  ['bootstrap', 'initdb', 'import', 'source', 'externalCluster'],
  ['replica', 'source'],
] as const;

export const unknownExternalCluster: Rule = {
  id: 'unknown-external-cluster',
  severity: 'error',
  summary: 'Each source that a Cluster copies from is in its externalClusters.',

  *check(graph) {
    for (const { item, cnpgCluster, path, name } of namedSources(graph)) {
      const known = externalClusters(cnpgCluster);
      if (known.includes(name) || known.some(isUnresolved) || isUnresolved(name)) continue;
      yield {
        item,
        path,
        message: `Cluster "${cnpgCluster.name}" has no external cluster "${name}"`,
        hint: knownNames('external clusters', name, known),
      };
    }
  },
};

interface NamedSource {
  readonly item: Item;
  readonly cnpgCluster: Item;
  readonly path: readonly string[];
  readonly name: string;
}

function namedSources(graph: SecretGraph): NamedSource[] {
  const ofClusters = graph
    .byKind(cnpgCluster)
    .flatMap(item => SOURCES.flatMap(fields => sourceAt(item, item, fields)));
  const ofSubscriptions = graph
    .byKind(subscription)
    .flatMap(item => sourceAt(item, cnpgClusterOf(graph, item), ['externalClusterName']));
  return [...ofClusters, ...ofSubscriptions];
}

function sourceAt(
  item: Item,
  cnpgCluster: Item | undefined,
  fields: readonly string[],
): NamedSource[] {
  const name = textAt(specOf(item), ...fields);
  return name === undefined || cnpgCluster === undefined
    ? []
    : [{ item, cnpgCluster, path: ['spec', ...fields], name }];
}
