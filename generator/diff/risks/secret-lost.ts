import { inNamespace } from '../../core/kube-object.ts';
import type { Reader } from '../../graph/secret-graph.ts';
import { cnpgCluster, superuserOf } from '../../kinds/cnpg/cluster.ts';
import { isExternalSecret } from '../../kinds/eso/external-secret.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf } from '../appliers.ts';
import { type Diff, isRemoved } from '../diff.ts';
import { type LostSecret, lostSecrets } from '../facts/losses.ts';
import { type Fate, fateOf, makersBefore } from '../facts/secrets.ts';
import { block, namesOf, placeOn, type Risk, type RiskRule, relatedObjects } from '../risk.ts';

export const secretLost: RiskRule = block(
  'secret-lost',
  function* (diff) {
    for (const lost of lostSecrets(diff)) {
      if (isOfOtherRule(diff, lost)) continue;
      const fate = fateOf(diff, lost.namespace, lost.secret);
      yield lost.required.length > 0 ? missed(diff, lost, fate) : missedAsOptional(diff, lost);
    }
  },
  'unknown-secret',
  'not-created',
  'merge-without-secret',
);

function isOfOtherRule(diff: Diff, lost: LostSecret): boolean {
  const { namespace, secret, required, idle } = lost;
  const makers = makersBefore(diff, namespace, secret).map(({ object }) => object);
  if (makers.some(object => isSwitchedOff(diff, object, secret))) return true;
  return required.length === 0 && (idle !== undefined || makers.every(isExternalSecret));
}

function isSwitchedOff({ head }: Diff, object: PlacedObject, secret: string): boolean {
  const { knownKind, json, namespace, name } = object;
  if (knownKind !== cnpgCluster || secret !== superuserOf(json, name).secret) return false;
  const cluster = head.find(knownKind, namespace, name);
  return cluster !== undefined && !superuserOf(cluster.json, name).isOn;
}

function missed(diff: Diff, lost: LostSecret, fate: Fate): Risk {
  const { namespace, secret, first, required, hint, foreign } = lost;
  const where = namespace === first.object.namespace ? '' : inNamespace(namespace);
  const before = fate === 'new' ? '' : ' any more';
  const isLeft = fate === 'stays';
  const stays = isLeft ? ': the one that a cluster has stays, and a new one gets none' : '';
  return {
    ...placeOf(lost),
    ...((isLeft || foreign !== undefined) && { level: 'high' }),
    message: `nothing makes Secret "${secret}"${where}${before}, and ${namesOf(required, 'reads', 'read')} it${stays}${foreign === undefined ? '' : `, unless ${foreign} makes it now`}`,
    hint: fate === 'new' ? hint : `Keep what makes it until nothing reads it any more. ${hint}`,
    ...causes(diff, lost, required),
  };
}

function missedAsOptional(diff: Diff, lost: LostSecret): Risk {
  const { secret, optional } = lost;
  return {
    ...placeOf(lost),
    level: 'warn',
    message: `nothing makes Secret "${secret}" any more, and ${namesOf(optional, 'goes', 'go')} on without it`,
    hint: 'Remove the reads, or keep what makes it.',
    ...causes(diff, lost, optional),
  };
}

function placeOf({ idle, first }: LostSecret) {
  return idle === undefined
    ? placeOn('head', first.object, first.path)
    : placeOn('head', idle.object, [...idle.path, 'target', 'creationPolicy']);
}

function causes(
  diff: Diff,
  { namespace, secret, first, idle, related }: LostSecret,
  readers: readonly Reader[],
): Pick<Risk, 'related' | 'outcome' | 'cause'> {
  const others = readers.filter(reader => idle !== undefined || reader !== first);
  const makers = makersBefore(diff, namespace, secret);
  const [removed] = makers.filter(({ object }) => isRemoved(diff, object));
  const maker = removed ?? makers[0];
  return {
    ...(maker !== undefined && { cause: maker.object }),
    related: [
      ...relatedObjects(others, 'head', idle === undefined ? 'reads it too' : 'reads it'),
      ...relatedObjects(makers, 'base', 'made it'),
      ...related,
    ],
    ...(removed !== undefined && { outcome: deletionOf(diff, removed.object).text }),
  };
}
