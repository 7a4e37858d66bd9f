import { objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import { customResourceDefinition } from '../../kinds/kubernetes.ts';
import { deletionOf, goingOf, idsOnHead } from '../appliers.ts';
import { heldBy, isHoldingData } from '../facts/claims.ts';
import { high, namesOf, placeOn, type RiskRule, relatedObjects } from '../risk.ts';

export const definitionRemoved: RiskRule = high('definition-removed', function* (diff) {
  for (const { base } of goingOf(diff, customResourceDefinition)) {
    // What is on head is to stay, and what nothing but the definition deletes.
    const isLeft = (object: PlacedObject): boolean =>
      idsOnHead(diff).has(objectIdentity(object)) || deletionOf(diff, object).outcome === 'kept';
    const left = heldBy(diff.base, base).filter(isLeft);
    const [first] = left;
    if (first === undefined) continue;
    const losing = left.filter(object => isHoldingData(object, diff.base.find));
    const shown = (losing.length > 0 ? losing : left).slice(0, 5);
    const data = losing.length > 0 ? `, with the data of ${namesOf(losing)}` : '';
    yield {
      ...(losing.length > 0 && { level: 'block' }),
      ...placeOn('base', base),
      message: `the CustomResourceDefinition "${base.name}" is removed: every ${first.kind} of the cluster is deleted with it${data}, though ${left.length} ${left.length === 1 ? 'is' : 'are'} still to be there`,
      hint: 'Keep the definition, or annotate it in an earlier change so that nothing prunes it, where something else installs it now.',
      related: relatedObjects(shown, 'base', 'goes with it'),
    };
  }
});
