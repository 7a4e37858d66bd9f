import { groupBy, isMap, mapAt, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { onceFor, oncePer } from '../core/once.ts';
import { nearest } from '../core/words.ts';
import { ARGOCD_SECRETS } from '../kinds/argocd/application.ts';
import { copyingsOf } from '../kinds/copiers.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { Unknown } from '../kinds/deployment-ends.ts';
import { displayKind, type KeySet, type PlacedObject, specOf } from '../kinds/kind.ts';
import type { Container, EnvFromEntry } from '../kinds/pods.ts';
import { configMapKeys } from './collector-variables.ts';
import { findSecret, type SecretGraph, type SecretNode, secretId } from './secret-graph.ts';

/** The variables of one source of envFrom, with its prefix; undefined: its keys are not known. */
export function variablesFrom(
  graph: SecretGraph,
  namespace: string,
  { prefix, secret, configMap }: EnvFromEntry,
): readonly string[] | undefined {
  const keys =
    secret === undefined
      ? configMapKeys(graph, namespace, configMap ?? '')
      : secretKeys(graph, namespace, secret);
  return keys?.map(key => prefix + key);
}

function secretKeys(graph: SecretGraph, namespace: string, name: string): string[] | undefined {
  const node = findSecret(graph, namespace, name);
  return node === undefined || node.isOpen ? undefined : [...node.keys];
}

/** All variables that a container has from envFrom. */
export function envFromVariables(graph: SecretGraph, { object, envFrom }: Container): KeySet {
  const found = envFrom.map(source => variablesFrom(graph, object.namespace, source));
  return { keys: new Set(found.flatMap(keys => keys ?? [])), isOpen: found.includes(undefined) };
}

/** Other operators that copy a Secret to other namespaces say so in an annotation of it. */
const COPIED = /kubed|config-syncer|kyverno|clone/;

/** Of those whose annotations are read, for objects of which it is not known which their Secrets get. */
const COPYING = /reflector|replicator|kubed|config-syncer|kyverno|clone/;

/**
 * What may make a Secret that the graph cannot see: an object of a kind that is not known, or
 * one that copies Secrets. Kinds of others name what they make in a field (Vault, Doppler,
 * Infisical, Crossplane), or after themselves (Kafka, RabbitMQ, Rook, Helm releases).
 */
export const mayBeMade: (
  graph: SecretGraph,
) => (namespace: string, name: string) => string | undefined = oncePer(graph => {
  const told = onceFor(() => foreignMakers(graph));
  return (namespace, name) => told()(namespace, name);
});

function foreignMakers(
  graph: SecretGraph,
): (namespace: string, name: string) => string | undefined {
  const foreign = graph.objects.filter(({ known }) => known === undefined);
  const named = new Map(
    foreign.flatMap(object =>
      textsUnder(specOf(object), 'spec').map(text => [text, object] as const),
    ),
  );
  const owners = new Map(
    foreign.flatMap(object =>
      [...ownersOf(object), ...calledIn(object)].map(id => [id, object] as const),
    ),
  );
  const copied = new Set([...graph.objects.flatMap(copiedSecret), ...copiedAnywhere(graph)]);
  for (const object of graph.objects)
    for (const name of object.known?.secrets?.possibleNames?.(object, graph.find) ?? [])
      named.set(name, object);
  const further = graph.objects.filter(({ known }) => known?.secrets?.mayMake !== undefined);
  return (namespace, name) =>
    toldOf(named.get(name)) ??
    (copied.has(name) ? `an operator that copies the Secret "${name}"` : undefined) ??
    toldOf(
      further.find(
        object =>
          (object.namespace === namespace || object.known?.isOfCluster === true) &&
          object.known?.secrets?.mayMake?.(object, name) === true,
      ),
    ) ??
    toldOf(
      beginnings(name)
        .map(start => owners.get(`${namespace}/${start}`) ?? owners.get(`/${start}`))
        .find(owner => owner !== undefined),
    );
}

function toldOf(object: PlacedObject | undefined): string | undefined {
  return object && `the ${displayKind(object)} "${object.name}"`;
}

/**
 * Whether another object of that name may come of an object of a kind that is not known, named like
 * its beginning.
 */
export function mayBeBrought({
  objects,
}: SecretGraph): (namespace: string, name: string) => boolean {
  const owners = new Set(objects.filter(({ known }) => known === undefined).flatMap(ownersOf));
  return (namespace, name) => beginnings(name).some(start => owners.has(`${namespace}/${start}`));
}

/** The texts of a spec under a field for names, with those under any field for Secrets. */
function textsUnder(value: unknown, field: string): string[] {
  if (typeof value === 'string') return /^name$|secret/i.test(field) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(entry => textsUnder(entry, field));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => textsUnder(child, name));
}

