import { groupBy, sortBy, textAt, valueAt } from '../../core/json.ts';
import type { Reader, SecretGraph, SecretNode } from '../../graph/secret-graph.ts';
import { findSecret, secretId } from '../../graph/secret-graph.ts';
import { mountsOf } from '../../kinds/pods.ts';
import { unknownTemplateKey } from '../../lint/rules/unknown-template-key.ts';
import type { Diff } from '../diff.ts';
import { type MissedRead, newlyMissing, readsOf } from '../facts/losses.ts';
import { newFaults } from '../facts/moves.ts';
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

export const secretKeyLost: RiskRule = block('secret-key-lost', function* (diff) {
  const groups = groupBy(newlyMissing(diff), read => secretId(read.namespace, read.secret));
  for (const reads of groups.values()) yield* missed(diff, reads);
  for (const [id, node] of diff.head.secrets) if (!groups.has(id)) yield* unnoticed(diff, node);
  for (const fault of newFaults(diff, unknownTemplateKey))
    yield {
      ...faultRisk(fault),
      message: `${fault.message}, so ${nameOf(fault.object)} does not sync any more`,
    };
}).inPlaceOf('unknown-secret-key', 'unknown-value-key', 'unknown-variable', 'collector-variable');

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

/** Keys that go, where readers take the whole Secret, as variables or files, or have the key as optional. */
function* unnoticed({ base, head, compared }: Diff, node: SecretNode): Iterable<Risk> {
  const { namespace, name: secret, makers } = node;
  const before = findSecret(base, namespace, secret)?.keys ?? [];
  const keys = [...before].filter(key => !node.keys.has(key));
  if (node.isOpen || keys.length === 0) return;
  const ofDiff = readsOf(head, namespace, secret).filter(({ object }) => compared.has(object));
  const reads = ofDiff.filter(read => goesOnWithout(read, keys) && !isTakenBySubPath(head, read));
  // Init containers are there only until they end.
  const readers = firstPlaces(sortBy(reads, ({ path }) => String(path.includes('initContainers'))));
  const [first, ...others] = readers;
  if (first === undefined) return;
  yield {
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

function goesOnWithout({ how, key, isOptional }: Reader, lost: readonly string[]): boolean {
  if (key !== undefined) return isOptional && lost.includes(key);
  return how === 'envFrom' || how === 'volume' || how === 'projected';
}

function isTakenBySubPath({ pods }: SecretGraph, { object, how, path }: Reader): boolean {
  const pod = pods.find(candidate => candidate.object === object);
  if (pod === undefined || (how !== 'volume' && how !== 'projected')) return false;
  const volume = valueAt(object.json, path.slice(0, path.indexOf('volumes') + 2));
  const mounts = mountsOf(pod).filter(mount => mount.volume === textAt(volume, 'name'));
  return mounts.length > 0 && mounts.every(({ spec }) => Boolean(spec['subPath']));
}
