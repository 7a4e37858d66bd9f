import { textAt } from '../../core/json.ts';
import { customResourceDefinition } from '../../kinds/kubernetes.ts';
import { removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { keepsData } from '../facts/claims.ts';
import { placeOn, type RiskRule, relatedObjects } from '../risk.ts';

export const definitionRemoved: RiskRule = {
  id: 'definition-removed',
  level: 'high',
  summary: 'A CustomResourceDefinition is removed, and all objects of its kind with it.',

  *check(comparison) {
    for (const { base } of removedOf(comparison, customResourceDefinition)) {
      const [group, kind] = [
        textAt(base.json, 'spec', 'group'),
        textAt(base.json, 'spec', 'names', 'kind'),
      ];
      const { objects, find } = comparison.head;
      const left = objects.filter(object => object.group === group && object.kind === kind);
      const { outcome, text } = deletionOf(comparison, base);
      if (left.length === 0 || outcome === 'kept') continue;
      const placed = left.slice(0, SHOWN).map(object => ({ object, path: ['metadata', 'name'] }));
      yield {
        ...(left.some(one => keepsData(one, find)) && { level: 'block' }),
        ...placeOn('base', base),
        message: `the CustomResourceDefinition "${base.name}" is removed: every ${kind} of the cluster is deleted with it, though ${left.length} ${left.length === 1 ? 'is' : 'are'} still to be there`,
        hint: 'Keep the definition, or annotate it in an earlier change so that nothing prunes it, where something else installs it now.',
        outcome: text,
        related: relatedObjects(placed, 'head', 'goes with it'),
      };
    }
  },
};

const SHOWN = 5;
