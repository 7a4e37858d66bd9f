import { inNamespace } from '../../core/kube-object.ts';
import { findSecret, type Maker, wholeMakers } from '../../graph/secret-graph.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { cnpgCluster, superuserOf } from '../../kinds/cnpg/cluster.ts';
import { isExternalSecret } from '../../kinds/eso/external-secret.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { deletionOf } from '../appliers.ts';
import { type Diff, isRemoved } from '../diff.ts';
import { type LostSecret, lostSecrets } from '../facts/losses.ts';
import { externalIdentity } from '../facts/secrets.ts';
import { block, namesOf, placeOn, type Risk, type RiskRule, relatedObjects } from '../risk.ts';

export const secretLost: RiskRule = block('secret-lost', function* (diff) {
  for (const lost of lostSecrets(diff)) {
    const { namespace, secret } = lost.reader;
    const makers = wholeMakers(findSecret(diff.base, namespace, secret));
    if (isOfOtherRule(diff, lost, makers)) continue;
    const risk = lost.required.length > 0 ? missed(diff, lost, makers) : missedAsOptional(lost);
    yield { ...factsOf(diff, lost, makers), ...risk };
  }
}).inPlaceOf('unknown-secret', 'not-created', 'merge-without-secret');

function isOfOtherRule(diff: Diff, lost: LostSecret, makers: readonly Maker[]): boolean {
  const { reader, required, idle } = lost;
  const objects = makers.map(({ object }) => object);
  if (objects.some(object => isSwitchedOff(diff, object, reader.secret))) return true;
  return required.length === 0 && (idle !== undefined || objects.every(isExternalSecret));
}

function isSwitchedOff({ head }: Diff, object: PlacedObject, secret: string): boolean {
  const { knownKind, json, namespace, name } = object;
  if (knownKind !== cnpgCluster || secret !== superuserOf(json, name).secret) return false;
  const cluster = head.find(knownKind, namespace, name);
  return cluster !== undefined && !superuserOf(cluster.json, name).isOn;
}

type Verdict = Pick<Risk, 'level' | 'message' | 'hint'>;

function missed(diff: Diff, lost: LostSecret, makers: readonly Maker[]): Verdict {
  const { reader, required, hint, foreign } = lost;
  const { namespace, secret } = reader;
  const where = namespace === reader.object.namespace ? '' : inNamespace(namespace);
  const isDeclared = findSecret(diff.base, namespace, secret)?.makers.length === 0;
  const isNew = makers.length === 0 && !isDeclared;
  // If there are several makers, one that leaves the Secret is enough.
  const isLeft = isDeclared || makers.some(maker => leavesSecret(diff, maker));
  const stays = isLeft ? ': the one that a cluster has stays, and a new one gets none' : '';
  return {
    ...((isLeft || foreign !== undefined) && { level: 'high' }),
    message: `nothing makes Secret "${secret}"${where}${isNew ? '' : ' any more'}, and ${namesOf(required, 'reads', 'read')} it${stays}${foreign === undefined ? '' : `, unless ${foreign} makes it now`}`,
    hint: isNew ? hint : `Keep what makes it until nothing reads it any more. ${hint}`,
  };
}

function leavesSecret(diff: Diff, maker: Maker): boolean {
  const { object } = maker;
  const { knownKind, namespace, name } = object;
  const after = knownKind && diff.head.find(knownKind, namespace, name);
  if (after === undefined && isGuarded(object)) return true;
  const remain = knownKind?.secrets?.remain;
  if (remain === 'unless owned') return isLeftByExternalSecret(diff, maker);
  return remain === 'always' || (remain === 'while it stays' && after !== undefined);
}

function isLeftByExternalSecret({ base, head }: Diff, { object, namespace, secret }: Maker) {
  const isOfSecret = (entry: ExternalSecret): boolean =>
    entry.namespace === namespace && entry.target === secret;
  const before = base.externalSecrets.find(entry => entry.object === object && isOfSecret(entry));
  if (before?.creationPolicy !== 'Owner') return true;
  const id = externalIdentity(before);
  return head.externalSecrets.some(entry => isOfSecret(entry) && externalIdentity(entry) === id);
}

function missedAsOptional({ reader, optional }: LostSecret): Verdict {
  return {
    level: 'warn',
    message: `nothing makes Secret "${reader.secret}" any more, and ${namesOf(optional, 'goes', 'go')} on without it`,
    hint: 'Remove the reads, or keep what makes it.',
  };
}

/** What a risk has beside its text. */
function factsOf(diff: Diff, lost: LostSecret, makers: readonly Maker[]) {
  const { reader, required, optional, idle, related } = lost;
  const readers = required.length > 0 ? required : optional;
  const others = readers.filter(read => idle !== undefined || read !== reader);
  const removed = makers.find(({ object }) => isRemoved(diff, object));
  const maker = removed ?? makers[0];
  return {
    ...placeOn('head', reader.object, reader.path),
    ...(idle && placeOn('head', idle.object, [...idle.path, 'target', 'creationPolicy'])),
    ...(maker !== undefined && { cause: maker.object }),
    related: [
      ...relatedObjects(others, 'head', idle === undefined ? 'reads it too' : 'reads it'),
      ...relatedObjects(makers, 'base', 'made it'),
      ...related,
    ],
    ...(removed !== undefined && { outcome: deletionOf(diff, removed.object).text }),
  };
}
