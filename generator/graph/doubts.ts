import { groupBy, isMap, mapAt, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { hasPieces, nearest, slipFor } from '../core/names.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { ARGOCD_SECRETS } from '../kinds/argocd/application.ts';
import { copyingsOf } from '../kinds/copiers.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { Unknown } from '../kinds/facets.ts';
import { displayKind, type PlacedObject, specOf } from '../kinds/kind.ts';
import { findSecret, type SecretGraph, type SecretNode, secretId } from './secret-graph.ts';

/** An object that a finding claims does not exist. */
export interface Absent {
  /** Empty for an object of the cluster; undefined where it is not known. */
  readonly namespace: string | undefined;
  readonly name?: string;
  readonly isSecret?: true;
  /** For an object without a namespace: others of its kind were read, so no folder that is missing here hides it. */
  readonly hasOthers?: boolean;
  /** The object that surely does not make it, whatever else it may make. */
  readonly notBy?: PlacedObject | undefined;
  /** Names of objects of its kind that exist there and that nothing refers to: `name` may be a typo of one. */
  readonly unused?: () => readonly string[];
}

interface Doubt {
  readonly what: string;
  /** What may make the object has exactly this name in it, so the name may be right even if it looks like a typo. */
  readonly isExact: boolean;
  readonly slip?: string;
}

/** Why an object may exist after all; undefined: all that could make it was read. If its name is a typo of something unused, only an exact doubt stands, with `slip`. */
export function doubtOf(graph: SecretGraph, absent: Absent): Doubt | undefined {
  const { namespace, name, isSecret } = absent;
  const secret = isSecret === true && name !== undefined ? name : undefined;
  const ofSecret = secret && secretDoubt(graph, secret, absent);
  const doubt =
    ofSecret === undefined ? unseenIn(graph)(namespace, absent) : { what: ofSecret, isExact: true };
  if (doubt === undefined || name === undefined) return doubt;
  const slip = secret
    ? secretMeant(graph, namespace ?? '', secret)
    : slipFor(name, absent.unused?.() ?? []);
  if (slip === undefined) return doubt;
  return doubt.isExact ? { ...doubt, slip } : undefined;
}

/** The Secret that a name with a typo means: one that is made there, and that nothing reads. */
export function secretMeant(
  graph: SecretGraph,
  namespace: string,
  secret: string,
): string | undefined {
  return slipFor(secret, unusedSecrets(graph)(namespace));
}

const unusedSecrets = oncePer((graph: SecretGraph) => {
  const read = new Set(graph.readers.map(({ namespace, secret }) => secretId(namespace, secret)));
  const unused = [...graph.secrets.values()].filter(
    ({ namespace, name, makers }) =>
      makers.length > 0 && !read.has(secretId(namespace, name)) && !isUnresolved(name),
  );
  const byNamespace = groupBy(unused, ({ namespace }) => namespace);
  return oncePerText(namespace => (byNamespace.get(namespace) ?? []).map(({ name }) => name));
});

/** The same for keys of a Secret: only what was left out of the files of its makers could add them. */
export function doubtBeside(graph: SecretGraph, files: readonly number[]): string | undefined {
  const { unknowns = [] } = graph.outside;
  const unread = unknowns.find(({ file }) => file !== undefined && files.includes(file));
  return unread?.what;
}

function secretDoubt(graph: SecretGraph, secret: string, { namespace = '', notBy }: Absent) {
  return (
    (ARGOCD_SECRETS.includes(secret) ? 'Argo CD itself' : undefined) ??
    wildcards(graph)(namespace, secret) ??
    handMade(graph)(namespace, secret) ??
    mayBeMade(graph)(namespace, secret, notBy) ??
    graph.outside.byHand?.(namespace, secret) ??
    graph.outside.elsewhere?.(namespace, secret)
  );
}

/** A Secret whose name is filled in later may have any name that fits. */
const wildcards = oncePer(({ secrets }: SecretGraph) => {
  const open = [...secrets.values()].filter(({ namespace, name }) =>
    isUnresolved(`${namespace}/${name}`),
  );
  return (namespace: string, secret: string): string | undefined => {
    const found = open.find(
      node => fits(node.name, secret) && (namespace === '' || fits(node.namespace, namespace)),
    );
    return found && `a Secret whose name is filled in later, "${found.name}"`;
  };
});

function fits(pattern: string, name: string): boolean {
  if (!isUnresolved(pattern)) return pattern === name;
  return hasPieces(pattern.split(/\$\{[^}]{0,200}\}|\{\{[^}]{0,200}\}\}|<[^>]{0,200}>/), name);
}

