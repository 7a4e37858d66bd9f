import { textAt } from '../../core/json.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { argoApplication, ownOption, SYNC_OPTIONS } from '../../kinds/argocd/application.ts';
import { applicationOption, applicationsAmong, isSynced } from '../../kinds/argocd/sync-order.ts';
import { annotationOf, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { chartGroups } from '../../kinds/kinds.ts';
import { customResourceDefinition } from '../../kinds/kubernetes.ts';
import { syncId } from '../../world/object-set.ts';
import { error, type Rule } from '../rule.ts';

const SKIP = 'SkipDryRunOnMissingResource';

export const missingSkipDryRun: Rule = error('missing-skip-dry-run', function* (graph) {
  const installed = installedGroups(graph);
  if (installed.size === 0) return;
  const isSkipping = isSkippingIn(graph);
  for (const object of graph.objects) {
    const application = installed.get(object.group);
    if (application === undefined || !isSynced(object) || isSkipping(object)) continue;
    const hasOptions = annotationOf(object, SYNC_OPTIONS) !== undefined;
    yield {
      object,
      path: ['metadata', 'annotations', ...(hasOptions ? [SYNC_OPTIONS] : [])],
      message: `Application "${application.name}" installs the CRD of ${object.kind} "${object.name}" in a sync of its own`,
      hint: `Add ${SKIP}=true to the annotation ${SYNC_OPTIONS}, or to the syncOptions of its Application.`,
      related: [relatedName(application, 'installs the CRD')],
    };
  }
});

/** Whether an object has the option, or the Application that applies it (docs/facts/argocd.md#missing-definitions). */
function isSkippingIn({ byKind, syncs }: SecretGraph): (object: PlacedObject) => boolean {
  const skipping = new Set(
    applicationsAmong(byKind)
      .filter(({ object }) => applicationOption(object, SKIP) === 'true')
      .map(({ by, object }) => syncId(by, object.name)),
  );
  return object => {
    const sync = syncs?.get(object.file);
    // Any of the Applications may apply an object that none is seen to apply.
    const isOfSync = sync === undefined ? skipping.size > 0 : skipping.has(sync);
    return isOfSync || ownOption(object, SKIP) === 'true';
  };
}

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
