import { listAt, mapAt } from '../ground/json.ts';
import { eachText } from '../ground/json-walk.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { APPLICATIONS, destinationOf } from '../kinds/argocd/application-spec.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf } from '../kinds/eso/secret-store.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import { STORES } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { clusterRole } from '../kinds/rbac/cluster-role.ts';
import { role } from '../kinds/rbac/role.ts';
import { absentReads } from './absent-secrets.ts';
import { doubtAbout } from './doubts.ts';
import { type SecretGraph, secretId } from './secret-graph.ts';

/**
 * The ExternalSecrets whose Secret nobody reads, where everybody who could is known: the pods of the
 * namespace are there, and nothing in it is of an unknown kind, is deployed from elsewhere, asks the
 * API server, or has the name of the Secret in any text.
 */
export function unreadSecrets(graph: SecretGraph): ExternalSecret[] {
  if (graph.pods.length === 0) return [];
  const read = new Set(graph.readers.map(({ namespace, secret }) => secretId(namespace, secret)));
  const unread = graph.externalSecrets.filter(
    secret =>
      isForPods(secret) &&
      secret.object.namespace !== '' &&
      !read.has(secretId(secret.namespace, secret.target)),
  );
  if (unread.length === 0 || isOpenAnywhere(graph)) return [];
  const isOpen = openNamespaces(graph);
  const closed = unread.filter(
    ({ namespace }) => !isOpen(namespace) && doubtAbout(graph, { namespace }) === undefined,
  );
  if (closed.length === 0) return [];
  const isNamed = namesElsewhere(new Set(closed.map(({ target }) => target)), graph.objects);
  return closed.filter(({ object, target }) => !isNamed(target, object));
}

/** Made whole, of no type that something else looks for, and with no label or annotation to be found by. */
function isForPods({
  spec,
  object,
  namespace,
  target,
  creationPolicy,
  type = 'Opaque',
}: ExternalSecret): boolean {
  const template = mapAt(spec, 'target')['template'];
  const metadata = template === undefined ? object.json.metadata : mapAt(template, 'metadata');
  const marks = ['labels', 'annotations'].flatMap(field => Object.keys(mapAt(metadata, field)));
  return (
    ['Owner', 'Orphan'].includes(creationPolicy) &&
    type === 'Opaque' &&
    marks.every(mark => COMMON.test(mark)) &&
    !isUnresolved(namespace + target)
  );
}

/** Marks that say where something belongs; by all others a controller may find it. */
const COMMON =
  /^(?:app|team|app\.kubernetes\.io\/.*|(?:secret\.)?reloader\.stakater\.com\/.*|argocd\.argoproj\.io\/(?:sync-.*|instance|tracking-id)|rem-secrets\.io\/.*)$/;

/** What may read Secrets in any namespace: of an unknown kind, by rights in all, by a search. */
function isOpenAnywhere({ objects, byKind, externalSecrets }: SecretGraph): boolean {
  return (
    objects.some(({ known, namespace }) => known === undefined && namespace === '') ||
    byKind(clusterRole).some(readsSecrets) ||
    (STORES.flatMap(byKind).some(store => remoteNamespaceOf(store) !== undefined) &&
      externalSecrets.some(({ dataFrom }) =>
        dataFrom.some(({ spec }) => spec['find'] !== undefined),
      ))
  );
}

/** The namespaces of which not all readers are known: those without pods, and those with a stranger. */
function openNamespaces(graph: SecretGraph): (namespace: string) => boolean {
  const { objects, pods, byKind } = graph;
  const homes = new Set(pods.map(({ object }) => object.namespace));
  const strangers = [
    ...objects.filter(({ known }) => known === undefined),
    ...byKind(role).filter(readsSecrets),
    ...[...PUSH_SECRETS.keys()].flatMap(byKind),
  ].map(({ namespace }) => namespace);
  const destinations = APPLICATIONS.flatMap(byKind).map(destinationOf);
  // Who looks for a Secret that is not there may mean this one: that is said.
  const missed = absentReads(graph).map(({ reader }) => reader.namespace);
  const open = new Set([...strangers, ...destinations, ...missed]);
  const isAnywhere = destinations.some(name => name === '' || isUnresolved(name));
  return namespace => isAnywhere || open.has(namespace) || !homes.has(namespace);
}

/** Whether a role lets its holders read Secrets that it does not name. */
function readsSecrets({ json }: PlacedObject): boolean {
  return listAt(json, 'rules').some(rule => {
    const resources = listAt(rule, 'resources');
    return (
      (resources.includes('secrets') || resources.includes('*')) &&
      listAt(rule, 'resourceNames').length === 0
    );
  });
}

/** Whether any object but one has one of these names in one of its texts. */
function namesElsewhere(
  names: ReadonlySet<string>,
  objects: readonly PlacedObject[],
): (name: string, but: PlacedObject) => boolean {
  const owners = new Map<string, PlacedObject | 'several'>();
  for (const object of objects)
    for (const word of wordsIn(object, names))
      owners.set(word, owners.has(word) ? 'several' : object);
  return (name, but) => {
    const owner = owners.get(name);
    return owner !== undefined && owner !== but;
  };
}

function wordsIn({ json }: PlacedObject, wanted: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  eachText(json, text => {
    for (const word of text.match(WORD) ?? []) if (wanted.has(word)) found.add(word);
  });
  return found;
}

const WORD = /[a-z0-9][a-z0-9.-]{0,252}/g;
