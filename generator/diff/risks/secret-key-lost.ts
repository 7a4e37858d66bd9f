import { groupBy } from '../../core/json.ts';
import { findSecret, secretId } from '../../graph/secret-graph.ts';
import { unknownTemplateKey } from '../../lint/rules/unknown-template-key.ts';
import type { Diff } from '../diff.ts';
import { type MissedRead, newlyMissing } from '../facts/losses.ts';
import { newFaults } from '../facts/moves.ts';
import { type SilentLoss, silentLosses } from '../facts/secrets.ts';
import type { Risk, RiskRule } from '../risk.ts';
import {
  block,
  faultRisk,
  firstPlaces,
  initContainerText,
  keysText,
  nameOf,
  namesOf,
  placeOn,
  relatedObjects,
} from '../risk.ts';

export const secretKeyLost: RiskRule = block(
  'secret-key-lost',
  function* (diff) {
    const groups = groupBy(newlyMissing(diff), read => secretId(read.namespace, read.secret));
    for (const reads of groups.values()) yield* missed(diff, reads);
    for (const loss of silentLosses(diff))
      if (!groups.has(secretId(loss.namespace, loss.secret))) yield unnoticed(loss);
    for (const fault of newFaults(diff, unknownTemplateKey))
      yield {
        ...faultRisk(fault),
        message: `${fault.message}, so ${nameOf(fault.object)} does not sync any more`,
      };
  },
  'unknown-secret-key',
  'unknown-value-key',
  'unknown-variable',
  'collector-variable',
);

function* missed({ base, head }: Diff, reads: readonly MissedRead[]): Iterable<Risk> {
  const [first, ...others] = firstPlaces(reads);
  if (first === undefined) return;
  const { object, path, namespace, secret, hint } = first;
  const before = findSecret(base, namespace, secret)?.keys;
  const makers = findSecret(head, namespace, secret)?.makers ?? [];
  const isLost = reads.some(({ key }) => before?.has(key) === true);
  yield {
    ...placeOn('head', object, path),
    ...(isLost && makers[0] !== undefined && { cause: makers[0].object }),
    message: `Secret "${secret}" ${isLost ? 'loses' : 'lacks'} ${keysText(reads.map(({ key }) => key))}, which ${namesOf(reads, 'needs', 'need')}${initContainerText(reads)}`,
    hint: isLost ? `Keep the key until nothing reads it any more. ${hint}` : hint,
    related: [
      ...relatedObjects(others, 'head', 'needs it too'),
      ...relatedObjects(makers, 'head', `makes "${secret}" without it`),
    ],
  };
}

function unnoticed({ secret, keys, readers, makers }: SilentLoss): Risk {
  const [first, ...others] = readers;
  return {
    level: 'warn',
    ...placeOn('head', first.object, first.path),
    message: `Secret "${secret}" loses ${keysText(keys)}, and ${namesOf(readers, 'starts', 'start')} without${initContainerText(readers)}`,
    hint: 'Make sure that nothing in the container asks for it.',
    related: [
      ...relatedObjects(others, 'head', 'takes it whole too'),
      ...relatedObjects(makers, 'head', `makes "${secret}" without it`),
    ],
  };
}
