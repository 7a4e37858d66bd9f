import type { Path } from '../../core/finding.ts';
import { isBelow } from '../../core/json.ts';
import { syncOptionsOf } from '../../kinds/argocd/application.ts';
import { isHook } from '../../kinds/argocd/sync-order.ts';
import { job } from '../../kinds/batch.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Changed, Comparison } from '../comparison.ts';
import { broughtClaims, volumeChanges } from '../facts/claims.ts';
import { fieldPath } from '../field-changes.ts';
import { fieldPlace, nameOf, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const fieldImmutable: RiskRule = {
  id: 'field-immutable',
  level: 'block',
  refuses: true,

  *check(comparison) {
    const { changes, reordered } = comparison;
    yield* ofCharts(comparison);
    for (const change of [...changes, ...reordered, ...broughtClaims(comparison)]) {
      if (change.what !== 'changed') continue;
      const { known } = change.head;
      // Argo CD makes hooks anew, and so does Force.
      if (isHook(change.head) || (hasForce(change) && known?.pods?.source === undefined)) continue;
      const paths = known?.changes?.fixed?.(change.before, change.after) ?? [];
      if (paths.length > 0) yield riskOf(change, paths);
    }
  },
};

/** A storage class in the values of an unknown chart. They do not tell whether the chart makes a claim of it. */
function* ofCharts(comparison: Comparison): Iterable<Risk> {
  for (const { head, before, after } of volumeChanges(comparison)) {
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

function riskOf(change: Changed, paths: readonly Path[]): Risk {
  const [first = []] = paths;
  const names = paths.map(path => path.join('.')).join(', ');
  const isForced = hasForce(change);
  // The changed field below the fixed one.
  const field = change.fields.find(changed => isBelow(fieldPath(changed), first));
  return {
    ...(isForced && { level: 'high' }),
    ...fieldPlace(change, field === undefined ? first : fieldPath(field), field?.basePath),
    message: isForced
      ? `the ${nameOf(change.head)} is deleted and made anew, as Force=true asks, because ${names} cannot change`
      : `${names} of the ${nameOf(change.head)} cannot change: the apply is rejected`,
    hint: hintFor(change.head, String(first.at(-1))),
  };
}

function hasForce({ base, head }: Changed): boolean {
  return [base, head].some(object => syncOptionsOf(object).includes('Force=true'));
}

const KEEP = 'Keep the value';

function hintFor({ kind, known }: PlacedObject, field: string): string {
  if (known === job) return 'Give the Job another name, or make it a hook of Argo CD.';
  if (field === 'roleRef') return `${KEEP}, or write a second binding and remove this one.`;
  if (field === 'volumeClaimTemplates')
    return `${KEEP}. Claims that are there grow on their own; for a new template delete the StatefulSet with --cascade=orphan first.`;
  return `${KEEP}, or make a ${kind} of another name beside this one.`;
}