/** Where an operator may make Secrets that are named after its object. */
function ownersOf(object: PlacedObject): string[] {
  return object.name === '' ? [] : homesOf(object).map(home => `${home}/${object.name}`);
}

/** The same of those whose names begin with what it calls them: `secretName: login` may become `login-shop`. */
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

/** The name itself and what stands before each of its dashes. */
function beginnings(name: string): string[] {
  const parts = name.split('-').slice(0, 20);
  return parts.map((_, index) => parts.slice(0, index + 1).join('-')).concat(name);
}

/** The Secrets that are copied to namespaces which no annotation names. */
function copiedAnywhere({ secrets }: SecretGraph): string[] {
  return [...secrets.values()].flatMap(({ name, makers }) =>
    makers.some(({ object }) => copyingsOf(object).some(({ isVague }) => isVague)) ? [name] : [],
  );
}

/** The Secret that an object makes, when an annotation has it copied elsewhere. */
function copiedSecret(object: PlacedObject): string[] {
  const isRead = object.known?.secrets?.annotationsAt !== undefined;
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

/** Something that no object of a world is, and that may be there all the same. */
export interface Absent {
  /** Empty for what belongs to the cluster; undefined where it is not known. */
  readonly namespace: string | undefined;
  /** Its name, where it is one. */
  readonly name?: string;
  readonly isSecret?: true;
  /** There are others of its kind, for all of the cluster: so these are known. */
  readonly hasOthers?: boolean;
  /** What surely does not make it, whatever else it may make. */
  readonly notBy?: PlacedObject | undefined;
}

/**
 * Why it is not known that something is absent: what may have it made unseen. Undefined: all that
 * could make it has been read.
 */
export function doubtAbout(
  graph: SecretGraph,
  { namespace, name, isSecret, hasOthers, notBy }: Absent,
): string | undefined {
  return (
    (isSecret && name !== undefined ? secretDoubt(graph, namespace ?? '', name) : undefined) ??
    unseenIn(graph)(namespace, { name, hasOthers, notBy })
  );
}

/** The same for keys of a Secret, which only what is built along with its makers could add. */
export function doubtBeside(
  { outside }: SecretGraph,
  files: readonly number[],
): string | undefined {
  const unread = outside.unknowns?.find(({ file }) => file !== undefined && files.includes(file));
  return unread?.what;
}

function secretDoubt(graph: SecretGraph, namespace: string, secret: string): string | undefined {
  return (
    (ARGOCD_SECRETS.includes(secret) ? 'Argo CD itself' : undefined) ??
    wildcards(graph)(namespace, secret) ??
    handMade(graph)(namespace, secret) ??
    makers(graph)(namespace, secret) ??
    graph.outside.elsewhere?.(namespace, secret)
  );
}

const makers = oncePer(mayBeMade);

/** What nothing can make before people do; unless a Secret that is made is called nearly so. */
const handMade = oncePer((graph: SecretGraph) => {
  const readers = new Map(
    graph.objects.flatMap(object =>
      (object.known?.secrets?.byHand?.(object) ?? []).map(secret => [secret, object] as const),
    ),
  );
  const made = groupBy([...graph.secrets.values()], node => node.namespace);
  const elsewhere = groupBy([...graph.secrets.values()], ({ name }) => name);
  return (namespace: string, secret: string): string | undefined => {
    const object = readers.get(secret);
    const names = (made.get(namespace) ?? []).map(({ name }) => name);
    if (object === undefined || nearest(secret, names) !== undefined) return undefined;
    if (isMadeByOperator(elsewhere.get(secret) ?? [])) return undefined;
    return `hand, as the ${displayKind(object)} "${object.name}" needs it first`;
  };
});

/** Something unknown, and the object that it comes of. */
interface Unseen {
  readonly what: string;
  readonly mayMake?: Unknown['mayMake'];
  readonly isFolder?: Unknown['isFolder'];
  readonly needsName?: Unknown['needsName'];
  readonly by?: PlacedObject;
}

/** What is unknown by where it is: in a namespace, or anywhere. */
const unseenIn = oncePer((graph: SecretGraph) => {
  const anywhere: Unseen[] = [];
  const homes = new Map<string, Unseen[]>();
  for (const { namespace, what, ...unseen } of allUnknowns(graph)) {
    if (namespace === undefined || isUnresolved(namespace)) anywhere.push({ what, ...unseen });
    else {
      const home = homes.get(namespace) ?? [];
      homes.set(namespace, home);
      home.push({ what: `${what} in ${namespace}`, ...unseen });
    }
  }
  const all = [...homes.values()].flat();
  const folders = all.filter(({ isFolder }) => isFolder === true);
  return (namespace: string | undefined, asked: Asked): string | undefined => {
    const { name, hasOthers = false, notBy } = asked;
    const own = namespace === undefined ? all : (homes.get(namespace) ?? []);
    const here = namespace === '' && !hasOthers ? [...own, ...folders] : own;
    const isMaker = ({ by, mayMake, needsName }: Unseen): boolean =>
      (by === undefined || by !== notBy) &&
      (name === undefined ? needsName !== true : (mayMake?.(name) ?? true));
    return (anywhere.find(isMaker) ?? here.find(isMaker))?.what;
  };
});

type Asked = { readonly [field in 'name' | 'notBy' | 'hasOthers']: Absent[field] };

function allUnknowns({ outside, objects, find }: SecretGraph): (Unknown & Unseen)[] {
  return [
    ...(outside.unknowns ?? []),
    ...objects.flatMap(by =>
      (by.known?.applies?.unknowns?.(by, find) ?? []).map(unknown => ({ ...unknown, by })),
    ),
  ];
}

/** What people write they may write in several namespaces; what an operator makes is in the one it says. */
function isMadeByOperator(nodes: readonly SecretNode[]): boolean {
  const makers = nodes.flatMap(node => node.makers);
  return makers.length > 0 && makers.every(({ object }) => object.known !== coreSecret);
}

/** Secrets whose names are filled in later may have any name that fits. */
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

/** Whether a name may come of one with variables: their parts stand in it, in order. */
function fits(pattern: string, name: string): boolean {
  if (!isUnresolved(pattern)) return pattern === name;
  const parts = pattern.split(/\$\{[^}]{0,200}\}|\{\{[^}]{0,200}\}\}|<[^>]{0,200}>/);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = 0;
  return parts.every(part => {
    const found = name.indexOf(part, at);
    at = found + part.length;
    return found >= 0;
  });
}