/** A Secret that people have to make by hand, unless its name is a typo of one that is made. */
const handMade = oncePer((graph: SecretGraph) => {
  const readers = new Map(neededFirst(graph, 'byHand'));
  const first = new Map(neededFirst(graph, 'beforeAll'));
  const made = groupBy([...graph.secrets.values()], node => node.namespace);
  const unused = unusedSecrets(graph);
  const elsewhere = groupBy([...graph.secrets.values()], ({ name }) => name);
  return (namespace: string, secret: string): string | undefined => {
    const object = readers.get(secret);
    if (object === undefined) return undefined;
    const names = (made.get(namespace) ?? []).map(({ name }) => name);
    const meant = slipFor(secret, names) ?? nearest(secret, unused(namespace));
    const isLater = !first.has(secret) && isMadeByOperator(elsewhere.get(secret) ?? []);
    if (meant !== undefined || isLater) return undefined;
    return `hand, as the ${displayKind(object)} "${object.name}" needs it first`;
  };
});

function neededFirst({ objects }: SecretGraph, which: 'byHand' | 'beforeAll') {
  return objects.flatMap(object => {
    const reads = object.knownKind?.secrets?.[which]?.(object) ?? [];
    return reads.map(({ secret }) => [secret, object] as const);
  });
}

function isMadeByOperator(nodes: readonly SecretNode[]): boolean {
  const makers = nodes.flatMap(node => node.makers);
  return makers.length > 0 && makers.every(({ object }) => object.knownKind !== coreSecret);
}

/** `notBy` surely does not make it. */
type SecretMaker = (namespace: string, name: string, notBy?: PlacedObject) => string | undefined;

/** Says what may make a Secret unseen: an object of an unknown kind that names it or gives its name, or one that copies Secrets. */
export const mayBeMade: (graph: SecretGraph) => SecretMaker = oncePer(graph => {
  const foreign = graph.objects.filter(({ knownKind }) => knownKind === undefined);
  const makers = objectsBy(foreign, object => textsUnder(specOf(object), 'spec'));
  const owners = objectsBy(foreign, object => [...ownersOf(object), ...calledIn(object)]);
  const readInPods = groupBy(
    graph.readers.filter(
      ({ object, path }) =>
        object.knownKind === undefined && path.some(step => POD_FIELDS.test(String(step))),
    ),
    ({ object }) => object,
  );
  const copied = new Set([...graph.objects.flatMap(copiedSecret), ...copiedAnywhere(graph)]);
  for (const object of graph.objects)
    for (const name of object.knownKind?.secrets?.possibleNames?.(object, graph.find) ?? [])
      makers.set(name, [object, ...(makers.get(name) ?? [])]);
  const further = graph.objects.filter(({ knownKind }) => knownKind?.secrets?.mayMake);
  return (namespace, name, notBy) => {
    const isMaker = (object: PlacedObject): boolean =>
      object !== notBy && readInPods.get(object)?.some(read => read.secret === name) !== true;
    return (
      named(makers.get(name)?.find(isMaker)) ??
      (copied.has(name) ? `an operator that copies the Secret "${name}"` : undefined) ??
      named(
        further.find(
          object =>
            (object.namespace === namespace || object.knownKind?.isOfCluster === true) &&
            object.knownKind?.secrets?.mayMake?.(object, name) === true,
        ),
      ) ??
      named(
        beginnings(name)
          .flatMap(start => [`${namespace}/${start}`, `/${start}`])
          .flatMap(id => owners.get(id) ?? [])
          .find(isMaker),
      )
    );
  };
});

const POD_FIELDS = /^(envFrom|imagePullSecrets|valueFrom|volumes)$/;

function objectsBy(objects: readonly PlacedObject[], namesOf: typeof ownersOf) {
  const pairs = objects.flatMap(object => namesOf(object).map(name => ({ name, object })));
  const groups = groupBy(pairs, ({ name }) => name);
  return new Map([...groups].map(([name, all]) => [name, all.map(({ object }) => object)]));
}

function named(object: PlacedObject | undefined): string | undefined {
  return object && `the ${displayKind(object)} "${object.name}"`;
}

function textsUnder(value: unknown, field: string): string[] {
  if (typeof value === 'string') return /^name$|secret/i.test(field) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(entry => textsUnder(entry, field));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => textsUnder(child, name));
}

function ownersOf(object: PlacedObject): string[] {
  return object.name === '' ? [] : homesOf(object).map(home => `${home}/${object.name}`);
}

/** Names in its spec that the operator may add to: `secretName: login` may become `login-shop`. */
function calledIn(object: PlacedObject): string[] {
  const names = Object.entries(specOf(object)).flatMap(([field, value]) =>
    /secret/i.test(field) && typeof value === 'string' && value !== '' ? [value] : [],
  );
  return homesOf(object).flatMap(home => names.map(name => `${home}/${name}`));
}

function homesOf(object: PlacedObject): string[] {
  const target = textAt(specOf(object), 'targetNamespace');
  return [object.namespace, ...(target === undefined ? [] : [target])];
}

function beginnings(name: string): string[] {
  const parts = name.split('-').slice(0, 20);
  return parts.map((_, index) => parts.slice(0, index + 1).join('-')).concat(name);
}

