import type { Path } from '../../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { asJson } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import { pickups } from '../../graph/keys.ts';
import { type SecretGraph, type SecretNode, secretId } from '../../graph/secret-graph.ts';
import { isCnpgPassword } from '../../kinds/cnpg/cluster.ts';
import { configMap } from '../../kinds/core/secret.ts';
import {
  EXTERNAL_SECRETS,
  innerSpec,
  isExternalSecret,
  PUSH_SECRETS,
} from '../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../kinds/eso/external-secret-spec.ts';
import { type Kind, objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import { frozenReads, isLasting, type Pod } from '../../kinds/pods.ts';
import { unknownTemplateKey } from '../../lint/rules/unknown-template-key.ts';
import type { Both, Change, Changed, Diff } from '../diff.ts';
import { changedOf, objectOfChange } from '../diff.ts';
import type { Placed } from '../risk.ts';
import { readsOf } from './losses.ts';
import { newlyFaulty } from './moves.ts';
import { externalByObject, valueSource } from './values.ts';

export interface SpecOnBothSides {
  readonly change: Changed;
  readonly path: Path;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** The spec of an ExternalSecret, also in a ClusterExternalSecret, with those of the graphs that have it, if known. */
export type SpecChange = SpecOnBothSides & Both<readonly ExternalSecret[]>;

export const specChanges: (diff: Diff) => readonly SpecChange[] = oncePer(diff =>
  specsOf(diff, EXTERNAL_SECRETS).map(spec => ({
    ...spec,
    base: externalByObject(diff.base).get(spec.change.base) ?? [],
    head: externalByObject(diff.head).get(spec.change.head) ?? [],
  })),
);

/** Every PushSecret and ClusterPushSecret that is on both sides and differs. */
export function pushChanges(diff: Diff): SpecOnBothSides[] {
  return specsOf(diff, PUSH_SECRETS);
}

function specsOf(diff: Diff, kinds: readonly Kind[]): SpecOnBothSides[] {
  const changed = kinds.flatMap(kind => changedOf(diff, kind));
  return changed.map(change => {
    const { path } = innerSpec(change.base);
    const [before, after] = [mapAt(change.before, ...path), mapAt(change.after, ...path)];
    return { change, path, before, after };
  });
}

/** The specs whose `target` differs in a field, with the field's value before and after. */
export function targetChanges(
  diff: Diff,
  field: string,
): (SpecChange & { readonly was: string; readonly is: string })[] {
  return specChanges(diff).flatMap(spec => {
    const [was = '', is = ''] = [spec.before, spec.after].map(of => textAt(of, 'target', field));
    return was === is ? [] : [{ ...spec, was, is }];
  });
}

export function targetOf(spec: JsonObject): string {
  return textAt(spec, 'target', 'name') ?? '';
}

/** Whether anything may need the Secret of an ExternalSecret: a reader, an object of an unknown kind, or a program that finds it by a label. */
export function isUsed(graph: SecretGraph, secret: ExternalSecret): boolean {
  const { namespace, target, spec } = secret;
  const labels = mapAt(spec, 'target', 'template', 'metadata', 'labels');
  return (
    readsOf(graph, namespace, target).length > 0 ||
    Object.keys(labels).some(label => !DESCRIBING.test(label)) ||
    graph.objects.some(object => object !== secret.object && isNaming(object, namespace, target))
  );
}

/** Labels that describe the Secret, or that CNPG needs. No program finds Secrets by them. */
const DESCRIBING = /^(app\.kubernetes\.io|helm\.sh|cnpg\.io|kustomize\.toolkit\.fluxcd\.io)\//;

function isNaming(object: PlacedObject, namespace: string, name: string): boolean {
  if (object.namespace !== '' && object.namespace !== namespace) return false;
  return !/ExternalSecret$/.test(object.kind) && hasText(mapAt(object.json, 'spec'), name, false);
}

function hasText(value: Json, text: string, isSecretField: boolean): boolean {
  if (Array.isArray(value)) return value.some(entry => hasText(entry, text, isSecretField));
  if (!isMap(value)) return isSecretField && value === text;
  return Object.entries(value).some(([field, child]) =>
    hasText(child, text, isSecretField || /secret/i.test(field)),
  );
}

/** The identity of an ExternalSecret, also of one that a ClusterExternalSecret makes. */
export function externalIdentity({ object, namespace }: ExternalSecret): string {
  return [objectIdentity(object), namespace, ownName(object)].join(' ');
}

interface StaleSecret {
  readonly node: SecretNode;
  readonly keys: readonly string[];
  readonly readers: readonly Placed[];
}

/** Stands for the keys that a source has and no manifest names. */
const ANY = '';

/** The Secrets whose values change at their source, with the readers that keep the old values as nothing restarts or reloads them. */
export const staleSecrets: (diff: Diff) => readonly StaleSecret[] = oncePer(diff => {
  const { head, changes } = diff;
  const isValueSource = (object: PlacedObject): boolean =>
    object.knownKind === configMap ||
    object.knownKind?.secrets?.valueSource !== undefined ||
    isExternalSecret(object);
  if (!changes.some(change => isValueSource(objectOfChange(change)))) return [];
  const pickupOf = pickups(head);
  // A template that lacks a key writes nothing.
  const broken = newlyFaulty(diff, unknownTemplateKey);
  const stale = new Map<string, StaleSecret>();
  for (const read of readsUntilRestart(diff)) {
    const { object, namespace, secret } = read;
    const id = secretId(namespace, secret);
    const node = head.secrets.get(id);
    const keys = node === undefined ? [] : changedKeys(diff, node, read.key);
    if (node === undefined || keys.length === 0) continue;
    const reads = readsOf(head, namespace, secret).filter(reader => reader.object === object);
    if (pickupOf(reads, node) !== 'never') continue;
    if (node.makers.some(maker => broken.has(maker.object))) continue;
    const entry = stale.get(id) ?? { node, keys: [], readers: [] };
    stale.set(id, { node, keys: [...entry.keys, ...keys], readers: [...entry.readers, read] });
  }
  return [...stale.values()];
});

function changedKeys({ base, head }: Diff, node: SecretNode, key?: string): string[] {
  const { namespace, name } = node;
  const old = base.secrets.get(secretId(namespace, name));
  if (old === undefined || !isWrittenAgain(head, old, node)) return [];
  const all = key === undefined ? [...node.keys, ...(node.isOpen ? [ANY] : [])] : [key];
  const sourceIn = (graph: SecretGraph, each: string): string =>
    valueSource(graph, namespace, name, each);
  return all
    .filter(each => [old, node].every(({ keys, isOpen }) => isOpen || keys.has(each)))
    .filter(each => sourceIn(base, each) !== sourceIn(head, each));
}

/** Whether the makers of a Secret write its new values. Other rules find a Secret with another maker. */
function isWrittenAgain({ externalSecrets }: SecretGraph, old: SecretNode, node: SecretNode) {
  const idsOf = ({ makers }: SecretNode): string[] =>
    makers.map(({ object }) => objectIdentity(object)).sort();
  if (!isSame(idsOf(old), idsOf(node))) return false;
  return node.makers.some(({ object }) => {
    const secret = externalSecrets.find(entry => entry.object === object);
    if (secret === undefined) return object.json['immutable'] !== true;
    const { isActive, isImmutable, policy } = secret.refresh;
    return isActive || (policy === 'OnChange' && !isImmutable);
  });
}

/** The reads whose reader keeps the old value: variables and subPath files of running pods, passwords that CNPG sets. */
function readsUntilRestart(diff: Diff) {
  const { head, compared } = diff;
  const changes = new Map(diff.changes.map(change => [objectOfChange(change), change]));
  const frozen = head.pods
    .filter(pod => compared.has(pod.object) && isLasting(pod) && isPodUnchanged(pod, changes))
    .flatMap(pod => {
      const { object } = pod;
      return frozenReads(pod).map(read => ({ ...read, object, namespace: object.namespace }));
    });
  const passwords = head.readers
    .filter(reader => compared.has(reader.object) && isCnpgPassword(reader))
    .map(reader => ({ ...reader, key: 'password' }));
  return [...frozen, ...passwords];
}

function isPodUnchanged({ object: placed, path }: Pod, changes: ReadonlyMap<PlacedObject, Change>) {
  const change = changes.get(placed);
  if (change?.what !== 'changed') return change === undefined;
  const template = placed.knownKind?.pods?.isContainer ? path : path.slice(0, -1);
  const [before, after] = [change.before, change.after].map(object =>
    mapAt(asJson(object), ...template),
  );
  return isSame(before, after);
}
