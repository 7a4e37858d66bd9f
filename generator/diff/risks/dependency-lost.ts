import { dependenciesOf, isSuspended, WAITING } from '../../kinds/flux/kustomization.ts';
import { displayKind, type PlacedObject } from '../../kinds/kind.ts';
import { type Comparison, removedOf } from '../comparison.ts';
import { deletionOf } from '../deletion.ts';
import { placeOn, type RiskRule } from '../risk.ts';

export const dependencyLost: RiskRule = {
  id: 'dependency-lost',
  level: 'high',
  tells: ['unknown-dependency'],

  *check(comparison) {
    const removed = WAITING.flatMap(kind => removedOf(comparison, kind)).map(({ base }) => base);
    const lost = new Set(
      removed.filter(object => deletionOf(comparison, object).outcome !== 'kept'),
    );
    if (lost.size === 0) return;
    for (const object of WAITING.flatMap(comparison.head.byKind))
      if (!isSuspended(object)) yield* risksOf(comparison, object, lost);
  },
};

function* risksOf({ base }: Comparison, object: PlacedObject, removed: ReadonlySet<PlacedObject>) {
  for (const { namespace, name, path } of dependenciesOf(object)) {
    const lost = object.known && base.find(object.known, namespace, name);
    if (lost === undefined || !removed.has(lost)) continue;
    yield {
      ...placeOn('head', object, path),
      cause: lost,
      message: `the ${displayKind(object)} "${object.name}" waits for "${name}", which is removed: once that is gone nothing of it is applied any more`,
      hint: 'Take it out of dependsOn, or name what has taken its place.',
      related: [{ ...placeOn('base', lost), note: 'it waited for this' }],
    };
  }
}
