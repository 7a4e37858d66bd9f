import { findSecret, makersOf, wholeMakers } from '../../graph/secret-graph.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf, leavingOf } from '../appliers.ts';
import type { Diff } from '../diff.ts';
import { followers } from '../facts/clusters.ts';
import { effectiveForm } from '../field-changes.ts';
import { block, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const clusterRemoved: RiskRule = block('cluster-removed', function* (diff) {
  for (const { base, becomes } of leavingOf(diff, cnpgCluster)) {
    const verdict = becomes ? renamed(diff, base, becomes) : removed(diff, base);
    if (verdict !== undefined) yield { ...placeOn('base', base), ...verdict };
  }
});

type Verdict = Pick<Risk, 'level' | 'message' | 'hint' | 'related'>;

function removed(diff: Diff, base: PlacedObject): Verdict {
  const { outcome } = deletionOf(diff, base);
  // What makes its Secrets on head gives them the login of another database.
  const related = makersOf(base, diff.base.find).flatMap(({ namespace, secret }) =>
    wholeMakers(findSecret(diff.head, namespace, secret)).map(({ object, path }) => {
      return { ...placeOn('head', object, path), note: `makes Secret "${secret}" now` };
    }),
  );
  if (isGuarded(base) || (outcome === 'kept' && related.length === 0))
    return {
      level: 'warn',
      message: `the CNPG Cluster "${base.name}" is removed from the manifests and keeps running, described by nothing`,
      hint: 'Keep it in the manifests for as long as it is wanted.',
    };
  const lead = related.length === 0 ? '' : ': its Secret now leads elsewhere, without the data';
  // A Cluster whose Application is gone stays until somebody deletes it.
  const end =
    outcome === 'kept' ? '; whoever deletes it deletes its volumes' : ', and its volumes with it';
  return {
    message: `the CNPG Cluster "${base.name}" is removed${end}${lead}`,
    hint: 'Take the data to where it is to be first (pg_dump, logical replication), and remove the Cluster in a later change.',
    related,
  };
}

function renamed(diff: Diff, base: PlacedObject, becomes: PlacedObject) {
  const { method, isCopy } = bootstrapOf(effectiveForm(becomes.json));
  if (method === 'recovery') return undefined;
  const effect = isCopy
    ? 'which copies its data from a Cluster that may be gone by then'
    : 'which starts with an empty database';
  return {
    message: `the CNPG Cluster "${base.name}" becomes "${becomes.name}", ${effect}`,
    hint: 'Keep the name, or make the new Cluster beside the old one, move the data (bootstrap.initdb.import) and remove the old one in a later change.',
    related: [{ ...placeOn('head', becomes), note: 'the new Cluster' }, ...followers(diff, base)],
  };
}
