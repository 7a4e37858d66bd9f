import { mapAt } from '../../core/json.ts';
import { statefulSet } from '../../kinds/apps.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { deletionOf } from '../appliers.ts';
import { claimSource } from '../facts/claims.ts';
import { type Move, namespaceMoves } from '../facts/moves.ts';
import { block, placeOn, type RiskRule, theObject } from '../risk.ts';

export const namespaceMove: RiskRule = block('namespace-move', function* (diff) {
  for (const move of namespaceMoves(diff)) {
    const { base, head } = move;
    const { outcome, text } = deletionOf(diff, base);
    const isLeft = outcome === 'kept' || outcome === 'asked';
    const isRunning =
      base.knownKind === cnpgCluster || diff.base.pods.some(pod => pod.object === base);
    const old = isLeft ? `; the old one ${isRunning ? 'keeps running' : 'stays'}` : '';
    const source = claimSource(head);
    yield {
      ...(source !== undefined && move.missing.length === 0 && { level: 'high' as const }),
      ...placeOn('head', head),
      cause: base,
      message: `${theObject(base)} moves from namespace "${base.namespace}" to "${head.namespace}": ${lossOf(move, isLeft)}${old}`,
      hint: hintFor(move),
      outcome: text,
      related: [{ ...placeOn('base', base), note: 'the old one' }],
    };
  }
});

function lossOf({ head, hasData, missing }: Move, isLeft: boolean): string {
  const secrets = missing.map(name => `"${name}"`).join(', ');
  const secret = missing.length === 1 ? `Secret ${secrets} does` : `Secrets ${secrets} do`;
  const losses = [
    ...(hasData ? [volumesOf(head)] : []),
    ...(missing.length > 0 ? [`the ${secret} not follow`] : []),
  ];
  if (losses.length > 0) return losses.join(', and ');
  return isLeft
    ? 'it is made anew beside the old one'
    : 'it is deleted there and made anew, and nothing runs in between';
}

function volumesOf(object: PlacedObject): string {
  const source = claimSource(object);
  if (source !== undefined)
    return `the new volume begins with what ${source} has, and what is written after that is not in it`;
  if (object.knownKind === persistentVolumeClaim) return 'the new volume is empty';
  if (object.knownKind === statefulSet) {
    const retention = mapAt(specOf(object), 'persistentVolumeClaimRetentionPolicy');
    const fate = retention['whenDeleted'] === 'Delete' ? 'go with the old pods' : 'stay behind';
    return `the volumes ${fate}, and the new ones are empty`;
  }
  const { method, isCopy } = bootstrapOf(object.json);
  return isCopy || method === 'recovery'
    ? 'the new one begins with a copy, and what is written after that is not in it'
    : 'the new one is another database, without the data of the old';
}

function hintFor({ head, hasData, missing }: Move): string {
  if (hasData)
    return 'Make the new one beside the old, move the data, and remove the old one in a later change.';
  return missing.length > 0
    ? `Make the Secrets in "${head.namespace}" too, for example with an ExternalSecret.`
    : 'Make the new one first, and remove the old one in a later change.';
}
