import { dependenciesOf, WAITING } from '../../../kinds/flux/dependencies.ts';
import { isSuspended } from '../../../kinds/flux/pruning.ts';
import { calledOf, type PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';

export const dependencyLost: RiskRule = {
  id: 'dependency-lost',
  level: 'high',
  summary: 'A Flux Kustomization or HelmRelease waits for one that is no longer there.',
  tells: ['unknown-dependency'],

  *check(comparison: Comparison) {
    const waiting = WAITING.flatMap(kind => comparison.head.byKind(kind));
    for (const object of waiting) if (!isSuspended(object)) yield* risksOf(comparison, object);
  },
};

function risksOf(comparison: Comparison, object: PlacedObject): Risk[] {
  return dependenciesOf(object).flatMap(({ namespace, name, path }): Risk[] => {
    const lost = lostOf(comparison, object, [namespace, name]);
    if (lost === undefined) return [];
    return [
      {
        object,
        side: 'head',
        path,
        message: `the ${calledOf(object)} "${object.name}" waits for "${name}", which is not there any more: nothing of it is applied from now on`,
        hint: 'Take it out of dependsOn, or name what has taken its place.',
        related: [
          { object: lost, side: 'base', path: ['metadata', 'name'], note: 'it waited for this' },
        ],
      },
    ];
  });
}

/** What an object waits for, where the change takes that away. */
function lostOf(
  comparison: Comparison,
  object: PlacedObject,
  [namespace, name]: readonly [string, string],
): PlacedObject | undefined {
  const { base, head, own } = comparison;
  const { known } = object;
  if (known === undefined || head.find(known, namespace, name) !== undefined) return undefined;
  const lost = base.find(known, namespace, name);
  if (lost === undefined || !(own.has(object) || own.has(lost))) return undefined;
  return deletionOf(comparison, lost).outcome === 'kept' ? undefined : lost;
}
