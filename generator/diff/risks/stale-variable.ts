import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { changedOf } from '../diff.ts';
import { staleSecrets } from '../facts/secrets.ts';
import type { RiskRule } from '../risk.ts';
import { firstPlaces, high, keysText, namesOf, placeOn, relatedObjects, verb } from '../risk.ts';

export const staleVariable: RiskRule = high('stale-variable', function* (diff) {
  const encryptedAnew = changedOf(diff)
    .filter(({ base, head }) => head.knownKind?.secrets?.isReencrypted?.(base.json, head.json))
    .map(({ head }) => head);
  for (const { node, keys, readers } of staleSecrets(diff)) {
    const [first, ...others] = firstPlaces(readers);
    if (first === undefined) continue;
    const isSure = !node.makers.every(({ object }) => encryptedAnew.includes(object));
    const named = keys.filter(key => key !== '');
    const what = named.length === 0 ? 'its keys' : keysText(named);
    yield {
      ...placeOn('head', first.object, first.path),
      ...(!isSure && { level: 'warn' }),
      message: `Secret "${node.name}" gets other values for ${what}${isSure ? '' : ', or the same ones encrypted anew'}, and ${namesOf(readers, 'goes', 'go')} on with the old ones until somebody restarts ${verb(readers, 'it', 'them')}`,
      hint:
        first.object.knownKind === cnpgCluster
          ? `Make sure that the new source has the values. Give the Secret the label ${RELOAD_LABEL}: "true", so that CNPG takes them up.`
          : 'Make sure that the new source has the values. Annotate the workload with reloader.stakater.com/auto: "true", or restart it after the sync.',
      related: [
        ...relatedObjects(others, 'head', 'reads it too'),
        ...relatedObjects(node.makers, 'head', 'gives it the values'),
      ],
    };
  }
});
