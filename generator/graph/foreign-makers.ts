import { isMap, mapAt, textAt } from '../ground/json.ts';
import { onceFor, oncePer } from '../ground/once-per.ts';
import { copyingsOf } from '../kinds/copiers/copies.ts';
import { calledOf, type PlacedObject, specOf } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';

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
    for (const name of object.known?.mayMake?.(object, graph.find) ?? []) named.set(name, object);
  const further = graph.objects.filter(({ known }) => known?.mayMakeToo !== undefined);
  return (namespace, name) =>
    toldOf(named.get(name)) ??
    (copied.has(name) ? `an operator that copies the Secret "${name}"` : undefined) ??
    toldOf(
      further.find(
        object =>
          (object.namespace === namespace || object.known?.isOfCluster === true) &&
          object.known?.mayMakeToo?.(object, name) === true,
      ),
    ) ??
    toldOf(
      beginnings(name)
        .map(start => owners.get(`${namespace}/${start}`) ?? owners.get(`/${start}`))
        .find(owner => owner !== undefined),
    );
}

function toldOf(object: PlacedObject | undefined): string | undefined {
  return object && `the ${calledOf(object)} "${object.name}"`;
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
  const isRead = object.known?.secretAnnotations !== undefined;
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
