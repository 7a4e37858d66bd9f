import { firstOfEach, groupBy, isMap, listAt, scalarText } from '../core/json.ts';
import { onceFor } from '../core/once.ts';
import type { Validators } from '../core/schema.ts';
import { selectsNamespace } from '../kinds/core/pod.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { clusterExternalSecret, externalSecret } from '../kinds/eso/external-secret.ts';
import { writtenSecret } from '../kinds/eso/external-secret-spec.ts';
import { type Kind, objectIdentity, type PlacedObject, specOf } from '../kinds/kind.ts';
import { broughtBy } from '../kinds/kinds.ts';
import { coreNamespace } from '../kinds/kubernetes.ts';
import { podOf, podReads } from '../kinds/pods.ts';
import { nothingOutside, type ObjectSet, type Outside } from '../world/object-set.ts';
import { resolveKeys, templateReaders } from './keys.ts';
import type { GrowingNode, Reader, SecretGraph, SecretNode } from './secret-graph.ts';
import {
  addCopies,
  addMaker,
  externalSecretMakers,
  makersOf,
  placed,
  readersOf,
  remoteReaders,
} from './secret-graph.ts';

/** The graph of a set with its context. */
export function graphOf(all: ObjectSet, validators?: Validators): SecretGraph {
  const { context, ...set } = all;
  const objects = withContext(set.objects, context);
  const graph = buildGraph(objects, set.outside, validators);
  if (context.length === 0) return { ...set, ...graph };
  const shown = new Set(objects);
  const isHidden = (object: PlacedObject): boolean => !shown.has(object);
  const hidden = onceFor(() => groupBy(context.filter(isHidden), objectIdentity));
  return { ...set, ...graph, inPlaceOf: object => hidden().get(objectIdentity(object)) ?? [] };
}

function withContext(objects: readonly PlacedObject[], context: readonly PlacedObject[]) {
  if (context.length === 0) return objects;
  const identities = new Set(objects.map(objectIdentity));
  const others = context.filter(object => !identities.has(objectIdentity(object)));
  return [...objects, ...firstOfEach(others, objectIdentity)];
}

/** The graph of a set of objects, in time proportional to their number. */
export function buildGraph(
  written: readonly PlacedObject[],
  outside: Outside = nothingOutside,
  validators: Validators = () => undefined,
): SecretGraph {
  const index = indexed(written);
  const brought = broughtBy(written, index.find);
  const { objects, byKind, find } =
    brought.length === 0 ? index : indexed([...written, ...brought]);
  const secrets = new Map<string, GrowingNode>();
  for (const object of objects)
    for (const maker of makersOf(object, find)) addMaker(secrets, maker);
  const { specs, cut } = writtenSecrets(byKind);
  const externalSecrets = resolveKeys(specs, find, secrets);
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
    containers: pods.flatMap(({ containers }) => containers),
    externalSecrets,
    specs: firstOfEach(externalSecrets, ({ object }) => object),
    outside: cut === undefined ? outside : withUnknown(outside, cut),
    validators,
    versions: {},
    inPlaceOf: () => [],
  };
}

/** A read of a Secret in any namespace is one of the only Secret of that name, if there is just one. */
function settledReaders(readers: readonly Reader[], secrets: ReadonlyMap<string, SecretNode>) {
  if (!readers.some(({ isAnywhere }) => isAnywhere)) return readers;
  const homes = groupBy([...secrets.values()], ({ name }) => name);
  return readers.flatMap((reader): Reader | [] => {
    if (!reader.isAnywhere) return reader;
    const [node, second] = homes.get(reader.secret) ?? [];
    if (node === undefined || second !== undefined) return [];
    return { ...reader, namespace: node.namespace };
  });
}

/** Objects by their kinds and names, in maps of maps; of several objects with one name the last is found. */
function indexed(objects: readonly PlacedObject[]) {
  const ofKinds = groupBy(objects, ({ knownKind }) => knownKind);
  const byName = (all: readonly PlacedObject[]): Map<string, PlacedObject> =>
    new Map(all.map(object => [object.name, object]));
  const index = new Map(
    [...ofKinds].map(([kind, all]) => {
      const namespaces = [...groupBy(all, ({ namespace }) => namespace)];
      return [kind, new Map(namespaces.map(([namespace, same]) => [namespace, byName(same)]))];
    }),
  );
  return {
    objects,
    byKind: (kind: Kind) => ofKinds.get(kind) ?? [],
    find: (kind: Kind, namespace: string, name: string) =>
      index.get(kind)?.get(namespace)?.get(name),
  };
}

/** How many ExternalSecrets those of the cluster are read to make: hundreds of each in hundreds of namespaces would take all memory. */
const MOST_MADE = 100_000;

function writtenSecrets(byKind: SecretGraph['byKind']) {
  const specs = byKind(externalSecret).map(object => writtenSecret(object, object.namespace));
  let made = 0;
  for (const object of byKind(clusterExternalSecret)) {
    const namespaces = selectedNamespaces(object, byKind);
    made += namespaces.length;
    if (made > MOST_MADE) return { specs, cut: object };
    for (const namespace of namespaces) specs.push(writtenSecret(object, namespace));
  }
  return { specs, cut: undefined };
}

function withUnknown(outside: Outside, { kind, name }: PlacedObject): Outside {
  const what = `the ${kind} "${name}" and those behind it (they make more ExternalSecrets than are read)`;
  return { ...outside, unknowns: [...(outside.unknowns ?? []), { what }] };
}

function selectedNamespaces(object: PlacedObject, byKind: SecretGraph['byKind']): string[] {
  const spec = specOf(object);
  const named = listAt(spec, 'namespaces').map(scalarText);
  const all = [spec['namespaceSelector'], ...listAt(spec, 'namespaceSelectors')];
  const selectors = all.filter(isMap);
  const selected = byKind(coreNamespace).filter(home =>
    selectors.some(selector => selectsNamespace(selector, home.name, home)),
  );
  return [...new Set([...named, ...selected.map(({ name }) => name)])];
}
