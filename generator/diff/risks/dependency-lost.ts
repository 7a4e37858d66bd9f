import { dependenciesOf, isSuspended, WAITING } from '../../kinds/flux/kustomization.ts';
import { goingOf } from '../appliers.ts';
import { high, placeOn, type RiskRule, theObject } from '../risk.ts';

export const dependencyLost: RiskRule = high('dependency-lost', function* (diff) {
  const removed = goingOf(diff, ...WAITING).map(({ base }) => base);
  for (const object of WAITING.flatMap(diff.head.byKind))
    for (const { namespace, name, path } of isSuspended(object) ? [] : dependenciesOf(object)) {
      const lost = object.knownKind && diff.base.find(object.knownKind, namespace, name);
      if (lost === undefined || !removed.includes(lost)) continue;
      yield {
        ...placeOn('head', object, path),
        cause: lost,
        message: `${theObject(object)} waits for "${name}", which is removed: once that is gone nothing of it is applied any more`,
        hint: 'Take it out of dependsOn, or name what has taken its place.',
        related: [{ ...placeOn('base', lost), note: 'it waited for this' }],
      };
    }
}).inPlaceOf('unknown-dependency');
