import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { RELOAD_LABEL } from '../../../kinds/cnpg/group.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { staleSecrets } from '../facts/stale-secrets.ts';
import { firstPlaces, relatedObjects } from '../places.ts';
import type { RiskRule } from '../risk-rule.ts';
import { keysText, namesOf, verb } from '../words.ts';

export const staleVariable: RiskRule = {
  id: 'stale-variable',
  level: 'high',
  summary: 'A Secret gets other values, and what reads it goes on with the old ones.',

  *check(comparison: Comparison) {
    for (const { node, keys, readers } of staleSecrets(comparison)) {
      const [first, ...others] = firstPlaces(readers);
      if (first === undefined) continue;
      const named = keys.filter(key => key !== '');
      const what = named.length === 0 ? 'its keys' : keysText(named);
      yield {
        object: first.object,
        side: 'head',
        path: first.path,
        message: `Secret "${node.name}" gets other values for ${what}, and ${namesOf(readers)} ${verb(readers, 'goes', 'go')} on with the old ones until somebody restarts ${verb(readers, 'it', 'them')}`,
        hint: hintFor(first.object),
        related: [
          ...relatedObjects(others, 'head', 'reads it too'),
          ...relatedObjects(node.makers, 'head', 'gives it the values'),
        ],
      };
    }
  },
};

function hintFor({ known }: PlacedObject): string {
  const check = 'Make sure that the new source has the values.';
  return known === cnpgCluster
    ? `${check} Give the Secret the label ${RELOAD_LABEL}: "true", so that CNPG takes them up.`
    : `${check} Annotate the workload with reloader.stakater.com/auto: "true", or restart it after the sync.`;
}
