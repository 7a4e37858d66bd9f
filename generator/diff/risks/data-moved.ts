import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { fluxKustomization, KEEP } from '../../kinds/flux/kustomization.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { coreNamespace, customResourceDefinition } from '../../kinds/kubernetes.ts';
import { deletionOf, heldUp, isOnHead } from '../appliers.ts';
import { applierOf, changedOf, type Diff, isSameObject } from '../diff.ts';
import { heldBy, isHoldingData, keepsData, madeVolumes } from '../facts/claims.ts';
import { high, nameOf, placeOn, type RiskRule } from '../risk.ts';

export const dataMoved: RiskRule = high('data-moved', function* (diff) {
  for (const { base, head } of changedOf(diff).filter(({ isMoved }) => isMoved)) {
    const [before, after] = [applierOf(diff, base), applierOf(diff, head)];
    if (before === undefined || after === undefined || !isTakingData(diff, base)) continue;
    const { outcome, text } = deletionOf(diff, base);
    const first = firstOf(diff, before, after);
    if (outcome !== 'deleted' || first === after || !isOnHead(diff, before)) continue;
    const isSure = first === before;
    yield {
      ...(isSure && { level: 'block', outcome: text }),
      ...placeOn('head', head),
      cause: before,
      message: `the ${nameOf(head)} goes from ${nameOf(before)} to ${nameOf(after)}: the old one deletes it, with ${DATA.get(head.knownKind) ?? 'its data'}, ${isSure ? 'before the new one applies it' : 'unless the new one has applied it first'}`,
      hint: `Annotate it with ${guardOf(before)} in an earlier change, and take that away once it has moved.`,
      related: [{ ...placeOn('base', base), note: 'applied from here so far' }],
    };
  }
});

function guardOf({ knownKind }: PlacedObject): string {
  return knownKind === fluxKustomization ? KEEP : 'argocd.argoproj.io/sync-options: Prune=false';
}

function isTakingData({ base }: Diff, object: PlacedObject): boolean {
  if (object.knownKind === customResourceDefinition) return true;
  if (object.knownKind !== helmRelease) return isHoldingData(object, base.find);
  return heldBy(base, object).some(
    part => keepsData(part, base.find) || madeVolumes(part).length > 0,
  );
}

const DATA: ReadonlyMap<Kind | undefined, string> = new Map([
  [coreNamespace, 'all that is in it'],
  [customResourceDefinition, 'all objects of its kind'],
  [helmRelease, 'the volumes of its chart'],
]);

/** The applier that works first: the other's maker, or the one it waits for (docs/facts/flux.md#dependencies). */
function firstOf(diff: Diff, before: PlacedObject, after: PlacedObject) {
  if (waits(diff, after, before) || isSameObject(applierOf(diff, after), before)) return before;
  return waits(diff, before, after) ? after : undefined;
}

function waits(diff: Diff, applier: PlacedObject, needed: PlacedObject): boolean {
  return heldUp(diff, needed).some(({ object }) => isSameObject(object, applier));
}