/** What one cluster has, and what applies a file there. */
export interface OtherCluster {
  readonly graph: SecretGraph;
  readonly deployerOf: (file: number) => PlacedObject | undefined;
}

/**
 * Finds what makes a Secret on another cluster, where nothing reads it: it may be meant for this one.
 * What is made and read there is of no help here.
 */
export function madeElsewhere(
  clusters: readonly OtherCluster[],
): (namespace: string, secret: string) => string | undefined {
  const all = clusters.map(cluster => ({
    ...cluster,
    read: groupBy(cluster.graph.readers, read => secretId(read.namespace, read.secret)),
  }));
  return (namespace, secret) => {
    for (const { graph, deployerOf, read } of all) {
      const [maker] = findSecret(graph, namespace, secret)?.makers ?? [];
      if (maker === undefined || read.has(secretId(namespace, secret))) continue;
      const by = deployerOf(maker.object.file);
      const what = `${displayKind(maker.object)} "${maker.object.name}" on another cluster`;
      return by === undefined ? what : `${what} (${displayKind(by)} "${by.name}" applies it)`;
    }
    return undefined;
  };
}

/** Objects that have something in common, in the order in which they are applied. */
interface Twins {
  readonly last: PlacedObject;
  readonly others: readonly PlacedObject[];
}

/**
 * Objects that have a text in common and are applied together: in one file or build, or in files of
 * one folder. Those of several folders may be for several clusters.
 */
export function twins(
  { folders }: SecretGraph,
  objects: readonly PlacedObject[],
  textOf: (object: PlacedObject) => string | undefined,
): Twins[] {
  const alike = [...groupBy(objects, textOf)].filter(
    ([text, group]) => text !== undefined && group.length > 1,
  );
  return alike.flatMap(([, group]) => {
    const together = groupBy(group, ({ file }) => folders?.get(file) ?? file);
    return [...together.values()].flatMap((own): Twins[] => {
      const last = own.at(-1);
      return last === undefined || own.length < 2 ? [] : [{ last, others: own.slice(0, -1) }];
    });
  });
}
