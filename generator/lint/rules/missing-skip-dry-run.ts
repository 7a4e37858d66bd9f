import { textAt } from '../../core/json.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { argoApplication, SYNC_OPTIONS, syncOptionsOf } from '../../kinds/argocd/application.ts';
import { isSynced } from '../../kinds/argocd/sync-order.ts';
import { annotationOf, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { chartGroups } from '../../kinds/kinds.ts';
import { customResourceDefinition } from '../../kinds/kubernetes.ts';
import { error, type Rule } from '../rule.ts';

export const missingSkipDryRun: Rule = error('missing-skip-dry-run', function* (graph) {
  const installed = installedGroups(graph);
  if (installed.size === 0) return;
  for (const object of graph.objects) {
    const application = installed.get(object.group);
    if (application === undefined || !isSynced(object)) continue;
    if (syncOptionsOf(object).includes('SkipDryRunOnMissingResource=true')) continue;
    const hasOptions = annotationOf(object, SYNC_OPTIONS) !== undefined;
    yield {
      object,
      path: ['metadata', 'annotations', ...(hasOptions ? [SYNC_OPTIONS] : [])],
      message: `Application "${application.name}" installs the CRD of ${object.kind} "${object.name}" in a sync of its own`,
      hint: `Add the annotation ${SYNC_OPTIONS}: SkipDryRunOnMissingResource=true.`,
      related: [relatedName(application, 'installs the CRD')],
    };
  }
});

/** The groups whose CRDs Applications install, without those whose CRDs are among the objects. */
function installedGroups({ byKind }: SecretGraph): Map<string, PlacedObject> {
  const shown = new Set(
    byKind(customResourceDefinition).map(object => textAt(specOf(object), 'group') ?? ''),
  );
  const installed = byKind(argoApplication).flatMap(object =>
    chartGroups(textAt(specOf(object), 'source', 'chart') ?? '')
      .filter(group => !shown.has(group))
      .map((group): [string, PlacedObject] => [group, object]),
  );
  return new Map(installed);
}
