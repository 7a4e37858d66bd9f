import {
  findSecret,
  type Maker,
  type Reader,
  type SecretGraph,
  type SecretNode,
} from '../../../graph/secret-graph.ts';
import { textAt, valueAt } from '../../../ground/json.ts';
import { mountsOf } from '../../../kinds/pod-volumes.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { firstPlaces } from '../places.ts';
import { isOwn, readsOf } from './reads.ts';

/** Keys that go from a Secret while those that read it start all the same, and find them missing. */
export interface SilentLoss {
  readonly namespace: string;
  readonly secret: string;
  readonly keys: readonly string[];
  readonly readers: readonly [Reader, ...Reader[]];
  readonly makers: readonly Maker[];
}

/** Those that take a Secret whole, as variables or files, and those to whom a key is optional. */
export function silentLosses(comparison: Comparison): SilentLoss[] {
  const { base, head } = comparison;
  return [...head.secrets.values()].flatMap((node): SilentLoss[] => {
    const { namespace, name: secret, makers } = node;
    const keys = lostKeys(findSecret(base, namespace, secret), node);
    if (keys.length === 0) return [];
    const readers = readsOf(head, namespace, secret).filter(isOwn(comparison));
    const [first, ...others] = firstPlaces(
      readers.filter(reader => goesOnWithout(reader, keys) && !isTakenBySubPath(head, reader)),
    );
    if (first === undefined) return [];
    return [{ namespace, secret, keys, readers: [first, ...others], makers }];
  });
}

function lostKeys(before: SecretNode | undefined, after: SecretNode): string[] {
  if (before === undefined || after.isOpen) return [];
  return [...before.keys].filter(key => !after.keys.has(key));
}

function goesOnWithout({ how, key, isOptional }: Reader, lost: readonly string[]): boolean {
  if (key !== undefined) return isOptional && lost.includes(key);
  return how === 'envFrom' || how === 'volume' || how === 'projected';
}

/** Whether a volume is mounted by the names of its files only: one that is missing is no silent loss. */
function isTakenBySubPath({ pods }: SecretGraph, { object, how, path }: Reader): boolean {
  if (how !== 'volume' && how !== 'projected') return false;
  const pod = pods.find(other => other.object === object);
  const at = path.indexOf('volumes');
  const volume = pod === undefined ? undefined : valueAt(object.json, path.slice(0, at + 2));
  const mounts = pod === undefined ? [] : mountsOf(pod);
  const own = mounts.filter(mount => mount.volume === textAt(volume, 'name'));
  return own.length > 0 && own.every(({ spec }) => Boolean(spec['subPath']));
}
