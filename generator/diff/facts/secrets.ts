import type { Path } from '../../core/finding.ts';
import {
  groupBy,
  isBelow,
  isMap,
  isSame,
  type Json,
  type JsonObject,
  mapAt,
  textAt,
  valueAt,
} from '../../core/json.ts';
import { asJson } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { pickups } from '../../graph/keys.ts';
import {
  findSecret,
  type Maker,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
  wholeMakers,
} from '../../graph/secret-graph.ts';
import { isGuarded } from '../../kinds/argocd/application.ts';
import { isCnpgPassword } from '../../kinds/cnpg/cluster.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { type ExternalSecret, ownName } from '../../kinds/eso/external-secret-spec.ts';
import {
  EXTERNAL_SECRETS,
  isExternalSecret,
  PUSH_SECRETS,
  type SpecPlaces,
} from '../../kinds/eso/specs.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { frozenReads, isLasting, mountsOf, type Pod } from '../../kinds/pods.ts';
import { unknownTemplateKey } from '../../lint/rules/unknown-template-key.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  changedOf,
  type FieldChange,
  fieldPath,
  objectOfChange,
} from '../field-changes.ts';
import { firstPlaces } from '../risk.ts';
import { isOwn, readsOf } from './losses.ts';
import { newFaults, valueSources } from './values.ts';

/**
 * What becomes of a Secret in a cluster that has it, when head no longer makes it. `new`: base made
 * none either.
 */
export type Fate = 'new' | 'deleted' | 'stays';

/** The makers of a Secret on base that make it whole. */
export function makersBefore({ base }: Comparison, namespace: string, secret: string): Maker[] {
  return wholeMakers(findSecret(base, namespace, secret));
}

/** Of several makers the last to let go decides. */
export function fateOf(comparison: Comparison, namespace: string, secret: string): Fate {
  const makers = makersBefore(comparison, namespace, secret);
  if (makers.some(maker => leavesSecret(comparison, maker))) return 'stays';
  if (makers.length > 0) return 'deleted';
  return findSecret(comparison.base, namespace, secret)?.makers.length === 0 ? 'stays' : 'new';
}

/**
 * Whether the Secret outlives what made it. An ExternalSecret that owns it keeps it when it only
 * stops writing.
 */
function leavesSecret(comparison: Comparison, maker: Maker): boolean {
  const { object } = maker;
  const after = onHead(comparison, object);
  if (after === undefined && isGuarded(object)) return true;
  const remain = object.known?.secrets?.remain;
  if (remain === 'unless owned') return isLeftBySync(comparison, maker);
  return remain === 'always' || (remain === 'while it stays' && after !== undefined);
}

function isLeftBySync({ base, head }: Comparison, { object, namespace, secret }: Maker): boolean {
  const own = base.externalSecrets.find(
    other => other.object === object && other.namespace === namespace && other.target === secret,
  );
  if (own?.creationPolicy !== 'Owner') return true;
  return head.externalSecrets.some(
    other =>
      objectIdentity(other.object) === objectIdentity(object) &&
      ownName(other.object) === ownName(object) &&
      other.namespace === namespace &&
      other.target === secret,
  );
}

function onHead(
  { head }: Comparison,
  { known, namespace, name }: PlacedObject,
): PlacedObject | undefined {
  return known && head.find(known, namespace, name);
}

/** An ExternalSecret that changes and makes the same Secret before and after. */
export interface SecretPair {
  readonly change: Changed;
  readonly before: ExternalSecret;
  readonly after: ExternalSecret;
}

/** Changed ExternalSecrets that keep their Secret; one of a ClusterExternalSecret stands for all. */
export function externalSecretPairs(comparison: Comparison): SecretPair[] {
  return [...EXTERNAL_SECRETS.keys()]
    .flatMap(kind => changedOf(comparison, kind))
    .flatMap(change => {
      const before = secretOf(comparison.base, change.base);
      const after = secretOf(comparison.head, change.head);
      const isKept = before !== undefined && before.target === after?.target;
      return isKept && after !== undefined ? [{ change, before, after }] : [];
    });
}

function secretOf(graph: SecretGraph, object: PlacedObject): ExternalSecret | undefined {
  return makingSecrets(graph).get(object)?.[0];
}

/** The ExternalSecrets that make Secrets, by the object that they are or come from. */
const makingSecrets = oncePer(({ externalSecrets }: SecretGraph) =>
  groupBy(
    externalSecrets.filter(({ creationPolicy }) => creationPolicy !== 'None'),
    ({ object }) => object,
  ),
);

