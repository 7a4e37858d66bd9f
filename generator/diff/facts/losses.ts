import type { Path } from '../../core/finding.ts';
import { groupBy, isMap, listAt, textAt } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { collectorVariables } from '../../graph/collector-variables.ts';
import { objectIdentity } from '../../graph/graph.ts';
import {
  type ServiceHost,
  serviceHosts,
  serviceId,
  serviceMakers,
  serviceRefs,
} from '../../graph/hosts.ts';
import { missingKeys } from '../../graph/reads.ts';
import { findSecret, type Reader, type SecretGraph } from '../../graph/secret-graph.ts';
import { type StoreUse, storeOf, storeUses } from '../../graph/stores.ts';
import { unresolvedReferences } from '../../graph/variables.ts';
import { LOGIN_KEYS } from '../../kinds/core/secret.ts';
import { pushSecret } from '../../kinds/eso/cluster-kinds.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Container } from '../../kinds/pods.ts';
import { faultsOf } from '../../lint/check-graph.ts';
import type { RuleFault } from '../../lint/rule.ts';
import { storeConditions } from '../../lint/rules/store-conditions.ts';
import { unknownGenerator } from '../../lint/rules/unknown-generator.ts';
import { unknownStore } from '../../lint/rules/unknown-store.ts';
import { formerRead, partnersOf } from '../compare.ts';
import { deletionOf } from '../deletion.ts';
import type { Comparison } from '../field-changes.ts';
import { movedByStore, newFaults } from './values.ts';

/** A Service that base has and head has not, while head names it. */
export interface LostService {
  readonly name: string;
  readonly namespace: string;
  /** What made it on base. */
  readonly maker: PlacedObject;
  /** What it likely is called on head. */
  readonly successor?: string;
  readonly hosts: readonly ServiceHost[];
}

/**
 * Every Service that goes with what makes it, or is not made any more, and is still named. One that
 * is guarded against pruning does not go.
 */
export function lostServices(comparison: Comparison): LostService[] {
  const after = serviceMakers(comparison.head);
  const lost = [...serviceMakers(comparison.base)].filter(
    ([id, maker]) => !after.has(id) && !after.has(unplaced(id)) && isGoing(comparison, maker),
  );
  if (lost.length === 0) return [];
  const named = [...serviceHosts(comparison.head), ...serviceRefs(comparison.head)];
  const hosts = groupBy(named, ({ namespace, service }) => serviceId(namespace, service));
  return lost.flatMap(([id, maker]) => {
    const found = placesOf(hosts.get(id) ?? []);
    const [namespace = '', name = ''] = id.split('/');
    const successor = successorOf(comparison, maker, name);
    return found.length === 0
      ? []
      : [{ name, namespace, maker, hosts: found, ...(successor !== undefined && { successor }) }];
  });
}

/** The Service of what names no namespace any more: something else may give it the same one. */
function unplaced(id: string): string {
  return serviceId('', id.slice(id.indexOf('/') + 1));
}

/** Other environments of the cluster say themselves what becomes of theirs. */
function isGoing(comparison: Comparison, maker: PlacedObject): boolean {
  const change = comparison.changes.find(other => other.what !== 'added' && other.base === maker);
  if (change?.what !== 'removed') return change !== undefined;
  return deletionOf(comparison, maker).outcome !== 'kept';
}

/** Each place once: a text may name a Service twice. */
function placesOf(hosts: readonly ServiceHost[]): ServiceHost[] {
  const isSame = (a: ServiceHost, b: ServiceHost): boolean =>
    a.object === b.object && isSamePath(a.path, b.path);
  return hosts.filter((host, index) => hosts.findIndex(other => isSame(host, other)) === index);
}

function isSamePath(a: ServiceHost['path'], b: ServiceHost['path']): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** A Service under its new name, or that of a renamed Cluster or collector with the same suffix. */
function successorOf(
  { changes }: Comparison,
  maker: PlacedObject,
  name: string,
): string | undefined {
  const [becomes] = changes.flatMap(change =>
    change.what === 'removed' && change.base === maker ? (change.becomes ?? []) : [],
  );
  if (becomes === undefined || !name.startsWith(maker.name)) return undefined;
  const service = becomes.name + name.slice(maker.name.length);
  return becomes.namespace === maker.namespace ? service : `${service}.${becomes.namespace}.svc`;
}

