import { configMap } from '../../kinds/core/secret.ts';
import {
  appliedByKustomization,
  fluxKustomization,
  isSuspended,
} from '../../kinds/flux/kustomization.ts';
import { objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import type { RuleFault } from '../../lint/rule.ts';
import { refusedByFlux } from '../../lint/rules/missing-namespace.ts';
import { goingOf, heldUp } from '../appliers.ts';
import type { Diff } from '../diff.ts';
import { notOnBase } from '../facts/moves.ts';
import { faultRisk, placeOn, type Risk, type RiskRule, refusal } from '../risk.ts';

export const applyRefused: RiskRule = refusal('apply-refused', function* (diff) {
  const { base, head, compared } = diff;
  const keyOf = ({ object }: RuleFault): string => objectIdentity(object);
  const found = [...refusedByFlux(head)].filter(({ object }) => compared.has(object));
  yield* notOnBase(found, keyOf, () => [...refusedByFlux(base)].map(keyOf)).map(faultRisk);
  for (const removed of goingOf(diff, configMap)) yield* unfilled(diff, removed.base);
}).inPlaceOf('missing-namespace');

/** The Kustomizations that fill in variables of a ConfigMap which is removed (docs/facts/flux.md#variables). */
function* unfilled(diff: Diff, { namespace, name }: PlacedObject): Iterable<Risk> {
  for (const object of diff.head.byKind(fluxKustomization)) {
    const [{ substitute } = {}] = appliedByKustomization(object);
    const index = (substitute?.from ?? []).findIndex(
      source => source.kind === configMap.kind && source.name === name && !source.isOptional,
    );
    if (index < 0 || object.namespace !== namespace || isSuspended(object)) continue;
    yield {
      ...placeOn('head', object, ['spec', 'postBuild', 'substituteFrom', index, 'name']),
      message: `the Flux Kustomization "${object.name}" fills in variables of the ConfigMap "${name}", which is removed: it fails`,
      hint: 'Keep the ConfigMap, or take it out of substituteFrom.',
      outcome: 'nothing of it is applied any more',
      related: heldUp(diff, object),
    };
  }
}