/** The spec of an object before and after, with its defaults. */
export interface SpecOnBothSides {
  readonly change: Changed;
  /** Where the spec stands in the object. */
  readonly path: Path;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** The spec of an ExternalSecret, or the one that a ClusterExternalSecret gives to each of its own. */
export interface SpecChange extends SpecOnBothSides {
  /** The ExternalSecrets of the graphs; none where the namespaces are not known. */
  readonly base: readonly ExternalSecret[];
  readonly head: readonly ExternalSecret[];
}

/** Every ExternalSecret and ClusterExternalSecret that is on both sides and differs. */
export const specChanges: (comparison: Comparison) => readonly SpecChange[] = oncePer(
  comparison => {
    const [base, head] = [comparison.base, comparison.head].map(({ externalSecrets }) =>
      groupBy(externalSecrets, ({ object }) => object),
    );
    return specsAt(comparison, EXTERNAL_SECRETS).map(spec => ({
      ...spec,
      base: base?.get(spec.change.base) ?? [],
      head: head?.get(spec.change.head) ?? [],
    }));
  },
);

/** Every PushSecret and ClusterPushSecret that is on both sides and differs. */
export function pushChanges(comparison: Comparison): SpecOnBothSides[] {
  return specsAt(comparison, PUSH_SECRETS);
}

function specsAt(comparison: Comparison, places: SpecPlaces): SpecOnBothSides[] {
  return [...places].flatMap(([kind, path]) =>
    changedOf(comparison, kind).map(change => ({
      change,
      path,
      before: mapAt(change.before, ...path.map(String)),
      after: mapAt(change.after, ...path.map(String)),
    })),
  );
}

/** A text of the target on both sides, where it differs. */
export function targetChange(
  { before, after }: SpecChange,
  field: string,
): { readonly was: string; readonly is: string } | undefined {
  const [was = '', is = ''] = [textAt(before, 'target', field), textAt(after, 'target', field)];
  return was === is ? undefined : { was, is };
}

/** The Secret that a spec makes. */
export function targetOf(spec: JsonObject): string {
  return textAt(spec, 'target', 'name') ?? '';
}

/** The changes below a field of the spec, with their paths from it. */
export function fieldsBelow(
  { change, path }: SpecChange,
  field: string,
): { readonly field: FieldChange; readonly rest: Path }[] {
  const start = [...path, field];
  return change.fields.flatMap(changed => {
    const at = fieldPath(changed);
    return isBelow(at, start) ? [{ field: changed, rest: at.slice(start.length) }] : [];
  });
}

/**
 * Whether anything may need the Secret of an ExternalSecret: a reader, an object of a kind that is
 * not known whose field for Secrets has its name, or what finds it by a label, as Argo CD finds
 * repositories.
 */
export function isUsed(graph: SecretGraph, secret: ExternalSecret): boolean {
  const { namespace, target } = secret;
  return (
    readsOf(graph, namespace, target).length > 0 ||
    isFoundByLabel(secret) ||
    graph.objects.some(object => object !== secret.object && isNaming(object, namespace, target))
  );
}

/** Labels that describe the Secret, or that CNPG asks for: nobody looks for Secrets by them. */
const DESCRIBING = /^(app\.kubernetes\.io|helm\.sh|cnpg\.io|kustomize\.toolkit\.fluxcd\.io)\//;

function isFoundByLabel({ spec }: ExternalSecret): boolean {
  const labels = mapAt(spec, 'target', 'template', 'metadata', 'labels');
  return Object.keys(labels).some(label => !DESCRIBING.test(label));
}

function isNaming(
  { json, namespace: home, kind }: PlacedObject,
  namespace: string,
  name: string,
): boolean {
  if (home !== '' && home !== namespace) return false;
  return !/ExternalSecret$/.test(kind) && hasText(mapAt(json, 'spec'), name, false);
}

/** Whether a text stands anywhere under a field that is for a Secret. */
function hasText(value: Json, text: string, isSecretField: boolean): boolean {
  if (Array.isArray(value)) return value.some(entry => hasText(entry, text, isSecretField));
  if (!isMap(value)) return isSecretField && value === text;
  return Object.entries(value).some(([field, child]) =>
    hasText(child, text, isSecretField || /secret/i.test(field)),
  );
}

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

/** A Secret that gets other values, while something that reads it goes on with the old ones. */
interface StaleSecret {
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
  return (
    isExternalSecret(object) || known === configMap || known?.secrets?.valueSource !== undefined
  );
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