/** A store that ExternalSecrets or PushSecrets use on head, and cannot use any more. */
export interface LostStore {
  readonly why: 'missing' | 'refused';
  /** What uses it, with the place that names it. */
  readonly uses: readonly [RuleFault, ...RuleFault[]];
  readonly objects: readonly PlacedObject[];
  /** The store on base, where it is gone; the one on head, where it refuses. */
  readonly store?: PlacedObject;
}

/**
 * Stores and generators that are not there, and stores whose conditions do not admit a namespace.
 * A store that was missing on base already is made outside of the set.
 */
export const lostStores: (comparison: Comparison) => readonly LostStore[] = oncePer(comparison => {
  const known = new Set(faultsOf(comparison.base, unknownStore).map(({ message }) => message));
  const missing = [
    ...newFaults(comparison, unknownStore).filter(({ message }) => !known.has(message)),
    ...newFaults(comparison, unknownGenerator),
  ];
  const refused = newFaults(comparison, storeConditions);
  return [
    ...byMessage(missing).map(uses => lost(comparison, 'missing', uses)),
    ...byMessage(refused).map(uses => lost(comparison, 'refused', uses)),
  ];
});

type Uses = LostStore['uses'];

/** Lint says the same of all that use one store. */
function byMessage(faults: readonly RuleFault[]): Uses[] {
  const groups = groupBy(faults, ({ message }) => message);
  return [...groups.values()].flatMap(([first, ...others]): Uses[] =>
    first === undefined ? [] : [[first, ...others]],
  );
}

function lost(comparison: Comparison, why: LostStore['why'], uses: Uses): LostStore {
  const { base, head } = comparison;
  const graph = why === 'missing' ? base : head;
  const use = useAt(comparison, uses[0]);
  const store = use === undefined ? undefined : storeOf(graph.find, use.ref, use.namespace);
  const objects = uses.map(({ object }) => object);
  return { why, uses, objects, ...(store !== undefined && { store }) };
}

/** The use that a fault is about: it points at the reference's name or kind. */
function useAt({ head }: Comparison, { object, path }: RuleFault): StoreUse | undefined {
  const place = path.slice(0, -1).join('/');
  return storeUses(head).find(use => use.object === object && use.ref.path.join('/') === place);
}

/** A read of a key that its Secret has not, and that the reader cannot do without. */
export interface MissedRead {
  readonly object: PlacedObject;
  readonly path: Path;
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly hint: string;
}

/**
 * The reads that miss their key on head and do not on base. A variable of envFrom is only missing;
 * it counts where something expands it: `$(NAME)` (docs/facts/kubernetes.md#variables), or
 * `${env:NAME}` of a collector (docs/facts/opentelemetry.md#variables).
 */
export function newlyMissing(comparison: Comparison): MissedRead[] {
  const { base, head } = comparison;
  const isTold = isOwn(comparison);
  const isMoved = movedByStore(comparison);
  const partners = partnersOf(comparison);
  const found = namedReads(head).filter(isTold);
  const before = new Set(found.length === 0 ? [] : namedReads(base).map(keyOf));
  const expanded = missingVariables(head).filter(({ container }) => isTold(container));
  const known = new Set(expanded.length === 0 ? [] : missingVariables(base).map(missingVariableId));
  return [
    ...found.filter(read => !before.has(keyOf(formerRead(read, partners))) && !isMoved(read)),
    ...expanded
      .filter(variable => !known.has(missingVariableId(variable)))
      .flatMap(variable => missedKey(base, variable)),
  ];
}

/**
 * The key that a variable misses, in a Secret that its container takes whole: the one that had it
 * on base, else the first. A container that takes none misses no key.
 */
