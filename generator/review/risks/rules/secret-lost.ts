import type { Reader } from '../../../graph/secret-graph.ts';
import { inNamespace } from '../../../ground/namespace-words.ts';
import { cnpgCluster } from '../../../kinds/cnpg/cluster.ts';
import { superuserOf } from '../../../kinds/cnpg/cluster-secrets.ts';
import { isExternalSecret } from '../../../kinds/eso/specs.ts';
import type { Item } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { deletionOf } from '../../changes/deletion.ts';
import { type LostSecret, lostSecrets } from '../facts/lost-secrets.ts';
import { type Fate, fateOf, makersBefore } from '../facts/secret-fate.ts';
import { relatedItems, relatedOnHead } from '../places.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';
import { namesOf, verb } from '../words.ts';

export const secretLost: RiskRule = {
  id: 'secret-lost',
  level: 'block',
  summary: 'Something reads a Secret that nothing makes.',
  tells: ['unknown-secret', 'not-created', 'merge-without-secret'],

  *check(comparison: Comparison) {
    for (const lost of lostSecrets(comparison)) {
      if (isOtherRules(comparison, lost)) continue;
      const fate = fateOf(comparison, lost.namespace, lost.secret);
      yield lost.required.length > 0
        ? missed(comparison, lost, fate)
        : missedAsOptional(comparison, lost);
    }
  },
};

/**
 * Superuser access that is switched off is a rule of its own, and so is an ExternalSecret that
 * takes its Secret along: of optional readers those rules tell. An optional reader of a Secret that
 * never was there misses nothing.
 */
function isOtherRules(comparison: Comparison, lost: LostSecret): boolean {
  const { namespace, secret, required, idle } = lost;
  const makers = makersBefore(comparison, namespace, secret).map(({ item }) => item);
  if (makers.some(item => isSwitchedOff(comparison, item, secret))) return true;
  if (required.length > 0) return false;
  return idle !== undefined || makers.every(isExternalSecret);
}

function isSwitchedOff({ head }: Comparison, item: Item, secret: string): boolean {
  const { known, object, namespace, name } = item;
  if (known !== cnpgCluster || secret !== superuserOf(object, name).secret) return false;
  const cluster = head.find(known, namespace, name);
  return cluster !== undefined && !superuserOf(cluster.object, name).isOn;
}

function missed(comparison: Comparison, lost: LostSecret, fate: Fate): Risk {
  const { namespace, secret, first, required, hint } = lost;
  const where = namespace === first.item.namespace ? '' : inNamespace(namespace);
  const before = fate === 'new' ? '' : ' any more';
  const stays =
    fate === 'stays' ? ': the one that a cluster has stays, and a new one gets none' : '';
  return {
    ...placeOf(lost),
    ...(fate === 'stays' && { level: 'high' }),
    message: `nothing makes Secret "${secret}"${where}${before}, and ${namesOf(required)} ${verb(required, 'reads', 'read')} it${stays}`,
    hint: fate === 'new' ? hint : `Keep what makes it until nothing reads it any more. ${hint}`,
    ...causes(comparison, lost, required),
  };
}

function missedAsOptional(comparison: Comparison, lost: LostSecret): Risk {
  const { secret, optional } = lost;
  return {
    ...placeOf(lost),
    level: 'warn',
    message: `nothing makes Secret "${secret}" any more, and ${namesOf(optional)} ${verb(optional, 'goes', 'go')} on without it`,
    hint: 'Remove the reads, or keep what makes it.',
    ...causes(comparison, lost, optional),
  };
}

/** The first reader; where an ExternalSecret is set to make none, that setting. */
function placeOf({ idle, first }: LostSecret): Pick<Risk, 'item' | 'side' | 'path'> {
  if (idle === undefined) return { item: first.item, side: 'head', path: first.path };
  const { item, path } = idle;
  return { item, side: 'head', path: [...path, 'target', 'creationPolicy'] };
}

/** The other readers, what made the Secret, and what Argo CD does to it. */
function causes(
  comparison: Comparison,
  { namespace, secret, first, idle, related }: LostSecret,
  readers: readonly Reader[],
): Pick<Risk, 'related' | 'outcome'> {
  const others = readers.filter(reader => idle !== undefined || reader !== first);
  const makers = makersBefore(comparison, namespace, secret);
  const [removed] = makers.filter(({ item }) => isRemoved(comparison, item));
  return {
    related: [
      ...relatedItems(others, 'head', idle === undefined ? 'reads it too' : 'reads it'),
      ...relatedItems(makers, 'base', 'made it'),
      ...relatedOnHead(related),
    ],
    ...(removed !== undefined && { outcome: deletionOf(comparison, removed.item).text }),
  };
}

function isRemoved({ changes }: Comparison, item: Item): boolean {
  return changes.some(change => change.what === 'removed' && change.base === item);
}
