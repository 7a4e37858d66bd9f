import { groupBy, isMap, listAt, scalarText } from '../core/json.ts';
import type { Validators } from '../core/schema.ts';
import { selectsNamespace } from '../kinds/core/pod.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { coreNamespace } from '../kinds/core/service.ts';
import { clusterExternalSecret } from '../kinds/eso/cluster-kinds.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import {
  type SpecReader,
  specReader,
  type WrittenSecret,
  writtenSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { type Kind, type PlacedObject, specOf } from '../kinds/kind.ts';
import { broughtBy } from '../kinds/placed-object.ts';
import { podOf, podReads } from '../kinds/pods.ts';
import { nothingOutside, type ObjectSet, type Outside } from '../world/object-set.ts';
import { resolveKeys, templateReaders } from './keys.ts';
import {
  addCopies,
  addMaker,
  externalSecretMakers,
  type GrowingNode,
  makersOf,
  placed,
  type Reader,
  readersOf,
  type SecretGraph,
  type SecretNode,
  settled,
} from './secret-graph.ts';
import { remoteReaders } from './stores.ts';

/** The graph of a set amid its context; `read` is shared with the graph that it is held against. */
export function graphOf(
  { objects, context, outside, folders, syncs, standings }: ObjectSet,
  validators?: Validators,
  read?: SpecReader,
): SecretGraph {
  const graph = buildGraph(worldOf(objects, context), outside, validators, read);
  return {
    ...graph,
    ...(folders && { folders }),
    ...(syncs && { syncs }),
    ...(standings && { standings }),
  };
}

/** The set's own objects, then those of the context that are no other form of them. */
function worldOf(
  objects: readonly PlacedObject[],
  context: readonly PlacedObject[],
): readonly PlacedObject[] {
  if (context.length === 0) return objects;
  const seen = new Set(objects.map(objectIdentity));
  const others = context.filter(object => {
    const identity = objectIdentity(object);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
  return [...objects, ...others];
}

/** What makes two objects one in a cluster: the version is none of it. */
export function objectIdentity({ group, kind, namespace, name }: PlacedObject): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** The graph of a set of objects, in time proportional to their number. */
export function buildGraph(
  written: readonly PlacedObject[],
  outside: Outside = nothingOutside,
  validators: Validators = () => undefined,
  read: SpecReader = specReader(),
): SecretGraph {
  const own = indexed(written);
  const brought = broughtBy(written, own.find);
  const { objects, ofKinds, find } = brought.length === 0 ? own : indexed([...written, ...brought]);
  const byKind = (kind: Kind): readonly PlacedObject[] => ofKinds.get(kind) ?? [];
  const secrets = new Map<string, GrowingNode>();
  for (const object of objects)
    for (const maker of makersOf(object, find)) addMaker(secrets, maker);
  const externalSecrets = resolveKeys(writtenSecrets(byKind, read), find, secrets);
  for (const maker of externalSecrets.flatMap(externalSecretMakers)) addMaker(secrets, maker);
  addCopies(secrets, byKind(coreSecret));
  const pods = objects.flatMap(object => podOf(object) ?? []);
  const readers = [
    ...pods.flatMap(pod => podReads(pod).map(read => placed(read, pod.object))),
    ...settledReaders(objects.flatMap(readersOf), secrets),
    ...externalSecrets.flatMap(secret => remoteReaders(secret, find)),
    ...externalSecrets.flatMap(templateReaders),
  ];
  return {
    objects,
    byKind,
    find,
    secrets,
    readers,
    pods,
    externalSecrets,
    outside,
    validators,
    versions: {},
  };
}

/** Readers, with those that read a Secret wherever it is where that is. */
function settledReaders(
  readers: readonly Reader[],
  secrets: ReadonlyMap<string, SecretNode>,
): Reader[] {
  if (!readers.some(({ isAnywhere }) => isAnywhere)) return [...readers];
  const homes = groupBy([...secrets.values()], ({ name }) => name);
  return readers.flatMap(reader =>
    reader.isAnywhere ? (settled(reader, homes.get(reader.secret) ?? []) ?? []) : reader,
  );
}

/** Objects by their kinds and names. */
function indexed(objects: readonly PlacedObject[]): {
  readonly objects: readonly PlacedObject[];
  readonly ofKinds: ReadonlyMap<Kind | undefined, readonly PlacedObject[]>;
  readonly find: SecretGraph['find'];
} {
  const ofKinds = groupBy(objects, ({ known }) => known);
  return { objects, ofKinds, find: finder(ofKinds) };
}

/** Of several objects of one name the last. Maps in maps need no text to be put together. */
function finder(
  ofKinds: ReadonlyMap<Kind | undefined, readonly PlacedObject[]>,
): SecretGraph['find'] {
  const index = new Map<Kind | undefined, Map<string, Map<string, PlacedObject>>>();
  for (const [kind, objects] of ofKinds) {
    const homes = groupBy(objects, ({ namespace }) => namespace);
    index.set(
      kind,
      new Map(
        [...homes].map(([home, own]) => [home, new Map(own.map(object => [object.name, object]))]),
      ),
    );
  }
  return (kind, namespace, name) => index.get(kind)?.get(namespace)?.get(name);
}

/** ExternalSecrets, and those that ClusterExternalSecrets make. */
function writtenSecrets(byKind: SecretGraph['byKind'], read: SpecReader): WrittenSecret[] {
  return [
    ...byKind(externalSecret).map(object => writtenSecret(object, object.namespace, read)),
    ...byKind(clusterExternalSecret).flatMap(object =>
      clusterExternalSecrets(object, byKind, read),
    ),
  ];
}

/** A ClusterExternalSecret makes an ExternalSecret in every namespace that it selects. */
function clusterExternalSecrets(
  object: PlacedObject,
  byKind: SecretGraph['byKind'],
  read: SpecReader,
): WrittenSecret[] {
  const spec = specOf(object);
  const named = listAt(spec, 'namespaces').map(scalarText);
  const selectors = [spec['namespaceSelector'], ...listAt(spec, 'namespaceSelectors')].filter(
    isMap,
  );
  const selected = byKind(coreNamespace)
    .filter(namespace =>
      selectors.some(selector => selectsNamespace(selector, namespace.name, namespace)),
    )
    .map(({ name }) => name);
  return [...new Set([...named, ...selected])].map(namespace =>
    writtenSecret(object, namespace, read),
  );
}