function missedKey(base: SecretGraph, variable: MissingVariable): MissedRead[] {
  const { container, path, name, known } = variable;
  const { object, envFrom } = container;
  const { namespace } = object;
  const sources = envFrom.flatMap(({ secret, prefix }) =>
    secret === undefined
      ? []
      : [{ secret, key: name.startsWith(prefix) ? name.slice(prefix.length) : name }],
  );
  const source =
    sources.find(({ secret, key }) => findSecret(base, namespace, secret)?.keys.has(key)) ??
    sources[0];
  if (source === undefined) return [];
  return [{ object, path, namespace, ...source, hint: knownNames('variables', name, known()) }];
}

function namedReads(graph: SecretGraph): MissedRead[] {
  const missing = missingKeys(graph).flatMap(({ isOptional, keys, hint, ...read }) => {
    const { object, path, namespace, secret } = read;
    return isOptional ? [] : keys.map(key => ({ object, path, namespace, secret, key, hint }));
  });
  return [
    ...missing,
    ...graph.readers.filter(({ how }) => how === 'pull').flatMap(read => pulledKey(graph, read)),
    ...graph.byKind(pushSecret).flatMap(object => pushedKeys(graph, object)),
  ];
}

/** The kubelet looks for a login in one of two keys (kubernetes.io, "Pull an Image"). */
function pulledKey(graph: SecretGraph, { object, path, namespace, secret }: Reader): MissedRead[] {
  const node = findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen) return [];
  const [key = '', ...older] = LOGIN_KEYS.values();
  if ([key, ...older].some(each => node.keys.has(each))) return [];
  const hint = knownNames(`keys of "${secret}"`, key, node.keys);
  return [{ object, path, namespace, secret, key, hint }];
}

/** The keys that a PushSecret pushes by name; a template may make others. */
function pushedKeys(graph: SecretGraph, object: PlacedObject): MissedRead[] {
  const { namespace } = object;
  const secret = textAt(specOf(object), 'selector', 'secret', 'name');
  const node = secret === undefined ? undefined : findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen || isMap(specOf(object)['template'] ?? null)) return [];
  return listAt(specOf(object), 'data').flatMap((entry, index): MissedRead[] => {
    const key = textAt(entry, 'match', 'secretKey');
    const isRenamed = (textAt(entry, 'conversionStrategy') ?? 'None') !== 'None';
    if (key === undefined || isRenamed || node.keys.has(key)) return [];
    const path = ['spec', 'data', index, 'match', 'secretKey'];
    const hint = knownNames(`keys of "${node.name}"`, key, node.keys);
    return [{ object, path, namespace, secret: node.name, key, hint }];
  });
}

function keyOf({ object, namespace, secret, key }: MissedRead): string {
  return JSON.stringify([objectIdentity(object), namespace, secret, key]);
}

/** A place that expands a variable which its container does not have. */
interface MissingVariable {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  readonly known: () => Iterable<string>;
}

/** `$(NAME)` of containers and `${env:NAME}` of collectors. */
function missingVariables(graph: SecretGraph): MissingVariable[] {
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  return [
    ...unresolvedReferences(graph).filter(
      ({ definedAt, isOwn }) => definedAt === undefined && !isOwn,
    ),
    ...collectorVariables(graph).flatMap(({ object, known, ...variable }) => {
      const [container] = pods.get(object)?.containers ?? [];
      return container === undefined ? [] : [{ container, known: () => known, ...variable }];
    }),
  ];
}

/** The same variable of the same container, on whichever side. */
function missingVariableId({
  container: { object, name: container },
  name,
}: MissingVariable): string {
  return JSON.stringify([objectIdentity(object), container, name]);
}

/** The reads of a Secret. */
export function readsOf({ readers }: SecretGraph, namespace: string, secret: string): Reader[] {
  return readers.filter(reader => reader.namespace === namespace && reader.secret === secret);
}

/** The reads of a Secret by others than an object, which cannot do without it. */
export function needsOf(
  graph: SecretGraph,
  namespace: string,
  secret: string,
  except: PlacedObject,
): Reader[] {
  return readsOf(graph, namespace, secret).filter(
    ({ isOptional, object }) => !isOptional && object !== except,
  );
}

/** Whether an object is one of the compared environment, and not one around it. */
export function isOwn({ own }: Comparison): (place: { readonly object: PlacedObject }) => boolean {
  return ({ object }) => own.has(object);
}
