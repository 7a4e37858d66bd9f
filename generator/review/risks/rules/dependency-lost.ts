import { dependenciesOf, WAITING } from '../../../kinds/flux/dependencies.ts';
import { isSuspended } from '../../../kinds/flux/pruning.ts';
import { calledOf } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import type { RiskRule } from '../risk-rule.ts';

export const dependencyLost: RiskRule = {
  id: 'dependency-lost',
  level: 'high',
  summary: 'A Flux Kustomization or HelmRelease waits for one that is no longer there.',
  tells: ['unknown-dependency'],

  *check(comparison: Comparison) {
    const { base, head, own } = comparison;
    for (const kind of WAITING)
      for (const object of head.byKind(kind).filter(one => !isSuspended(one)))
        for (const { namespace, name, path } of dependenciesOf(object)) {
          const lost = base.find(kind, namespace, name);
          const isStill = head.find(kind, namespace, name) !== undefined;
          if (lost === undefined || isStill || !(own.has(object) || own.has(lost))) continue;
          if (deletionOf(comparison, lost).outcome === 'kept') continue;
          yield {
            object,
            side: 'head',
            path,
            message: `the ${calledOf(object)} "${object.name}" waits for "${name}", which is not there any more: nothing of it is applied from now on`,
            hint: 'Take it out of dependsOn, or name what has taken its place.',
            related: [
              {
                object: lost,
                side: 'base',
                path: ['metadata', 'name'],
                note: 'it waited for this',
              },
            ],
          };
        }
  },
};