function copiedAnywhere({ secrets }: SecretGraph): string[] {
  return [...secrets.values()].flatMap(({ name, makers }) =>
    makers.some(({ object }) => copyingsOf(object).some(({ isVague }) => isVague)) ? [name] : [],
  );
}

/** Annotations by which operators copy a Secret, for kinds whose other copying annotations we read exactly. */
const COPIED = /kubed|config-syncer|kyverno|clone/;

/** The same for kinds of which we do not know what annotations they give to their Secrets. */
const COPYING = /reflector|replicator|kubed|config-syncer|kyverno|clone/;

function copiedSecret(object: PlacedObject): string[] {
  const isRead = object.knownKind?.secrets?.annotationsAt !== undefined;
  const places = [
    mapAt(object.json, 'metadata', 'annotations'),
    mapAt(specOf(object), 'target', 'template', 'metadata', 'annotations'),
    mapAt(specOf(object), 'secretTemplate', 'annotations'),
    mapAt(specOf(object), 'template', 'metadata', 'annotations'),
  ];
  const pattern = isRead ? COPIED : COPYING;
  const isCopied = places.some(annotations =>
    Object.keys(annotations).some(annotation => pattern.test(annotation)),
  );
  if (!isCopied) return [];
  const target = textAt(specOf(object), 'target', 'name') ?? textAt(specOf(object), 'secretName');
  return [target ?? object.name];
}

type Unseen = Unknown & { readonly by?: PlacedObject };

const unseenIn = oncePer(({ outside, objects, find }: SecretGraph) => {
  const ofObjects = objects.flatMap(by =>
    (by.knownKind?.applies?.unknowns?.(by, find) ?? []).map(unknown => ({ ...unknown, by })),
  );
  const unseen = [...(outside.unknowns ?? []), ...ofObjects].map((unknown): Unseen => {
    const { namespace, what } = unknown;
    return namespace === undefined || isUnresolved(namespace)
      ? { ...unknown, namespace: undefined }
      : { ...unknown, what: `${what} in ${namespace}` };
  });
  const byNamespace = groupBy(unseen, ({ namespace }) => namespace);
  const anywhere = byNamespace.get(undefined) ?? [];
  const all = [...byNamespace.values()].flat().filter(({ namespace }) => namespace !== undefined);
  // The namespace of a kustomization is not that of the cluster's objects in it.
  const folders = all.filter(
    ({ isFolder, isOfUnit, isChart }) => isFolder ?? (isOfUnit === true && isChart !== true),
  );
  return (
    namespace: string | undefined,
    { name, hasOthers = false, notBy }: Pick<Absent, 'name' | 'hasOthers' | 'notBy'>,
  ): Doubt | undefined => {
    const near = namespace === undefined ? all : (byNamespace.get(namespace) ?? []);
    const here = namespace === '' && !hasOthers ? [...near, ...folders] : near;
    const makes = ({ by, mayMake, needsName }: Unseen): boolean | 'exactly' =>
      (by === undefined || by !== notBy) &&
      (name === undefined ? needsName !== true : (mayMake?.(name) ?? true));
    const found = [...anywhere, ...here].filter(unseen => makes(unseen) !== false);
    const exact = found.find(unseen => makes(unseen) === 'exactly');
    const first = exact ?? found[0];
    return first && { what: first.what, isExact: exact !== undefined };
  };
});

/** Whether an object of an unknown kind may make the named one: its name is how the other name begins. */
export function mayBeBrought(graph: SecretGraph): (namespace: string, name: string) => boolean {
  const owners = new Set(graph.objects.filter(({ knownKind }) => !knownKind).flatMap(ownersOf));
  return (namespace, name) => beginnings(name).some(start => owners.has(`${namespace}/${start}`));
}

/** Another cluster, and the deployment object that applies a file there. */
export interface OtherCluster {
  readonly graph: SecretGraph;
  readonly applierOf: (file: number) => PlacedObject | undefined;
}

/** What makes a Secret on another cluster where nothing reads it: it may be meant for this one. */
export function madeElsewhere(
  clusters: readonly OtherCluster[],
): (namespace: string, secret: string) => string | undefined {
  const all = clusters.map(cluster => ({
    ...cluster,
    read: groupBy(cluster.graph.readers, read => secretId(read.namespace, read.secret)),
  }));
  return (namespace, secret) => {
    for (const { graph, applierOf, read } of all) {
      const [maker] = findSecret(graph, namespace, secret)?.makers ?? [];
      if (maker === undefined || read.has(secretId(namespace, secret))) continue;
      const by = applierOf(maker.object.file);
      const what = `${displayKind(maker.object)} "${maker.object.name}" on another cluster`;
      return by === undefined ? what : `${what} (${displayKind(by)} "${by.name}" applies it)`;
    }
    return undefined;
  };
}
