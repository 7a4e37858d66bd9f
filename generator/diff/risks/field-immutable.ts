import type { Path } from '../../core/finding.ts';
import { isBelow } from '../../core/json.ts';
import { syncOptionsOf } from '../../kinds/argocd/application.ts';
import { isHook } from '../../kinds/argocd/sync-order.ts';
import { job } from '../../kinds/batch.ts';
import { fluxKustomization, isForcedByFlux } from '../../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { applierOf, type Changed, changedOf, type Diff } from '../diff.ts';
import { broughtClaims, isHoldingData, lossLevel, volumeChanges } from '../facts/claims.ts';
import { fieldPath } from '../field-changes.ts';
import { fieldPlace, nameOf, placeOn, type Risk, type RiskRule, refusal } from '../risk.ts';

export const fieldImmutable: RiskRule = refusal('field-immutable', function* (diff) {
  yield* ofCharts(diff);
  for (const change of [...changedOf(diff), ...diff.reordered, ...broughtClaims(diff)]) {
    if (isHook(change.head)) continue;
    const paths = change.head.knownKind?.changes?.fixed?.(change.before, change.after) ?? [];
    if (paths.length > 0) yield* risksOf(diff, change, paths);
  }
});

/** A storage class in the values of an unknown chart. They do not tell whether the chart makes a claim of it. */
function* ofCharts(diff: Diff): Iterable<Risk> {
  for (const { head, before, after } of volumeChanges(diff)) {
    const [was, is] = [before.storageClass, after?.storageClass];
    const isKept = after?.isOn === true && after.existing === undefined;
    if (!isKept || was === undefined || is === undefined || was === is) continue;
    yield {
      level: 'high',
      ...placeOn('head', head, [...after.path, 'storageClass']),
      message: `the Helm release "${head.name}" asks for StorageClass ${is} in place of ${was}: that of a claim that is there cannot change, and the upgrade fails`,
      hint: `${KEEP}, or copy the data to a claim of the new class and name it in existingClaim.`,
    };
  }
}

function* risksOf(diff: Diff, change: Changed, paths: readonly Path[]): Iterable<Risk> {
  const [first = []] = paths;
  const names = paths.map(path => path.join('.')).join(', ');
  // The changed field below the fixed one.
  const field = change.fields.find(changed => isBelow(fieldPath(changed), first));
  const rest = {
    ...fieldPlace(change, field === undefined ? first : fieldPath(field), field?.basePath),
    hint: hintFor(change.head, String(first.at(-1))),
  };
  const force = forceOf(diff, change);
  if (force === undefined) {
    const message = `${names} of the ${nameOf(change.head)} cannot change: the apply is rejected`;
    yield { ...rest, message };
    return;
  }
  const hasData = isHoldingData(change.base, diff.base.find);
  const hasPods = change.head.knownKind?.pods?.source !== undefined;
  if (!hasData && !hasPods) return;
  const level = hasData ? lossLevel(diff.base, [change.base]) : 'high';
  yield {
    ...rest,
    level: hasPods && level === 'warn' ? 'high' : level,
    outcome: 'deleted and made anew',
    message: `the ${nameOf(change.head)} is deleted and made anew${hasData ? ', and its data with it' : ''}, as ${force} asks, because ${names} cannot change`,
  };
}

function forceOf(diff: Diff, { base, head }: Changed): string | undefined {
  const applier = applierOf(diff, head);
  if (applier?.knownKind === fluxKustomization)
    return isForcedByFlux(head, applier) ? 'force of Flux' : undefined;
  const isForced = [base, head].some(object => syncOptionsOf(object).includes('Force=true'));
  return isForced ? 'Force=true' : undefined;
}

const KEEP = 'Keep the value';

function hintFor({ kind, knownKind }: PlacedObject, field: string): string {
  if (knownKind === job) return 'Give the Job another name, or make it a hook of Argo CD.';
  if (field === 'roleRef') return `${KEEP}, or write a second binding and remove this one.`;
  if (field === 'volumeClaimTemplates')
    return `${KEEP}. Claims that are there grow on their own; for a new template delete the StatefulSet with --cascade=orphan first.`;
  return `${KEEP}, or make a ${kind} of another name beside this one.`;
}
