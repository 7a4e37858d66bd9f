import { persistentVolumeClaim } from '../../../kinds/core/persistent-volume-claim.ts';
import { type Changed, type Comparison, changedOf } from '../../changes/comparison.ts';
import { effectiveForm } from '../../changes/effective-form.ts';

/** Claims that are on both sides and differ: those of manifests, and those that charts make of values. */
export function changedClaims(comparison: Comparison): Changed[] {
  return [...changedOf(comparison, persistentVolumeClaim), ...broughtClaims(comparison)];
}

/** Claims of charts on both sides; which fields differ is not told. */
export function broughtClaims({ base, head, own }: Comparison): Changed[] {
  return head.byKind(persistentVolumeClaim).flatMap((object): Changed[] => {
    const old = base.find(persistentVolumeClaim, object.namespace, object.name);
    if (object.written === undefined || !own.has(object.written.by)) return [];
    if (old?.written === undefined) return [];
    const [before, after] = [effectiveForm(old.json), effectiveForm(object.json)];
    return [{ what: 'changed', base: old, head: object, before, after, fields: [] }];
  });
}
