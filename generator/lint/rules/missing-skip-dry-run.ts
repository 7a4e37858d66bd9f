import type { SecretGraph } from '../../graph/secret-graph.ts';
import { textAt } from '../../ground/json.ts';
import { customResourceDefinition } from '../../kinds/apiextensions/custom-resource-definition.ts';
import { argoApplication } from '../../kinds/argocd/application.ts';
import { SYNC_OPTIONS, syncOptionsOf } from '../../kinds/argocd/sync-options.ts';
import { isSynced } from '../../kinds/argocd/sync-order.ts';
import { chartGroups } from '../../kinds/charts.ts';
import { annotationOf, type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const missingSkipDryRun: Rule = {
  id: 'missing-skip-dry-run',
  severity: 'error',
  summary: 'An object whose CRD another Application installs is not dry-run before that.',

  *check(graph) {
    const installed = installedGroups(graph);
    if (installed.size === 0) return;
    for (const item of graph.items) {
      const application = installed.get(item.group);
      if (
        application === undefined ||
        syncOptionsOf(item).includes('SkipDryRunOnMissingResource=true') ||
        !isSynced(item)
      )
        continue;
      const isGiven = annotationOf(item, SYNC_OPTIONS) !== undefined;
      yield {
        item,
        path: ['metadata', 'annotations', ...(isGiven ? [SYNC_OPTIONS] : [])],
        message: `Application "${application.name}" installs the CRD of ${item.kind} "${item.name}" in a sync of its own`,
        hint: `Add the annotation ${SYNC_OPTIONS}: SkipDryRunOnMissingResource=true.`,
        related: [{ item: application, path: ['metadata', 'name'], note: 'installs the CRD' }],
      };
    }
  },
};

function installedGroups({ byKind }: SecretGraph): Map<string, Item> {
  const own = new Set(
    byKind(customResourceDefinition).map(item => textAt(specOf(item), 'group') ?? ''),
  );
  const found = byKind(argoApplication).flatMap(item => {
    const chart = textAt(specOf(item), 'source', 'chart') ?? '';
    const groups = chartGroups(chart);
    return groups.filter(group => !own.has(group)).map((group): [string, Item] => [group, item]);
  });
  return new Map(found);
}
