import { objectIdentity } from '../../../graph/graph-of.ts';
import { pickups } from '../../../graph/pickup.ts';
import { type SecretGraph, type SecretNode, secretId } from '../../../graph/secret-graph.ts';
import type { Path } from '../../../ground/finding.ts';
import { isSame, mapAt } from '../../../ground/json.ts';
import { asJson } from '../../../ground/kube-object.ts';
import { isCnpgPassword } from '../../../kinds/cnpg/cluster-reads.ts';
import { configMap } from '../../../kinds/core/config-map.ts';
import { isExternalSecret } from '../../../kinds/eso/specs.ts';
import { frozenReads, isLasting } from '../../../kinds/frozen-reads.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Pod } from '../../../kinds/pods.ts';
import { unknownTemplateKey } from '../../../lint/rules/unknown-template-key.ts';
import { type Change, type Comparison, objectOfChange } from '../../changes/comparison.ts';
import { newFaults } from './new-faults.ts';
import { readsOf } from './reads.ts';
import { valueSources } from './value-sources.ts';

/** A Secret that gets other values, while something that reads it goes on with the old ones. */
export interface StaleSecret {
  readonly node: SecretNode;
  readonly keys: readonly string[];
  readonly readers: readonly StaleReader[];
}

interface StaleReader {
  readonly object: PlacedObject;
  readonly path: Path;
}

/** A read of a value that is kept, of all keys or one. */
interface KeptRead extends StaleReader {
  readonly namespace: string;
  readonly secret: string;
  readonly key?: string;
}

/** Stands for the keys that a source brings and no manifest names. */
const ANY = '';

/**
 * The Secrets whose values change at their source, with readers that keep the old ones: variables
 * and subPath mounts of pods whose template does not change and which nothing restarts, and
 * passwords that CNPG is not told to reload.
 */
export function staleSecrets(comparison: Comparison): StaleSecret[] {
  const { head, changes } = comparison;
  if (!changes.some(change => isFeeding(objectOfChange(change)))) return [];
  const changedKeys = changesOf(comparison);
  const pickupOf = pickups(head);
  // A template that lacks a key writes nothing.
  const broken = new Set(newFaults(comparison, unknownTemplateKey).map(({ object }) => object));
  const stale = new Map<string, StaleSecret>();
  for (const read of keepingReads(comparison)) {
    const { object, namespace, secret } = read;
    const node = head.secrets.get(secretId(namespace, secret));
    const keys = node === undefined ? [] : changedKeys(node, read.key);
    if (node === undefined || keys.length === 0) continue;
    const reads = readsOf(head, namespace, secret).filter(reader => reader.object === object);
    if (pickupOf(reads, node) !== 'never') continue;
    if (node.makers.some(maker => broken.has(maker.object))) continue;
    const id = secretId(namespace, secret);
    const known = stale.get(id) ?? { node, keys: [], readers: [] };
    stale.set(id, { node, keys: [...known.keys, ...keys], readers: [...known.readers, read] });
  }
  return [...stale.values()];
}

/** Whether an object gives Secrets their values, or templates of them. */
function isFeeding(object: PlacedObject): boolean {
  const { known } = object;
  return isExternalSecret(object) || known === configMap || known?.sourceOf !== undefined;
}

/** Which of the keys, or of all that both sides have, come from elsewhere than before. */
function changesOf({ base, head }: Comparison): (node: SecretNode, key?: string) => string[] {
  const [before, after] = [valueSources(base), valueSources(head)];
  return (node, key) => {
    const { namespace, name } = node;
    const old = base.secrets.get(secretId(namespace, name));
    if (old === undefined || !isWrittenAgain(head, old, node)) return [];
    const all = [...node.keys, ...(node.isOpen ? [ANY] : [])];
    const common = (key === undefined ? all : [key]).filter(
      each => has(old, each) && has(node, each),
    );
    return common.filter(each => before(namespace, name, each) !== after(namespace, name, each));
  };
}

function has({ keys, isOpen }: SecretNode, key: string): boolean {
  return isOpen || keys.has(key);
}

/** By the objects that made it before: one that something else makes is told of by other rules. */
function isWrittenAgain(
  { externalSecrets }: SecretGraph,
  old: SecretNode,
  node: SecretNode,
): boolean {
  const idsOf = ({ makers }: SecretNode): string =>
    makers
      .map(({ object }) => objectIdentity(object))
      .sort()
      .join(' ');
  if (idsOf(old) !== idsOf(node)) return false;
  return node.makers.some(({ object }) => {
    const secret = externalSecrets.find(other => other.object === object);
    if (secret === undefined) return object.json['immutable'] !== true;
    const { isActive, isImmutable, policy } = secret.refresh;
    return isActive || (policy === 'OnChange' && !isImmutable);
  });
}

/** Reads of what is taken once and kept, unless the pods are made anew by the change. */
function keepingReads(comparison: Comparison): KeptRead[] {
  const { head, own } = comparison;
  const changes = changesByObject(comparison);
  const frozen = head.pods
    .filter(pod => own.has(pod.object) && isLasting(pod) && runsOn(pod, changes))
    .flatMap(pod =>
      frozenReads(pod).map((read): KeptRead => {
        const { object } = pod;
        return { ...read, object, namespace: object.namespace };
      }),
    );
  const passwords = head.readers
    .filter(reader => own.has(reader.object) && isCnpgPassword(reader))
    .map((reader): KeptRead => ({ ...reader, key: 'password' }));
  return [...frozen, ...passwords];
}

function changesByObject({ changes }: Comparison): Map<PlacedObject, Change> {
  return new Map(
    changes.flatMap(change => (change.what === 'removed' ? [] : [[change.head, change] as const])),
  );
}

/** Whether the pods of a workload stay as they are: it is on both sides with the same template. */
function runsOn(
  { object: placed, path }: Pod,
  changes: ReadonlyMap<PlacedObject, Change>,
): boolean {
  const change = changes.get(placed);
  if (change?.what !== 'changed') return change === undefined;
  const template = placed.known?.pods?.isContainer ? path : path.slice(0, -1);
  const [before, after] = [change.before, change.after].map(object =>
    mapAt(asJson(object), ...template.map(String)),
  );
  return isSame(before, after);
}
