import type { Finding } from '../core/finding.ts';
import { groupBy, listAt, mapAt, sortBy, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { parseTemplate } from '../core/template/parse.ts';
import { templateReads } from '../core/template/template-reads.ts';
import { type SecretGraph, secretId } from '../graph/secret-graph.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import type { AwsStore } from '../kinds/eso/stores.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/placed-object.ts';
import type { Container } from '../kinds/pods.ts';
import type { ObjectFault } from '../lint/rule.ts';
import type { EntryReader, EntryStore, EntryUse, RemoteEntry } from './entry.ts';
import type { Found } from './facts.ts';
import { askedName, type PrefixListing } from './values.ts';

/** What an entry is held against. */
export interface Expected {
  readonly entry: RemoteEntry;
  readonly found: Found;
  /** In which region. */
  readonly region: string;
  /** A customer's keys that should encrypt it; none: it is not said. */
  readonly keys: readonly string[];
  /** The same entry of other environments, where it is there. */
  readonly elsewhere: readonly { readonly environment: string; readonly name: string }[];
}

type Severity = Finding['severity'];

/** Makes a fault of an entry, where its first use is written unless another is meant. */
export type At = (
  id: string,
  severity: Severity,
  message: string,
  more: { readonly hint: string; readonly use?: EntryUse },
) => ObjectFault;

export function faultsAt(first: EntryUse): At {
  return (id, severity, message, { hint, use = first }) => {
    const { object, path } = use;
    return { id, severity, object, path, message, hint };
  };
}

/** `parameter "/rem/llm/key"`. */
export function called({ entry: { store, name } }: Expected): string {
  return `${nounOf(store.aws?.service)} "${name}"`;
}

function nounOf(service: string | undefined): string {
  return service === 'ParameterStore' ? 'parameter' : 'secret';
}

/** A read of a Secret; without a key of all. */
interface SecretRead {
  readonly object: PlacedObject;
  readonly key?: string;
  readonly variableOf?: (key: string) => string;
}

/** Answers who reads keys of a Secret, and into which variables; undefined keys: any. */
export type ReadersOf = (
  secret: { readonly namespace: string; readonly name: string },
  keys: readonly string[] | undefined,
) => EntryReader[];

/** Who reads the Secrets of a graph. */
export function secretReaders(graph: SecretGraph): ReadersOf {
  const reads = new Map<string, SecretRead[]>();
  for (const [id, read] of [...podVariables(graph), ...otherReads(graph)]) {
    const known = reads.get(id);
    if (known === undefined) reads.set(id, [read]);
    else known.push(read);
  }
  return ({ namespace, name }, keys) => {
    const own = (reads.get(secretId(namespace, name)) ?? []).filter(
      ({ key }) => key === undefined || keys === undefined || keys.includes(key),
    );
    const readers = [...groupBy(own, ({ object }) => writtenObject(object))].map(
      ([object, all]) => ({
        name: objectName(object),
        variables: [...new Set(all.flatMap(read => variablesOf(read, keys)))].sort(),
      }),
    );
    return sortBy(readers, ({ name: { kind, namespace: home = '', name: own = '' } }) =>
      [home, kind, own].join('\0'),
    );
  };
}

function variablesOf(
  { key, variableOf }: SecretRead,
  keys: readonly string[] | undefined,
): string[] {
  if (variableOf === undefined) return [];
  return (key === undefined ? (keys ?? []) : [key]).map(variableOf);
}

type PlacedRead = readonly [id: string, read: SecretRead];

/** The variables of pods, by the Secret that each is of. */
function podVariables({ pods }: SecretGraph): PlacedRead[] {
  return pods.flatMap(({ containers }) => containers.flatMap(containerVariables));
}

function containerVariables({ object, env, envFrom }: Container): PlacedRead[] {
  const { namespace } = object;
  return [
    ...env.flatMap(({ name, secret }): PlacedRead[] =>
      secret?.key === undefined
        ? []
        : [[secretId(namespace, secret.name), { object, key: secret.key, variableOf: () => name }]],
    ),
    ...envFrom.flatMap(({ prefix, secret }): PlacedRead[] =>
      secret === undefined
        ? []
        : [[secretId(namespace, secret), { object, variableOf: key => prefix + key }]],
    ),
  ];
}

/** Volumes, pull secrets and all that other kinds read. */
function otherReads({ readers, pods }: SecretGraph): PlacedRead[] {
  const running = new Set(pods.map(({ object }) => object));
  return readers
    .filter(({ object, how }) => !running.has(object) || (how !== 'env' && how !== 'envFrom'))
    .map(({ namespace, secret, object, key }) => [
      secretId(namespace, secret),
      { object, ...(key !== undefined && { key }) },
    ]);
}

/** Answers in which keys of its Secret something that an ExternalSecret fetches ends; undefined: not known. */
export type KeysOf = (fetched: string) => readonly string[] | undefined;

/** A key is handed on as it is, unless a template makes others of it. */
export function resultKeysOf({ spec, keys }: ExternalSecret): KeysOf {
  const template = mapAt(spec, 'target', 'template');
  const isFromFiles = listAt(template, 'templateFrom').length > 0;
  const made = Object.entries(mapAt(template, 'data')).map(([key, text]) => {
    const { reads, isOpen } = templateReads(parseTemplate(String(text)).nodes);
    return { key, isOpen, reads: new Set(reads.map(read => read.key)) };
  });
  if (made.length === 0 && !isFromFiles) return fetched => [fetched];
  const isMerged = textAt(template, 'mergePolicy') === 'Merge';
  return fetched => {
    if (isFromFiles) return keys.isOpen ? undefined : [...keys.keys].sort();
    const own = made.filter(({ isOpen, reads }) => isOpen || reads.has(fetched));
    return [...new Set([...own.map(({ key }) => key), ...(isMerged ? [fetched] : [])])].sort();
  };
}

/** The prefix of a store below which all entries should be read; undefined: it has none. */
export function listedPrefix({ aws, prefix = '' }: EntryStore): string | undefined {
  const isNone = aws?.service !== 'ParameterStore' || prefix.replaceAll('/', '') === '';
  return isNone || isUnresolved(prefix) ? undefined : prefix;
}

/** Parameters below a store's prefix that no entry of any environment is. */
export function unusedFaults(
  store: AwsStore,
  { prefix, names }: PrefixListing,
  entries: readonly RemoteEntry[],
): ObjectFault[] {
  // A search may find any of them.
  if (entries.some(({ isSearch }) => isSearch)) return [];
  const used = new Set(entries.map(askedName));
  const unused = names.filter(name => !used.has(name)).sort();
  if (unused.length === 0) return [];
  const shown = unused.slice(0, MOST).map(name => `"${name}"`);
  const more = unused.length > MOST ? ` and ${unused.length - MOST} more` : '';
  return [
    {
      id: 'unused-entry',
      severity: 'warning',
      object: store.object,
      path: [...store.path, 'prefix'],
      message: `nothing reads ${shown.join(', ')}${more}, below "${prefix}"`,
      hint: 'Delete what nothing else reads either: a secret that is kept can be lost.',
    },
  ];
}

/** How many names a message lists. */
const MOST = 10;
