import { groupBy } from '../ground/group-by.ts';
import { isMap, listAt, scalarText } from '../ground/json.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { selectsNamespace } from '../kinds/core/label-selector.ts';
import { coreNamespace } from '../kinds/core/namespace.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { clusterExternalSecret } from '../kinds/eso/cluster-external-secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import {
  type SpecReader,
  specReader,
  type WrittenSecret,
  writtenSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { type Kind, type PlacedObject, specOf } from '../kinds/kind.ts';
import { broughtBy } from '../kinds/placed-object.ts';
import { podReads } from '../kinds/pod-reads.ts';
import { podOf } from '../kinds/pods.ts';
import { nothingOutside, type Outside } from '../read/sets/object-set.ts';
import {
  addCopies,
  externalSecretMakers,
  makersOf,
  placed,
  readersOf,
  settled,
} from './makers-and-readers.ts';
import {
  addMaker,
  type GrowingNode,
  type Reader,
  type SecretGraph,
  type SecretNode,
} from './secret-graph.ts';
import { resolveKeys } from './source-keys.ts';
import { remoteReaders } from './stores.ts';
import { templateReaders } from './templates.ts';

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
