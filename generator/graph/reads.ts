import type { Related } from '../core/finding.ts';
import { groupBy, hasText, type JsonObject, listAt, mapAt, sortBy, textAt } from '../core/json.ts';
import { inNamespace, inNamespaceOrNone, isUnresolved, ofNamespace } from '../core/kube-object.ts';
import { knownNames } from '../core/names.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { numberedText } from '../core/template/reads.ts';
import { APPLICATIONS, destinationOf } from '../kinds/argocd/sync-order.ts';
import { PUSH_SECRETS } from '../kinds/eso/external-secret.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { remoteNamespaceOf, STORES } from '../kinds/eso/stores.ts';
import { displayKind, type ObjectField, type PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/kinds.ts';
import { clusterRole, role } from '../kinds/kubernetes.ts';
import { mountsOf, type Pod } from '../kinds/pods.ts';
import { type Absent, doubtOf, secretMeant } from './doubts.ts';
import { type SecretTemplate, templates } from './keys.ts';
import type { Maker, Reader, SecretGraph, SecretNode } from './secret-graph.ts';
import { findSecret, relatedField, secretId } from './secret-graph.ts';

interface MissingKey extends ObjectField {
  readonly reader: Reader;
  /** The missing keys: one, or several that the reader's API looks for. */
  readonly keys: readonly string[];
  readonly message: string;
  readonly hint: string;
  readonly related: readonly Related<ObjectField>[];
}

/** Missing keys that are named, that an API looks for, and that are mounted by subPath. */
export const missingKeys: (graph: SecretGraph) => readonly MissingKey[] = oncePer(graph => [
  ...graph.readers.flatMap(reader => keysOfReader(graph, reader)),
  ...graph.pods.flatMap(pod => missingFiles(graph, pod)),
]);

/** The same of mounts of Secrets with subPath. Optional Secrets are left out, as they may have no keys. */
function missingFiles(graph: SecretGraph, pod: Pod): MissingKey[] {
  const { object } = pod;
  const { namespace } = object;
  const volumes = new Map(
    listAt(pod.spec, 'volumes').map(volume => [textAt(volume, 'name'), mapAt(volume, 'secret')]),
  );
  return mountsOf(pod).flatMap(({ volume, path: at, spec }) => {
    const subPath = textAt(spec, 'subPath') ?? '';
    const source = volumes.get(volume) ?? {};
    const secret = textAt(source, 'secretName');
    if (subPath === '' || secret === undefined || source['optional'] === true) return [];
    const node = findSecret(graph, namespace, secret);
    const names = filesIn(source, node);
    const file = subPath.split('/')[0] ?? '';
    const isThere = names?.some(name => name.split('/')[0] === file);
    if (names === undefined || isThere || isUnresolved(subPath)) return [];
    const message = `the volume of Secret "${secret}" has no file "${subPath}", so a folder is mounted in its place`;
    const hint = knownNames('files of the volume', subPath, names);
    const path = [...at, 'subPath'];
    const reader = { object, namespace, secret, path, isOptional: false, how: 'volume' } as const;
    return [{ object, path, reader, keys: [file], message, hint, related: makersOf(node) }];
  });
}

/** The files of a volume that is filled from a Secret; undefined: not known. */
function filesIn(source: JsonObject, node: SecretNode | undefined): string[] | undefined {
  const items = listAt(source, 'items').map(item => textAt(item, 'path') ?? '');
  if (items.length > 0) return items;
  return node?.isOpen === false ? [...node.keys] : undefined;
}

function keysOfReader(graph: SecretGraph, reader: Reader): MissingKey[] {
  const { object, secret, key, keyPath = [], path } = reader;
  const needed = key === undefined ? (reader.needs ?? []) : [key];
  const node = needed.length === 0 ? undefined : findSecret(graph, reader.namespace, secret);
  if (node === undefined || node.isOpen) return [];
  const missing = needed.filter(name => !node.keys.has(name) && !isUnresolved(name));
  const [first] = missing;
  if (first === undefined) return [];
  const names = missing.map(name => `"${name}"`).join(' and ');
  return [
    {
      object,
      path: key === undefined ? path : keyPath,
      reader,
      keys: missing,
      message: `Secret "${secret}" has no key ${names}${key === undefined ? `, which ${object.kind} "${object.name}" needs` : ''}`,
      hint: keysHint(secret, first, node.keys),
      related: makersOf(node),
    },
  ];
}

/** Names that people know from elsewhere for the keys of a CNPG Secret. */
const ALIASES: Readonly<Record<string, string>> = {
  database: 'dbname',
  db: 'dbname',
  databasename: 'dbname',
  url: 'uri',
  dsn: 'uri',
  databaseurl: 'uri',
  connectionstring: 'uri',
  jdbcurl: 'jdbc-uri',
  hostname: 'host',
  login: 'username',
  pass: 'password',
};

function keysHint(secret: string, name: string, keys: ReadonlySet<string>): string {
  const hint = knownNames(`keys of "${secret}"`, name, keys);
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const meant = Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : undefined;
  if (meant === undefined || !keys.has(meant)) return hint;
  return `${hint.replace(/ Did you mean .*$/, '')} Did you mean "${meant}"?`;
}

function makersOf(node: SecretNode | undefined): MissingKey['related'] {
  return (node?.makers ?? []).map(maker => relatedField(maker, 'makes it'));
}

type NamedRead = ObjectField & Readonly<Record<'reader' | 'name' | 'key', string>>;

/** Every place where the value of a key goes under a name; in ExternalSecrets only where the name differs. */
export function namedReads(graph: SecretGraph): NamedRead[] {
  const inTemplates = templates(graph).flatMap(inTemplate);
  return [...variables(graph), ...fields(graph), ...fetches(graph), ...inTemplates];
}

function variables({ containers }: SecretGraph): NamedRead[] {
  return containers.flatMap(({ object, env }) =>
    env.flatMap(({ name, path: entry, secret }): NamedRead[] => {
      const path = [...entry, 'valueFrom', 'secretKeyRef', 'key'];
      const reader = `variable "${name}"`;
      return secret?.key === undefined ? [] : [{ object, path, reader, name, key: secret.key }];
    }),
  );
}

function fields({ readers }: SecretGraph): NamedRead[] {
  return readers.flatMap(({ object, key, keyPath }): NamedRead[] => {
    const field = keyPath?.at(-2);
    if (key === undefined || keyPath === undefined || typeof field !== 'string') return [];
    const name = field.replace(/(?:Secret)?(?:Key)?(?:Ref|Selector)$/, '');
    return [{ object, path: keyPath, reader: `field "${field}"`, name, key }];
  });
}

function fetches({ specs }: SecretGraph): NamedRead[] {
  return specs.flatMap(({ object, data }) =>
    data.flatMap(({ path: at, secretKey: name, property, ...entry }): NamedRead[] => {
      const key = property ?? entry.key.slice(entry.key.lastIndexOf('/') + 1);
      const path = [...at, 'remoteRef', property === undefined ? 'key' : 'property'];
      return key === name ? [] : [{ object, path, reader: `key "${name}"`, name, key }];
    }),
  );
}

/** `user={{ .name }}`, `"user": "{{ .name }}"`; not `user:{{ .password }}`, which is a whole login. */
const NAMED =
  /([A-Za-z][\w.-]{0,99})(?:["']?[ \t]{0,9}=[ \t]{0,9}|["'][ \t]{0,9}:[ \t]{0,9}|:[ \t]{1,9})["']?\0(\d+)\0/g;

/** Where a URL has its user and its password. */
const URLS = [
  [/:\/\/\0(\d+)\0:/g, 'user'],
  [/:\/\/[^\s/@:]{0,200}:\0(\d+)\0@/g, 'password'],
] as const;

function inTemplate({ secret: { object }, parsed, path }: SecretTemplate): NamedRead[] {
  if (parsed.fault !== undefined) return [];
  const { text, keys } = numberedText(parsed.nodes);
  const read = (reader: string, name: string, index: string | undefined): NamedRead[] => {
    const [key, ...more] = new Set(keys[Number(index)]);
    return key === undefined || more.length > 0 ? [] : [{ object, path, reader, name, key }];
  };
  const target = String(path.at(-1));
  const whole = /^\s{0,99}["']?\0(\d+)\0["']?\s{0,99}$/.exec(text)?.[1];
  return [
    ...read(`key "${target}"`, target, whole),
    ...[...text.matchAll(NAMED)].flatMap(([, name = '', index]) =>
      read(`"${name}" in the template`, name, index),
    ),
    ...URLS.flatMap(([place, name]) =>
      [...text.matchAll(place)].flatMap(([, index]) =>
        read(`the ${name} of a URL in the template`, name, index),
      ),
    ),
  ];
}

/** The ExternalSecrets whose Secret nobody reads, where all possible readers are known and no text has its name. */
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
    ({ namespace }) => !isOpen(namespace) && doubtOf(graph, { namespace }) === undefined,
  );
  if (closed.length === 0) return [];
  const isNamed = namesElsewhere(new Set(closed.map(({ target }) => target)), graph.objects);
  return closed.filter(({ object, target }) => !isNamed(target, object));
}

function isForPods(secret: ExternalSecret): boolean {
  const { spec, object, namespace, target, creationPolicy, type = 'Opaque' } = secret;
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

/** Labels and annotations by which no controller looks for Secrets. */
const COMMON =
  /^(?:app|team|app\.kubernetes\.io\/.*|(?:secret\.)?reloader\.stakater\.com\/.*|argocd\.argoproj\.io\/(?:sync-.*|instance|tracking-id)|rem-secrets\.io\/.*)$/;

function isOpenAnywhere({ objects, byKind, externalSecrets }: SecretGraph): boolean {
  return (
    objects.some(({ knownKind, namespace }) => knownKind === undefined && namespace === '') ||
    byKind(clusterRole).some(readsSecrets) ||
    (STORES.flatMap(byKind).some(store => remoteNamespaceOf(store) !== undefined) &&
      externalSecrets.some(({ dataFrom }) => dataFrom.some(({ find }) => find !== undefined)))
  );
}

function openNamespaces(graph: SecretGraph): (namespace: string) => boolean {
  const { objects, pods, byKind } = graph;
  const homes = new Set(pods.map(({ object }) => object.namespace));
  const mayRead = [
    ...objects.filter(({ knownKind }) => knownKind === undefined),
    ...byKind(role).filter(readsSecrets),
    ...PUSH_SECRETS.flatMap(byKind),
  ].map(({ namespace }) => namespace);
  const destinations = APPLICATIONS.flatMap(byKind).map(destinationOf);
  // A read of a Secret that does not exist may mean this one, and is a finding itself.
  const missed = absentReads(graph).map(({ reader }) => reader.namespace);
  const open = new Set([...mayRead, ...destinations, ...missed]);
  const isAnywhere = destinations.some(name => name === '' || isUnresolved(name));
  return namespace => isAnywhere || open.has(namespace) || !homes.has(namespace);
}

function readsSecrets({ json }: PlacedObject): boolean {
  return listAt(json, 'rules').some(rule => {
    const resources = listAt(rule, 'resources');
    return (
      (resources.includes('secrets') || resources.includes('*')) &&
      listAt(rule, 'resourceNames').length === 0
    );
  });
}

function namesElsewhere(names: ReadonlySet<string>, objects: readonly PlacedObject[]) {
  const owners = new Map<string, PlacedObject | 'several'>();
  const add = (word: string, object: PlacedObject) =>
    owners.set(word, (owners.get(word) ?? object) === object ? object : 'several');
  for (const object of objects)
    hasText(object.json, text => {
      for (const word of text.match(WORD) ?? []) if (names.has(word)) add(word, object);
      return false;
    });
  return (name: string, but: PlacedObject): boolean => (owners.get(name) ?? but) !== but;
}

const WORD = /[a-z0-9][a-z0-9.-]{0,252}/g;

interface AbsentRead extends Reason, ObjectField {
  readonly reader: Reader;
  readonly message: string;
  readonly absent: Absent;
  /** What may make it without being read, unless its name is misspelt. */
  readonly doubt?: string;
  /** The Secret whose name was misspelt, if one is likely: it is made there, and nothing reads it. */
  readonly meant: string | undefined;
}

/** Every read of a Secret that nothing makes, each place once. */
export const absentReads: (graph: SecretGraph) => readonly AbsentRead[] = oncePer(graph => {
  const absent = graph.readers.filter(
    ({ namespace, secret }) => findSecret(graph, namespace, secret) === undefined,
  );
  if (absent.length === 0) return [];
  const none = graph.externalSecrets.filter(({ creationPolicy }) => creationPolicy === 'None');
  const isNotCreated = new Set(none.map(({ namespace, target }) => secretId(namespace, target)));
  const reasonOf = reasons(graph);
  return atEachPlaceOnce(absent)
    .filter(
      ({ namespace, secret, object }) =>
        !isUnresolved(namespace + secret) &&
        !(namespace === '' && object.knownKind?.isOfCluster === true) &&
        !isNotCreated.has(secretId(namespace, secret)),
    )
    .map(reader => {
      const { namespace, secret, object, path } = reader;
      const notBy = reader.isGiven ? writtenObject(object) : reader.isByShape ? object : undefined;
      const home = namespace || undefined;
      const absent: Absent = { namespace: home, name: secret, isSecret: true, notBy };
      const doubt = doubtOf(graph, absent);
      return {
        object,
        path,
        message: `nothing makes the Secret "${secret}"${inNamespace(namespace)}`,
        reader,
        absent,
        ...reasonOf(reader),
        ...(doubt !== undefined && doubt.slip === undefined && { doubt: doubt.what }),
        meant: secretMeant(graph, namespace, secret),
      };
    });
});

/** The first of those that are at one field of an object. */
export function atEachPlaceOnce<T extends ObjectField>(readers: readonly T[]): T[] {
  const visited = new Map<PlacedObject, Set<string>>();
  return readers.filter(({ object, path }) => {
    const places = visited.get(object) ?? new Set();
    visited.set(object, places);
    const place = path.join('/');
    return !places.has(place) && places.add(place);
  });
}

function reasons(graph: SecretGraph): (reader: Reader) => Reason {
  const unmade = unmadeSecrets(graph);
  const secrets = [...graph.secrets.values()];
  const byNamespace = groupBy(secrets, ({ namespace }) => namespace);
  const namesIn = oncePerText(namespace => {
    return new Set(byNamespace.get(namespace)?.map(({ name }) => name));
  });
  const byName = groupBy(secrets, ({ name }) => name);
  return reader => {
    const { namespace, secret } = reader;
    const omitted = unmade.get(secretId(namespace, secret));
    if (omitted !== undefined) return omitted;
    const [maker] = sortBy(byName.get(secret) ?? [], node => node.namespace)
      .flatMap(({ makers }) => [...makers])
      .filter(({ object }) => object !== reader.object);
    if (maker !== undefined) return madeElsewhere(reader, maker);
    const hint = knownNames(`Secrets ${ofNamespace(namespace)}`, secret, namesIn(namespace));
    return { hint, related: [] };
  };
}

function madeElsewhere({ object, namespace, how }: Reader, maker: Maker): Reason {
  const { namespace: elsewhere } = maker;
  const place = `There is one ${inNamespaceOrNone(elsewhere)}`;
  const advice =
    how === 'eso'
      ? 'let the store read that namespace (remoteNamespace).'
      : "and Secrets are read only in one's own: copy it with an ExternalSecret and a kubernetes store.";
  return {
    hint: `${place}${how === 'eso' ? ':' : ','} ${advice}`,
    related: [relatedField(maker, 'makes it there')],
    stray: elsewhere === '' ? maker.object : namespace === '' ? object : undefined,
  };
}

/** Why a Secret does not exist: what to do, and what should make it or makes it elsewhere. */
interface Reason {
  readonly hint: string;
  readonly related: readonly Related<ObjectField>[];
  /** The maker or the reader, if they miss each other because it has no namespace. */
  readonly stray?: PlacedObject | undefined;
}

function unmadeSecrets(graph: SecretGraph): Map<string, Reason> {
  const unmade = new Map<string, Reason>();
  for (const object of graph.objects)
    for (const { secret, hint, path } of object.knownKind?.secrets?.omits?.(object) ?? [])
      unmade.set(secretId(object.namespace, secret), {
        hint,
        related: [{ object, path, note: `${displayKind(object)} "${object.name}"` }],
      });
  for (const { object, namespace, target, creationPolicy, path } of graph.externalSecrets)
    if (creationPolicy !== 'None' && target !== object.name)
      unmade.set(secretId(namespace, object.name), {
        hint: `${object.kind} "${object.name}" makes a Secret of another name: read "${target}".`,
        related: [{ object, path: [...path, 'target', 'name'], note: 'the name of the Secret' }],
      });
  return unmade;
}
