import { textAt } from '../../core/json.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { argoApplication, SYNC_OPTIONS, syncOptionsOf } from '../../kinds/argocd/application.ts';
import { isSynced } from '../../kinds/argocd/sync-order.ts';
import { annotationOf, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { customResourceDefinition } from '../../kinds/kubernetes.ts';
import { chartGroups } from '../../kinds/placed-object.ts';
import type { Rule } from '../rule.ts';

export const missingSkipDryRun: Rule = {
  id: 'missing-skip-dry-run',
  severity: 'error',
  summary: 'An object whose CRD another Application installs is not dry-run before that.',

  *check(graph) {
    const installed = installedGroups(graph);
    if (installed.size === 0) return;
    for (const object of graph.objects) {
      const application = installed.get(object.group);
      if (
        application === undefined ||
        syncOptionsOf(object).includes('SkipDryRunOnMissingResource=true') ||
        !isSynced(object)
      )
        continue;
      const isGiven = annotationOf(object, SYNC_OPTIONS) !== undefined;
      yield {
        object,
        path: ['metadata', 'annotations', ...(isGiven ? [SYNC_OPTIONS] : [])],
        message: `Application "${application.name}" installs the CRD of ${object.kind} "${object.name}" in a sync of its own`,
        hint: `Add the annotation ${SYNC_OPTIONS}: SkipDryRunOnMissingResource=true.`,
        related: [{ object: application, path: ['metadata', 'name'], note: 'installs the CRD' }],
      };
    }
  },
};

function installedGroups({ byKind }: SecretGraph): Map<string, PlacedObject> {
  const own = new Set(
    byKind(customResourceDefinition).map(object => textAt(specOf(object), 'group') ?? ''),
  );
  const found = byKind(argoApplication).flatMap(object => {
    const chart = textAt(specOf(object), 'source', 'chart') ?? '';
    const groups = chartGroups(chart);
    return groups
      .filter(group => !own.has(group))
      .map((group): [string, PlacedObject] => [group, object]);
  });
  return new Map(found);
}
