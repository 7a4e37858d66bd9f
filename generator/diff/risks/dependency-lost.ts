import { isSuspended } from '../../kinds/flux/kustomization.ts';
import { dependenciesOf, SOURCE_KINDS, sourcesOf, WAITING } from '../../kinds/flux/references.ts';
import { goingOf } from '../appliers.ts';
import { high, placeOn, type RiskRule, theObject } from '../risk.ts';

const USES = {
  'wait for': ['waits for', 'Take it out of dependsOn, or name what has taken its place.'],
  'take from': ['takes from', 'Keep it, or name what has taken its place.'],
} as const;

export const dependencyLost: RiskRule = high('dependency-lost', function* (diff) {
  const removed = new Set(goingOf(diff, ...WAITING, ...SOURCE_KINDS).map(({ base }) => base));
  for (const object of WAITING.flatMap(diff.head.byKind).filter(object => !isSuspended(object)))
    for (const reference of [...dependenciesOf(object), ...sourcesOf(object)]) {
      const { kind, namespace, name, path, use } = reference;
      const lost = diff.base.find(kind, namespace, name);
      if (lost === undefined || !removed.has(lost)) continue;
      const [does, hint] = USES[use];
      yield {
        ...placeOn('head', object, path),
        cause: lost,
        message: `${theObject(object)} ${does} "${name}", which is removed: once that is gone nothing of it is applied any more`,
        hint,
        related: [{ ...placeOn('base', lost), note: `it ${does} this` }],
      };
    }
}).inPlaceOf('unknown-dependency');
