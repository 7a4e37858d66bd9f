import type { Validators } from '../objects/schema-check.ts';
import { groupBy } from '../source/group-by.ts';
import { isMap } from '../spec/merge-environment.ts';
import {
  type ExternalSecret,
  externalSecret,
  externalSecretOf,
  type RemoteKeys,
} from './external-secrets.ts';
import { type Item, listAt, mapAt, specOf } from './item.ts';
import { selectsNamespace } from './label-selector.ts';
import { externalSecretMakers, makersOf } from './makers.ts';
import { podOf } from './pods.ts';
import { objectReaders, podReaders } from './readers.ts';
import {
  type Maker,
  nothingOutside,
  type Outside,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
} from './secret-graph.ts';
import { remoteNamespaceOf, storeOf } from './stores.ts';
import { templateReaders } from './templates.ts';

/** The graph of a set of objects, in time proportional to their number. */
export function buildGraph(
  items: readonly Item[],
  outside: Outside = nothingOutside,
  validators: Validators = () => undefined,
): SecretGraph {
  const kinds = groupBy(items, ({ kind }) => kind);
  const byKind = (kind: string): readonly Item[] => kinds.get(kind) ?? [];
  const index = new Map(items.map(item => [objectId(item.kind, item.namespace, item.name), item]));
  const find = (kind: string, namespace: string, name: string): Item | undefined =>
    index.get(objectId(kind, namespace, name));
  const secrets = new Map<string, SecretNode>();
  for (const item of items) for (const maker of makersOf(item)) addMaker(secrets, maker);
  const externalSecrets = readExternalSecrets(byKind, find, secrets);
  const pods = items.flatMap(item => podOf(item) ?? []);
  const readers = [
    ...pods.flatMap(podReaders),
    ...items.flatMap(objectReaders),
    ...externalSecrets.flatMap(secret => remoteReaders(secret, find)),
    ...externalSecrets.flatMap(templateReaders),
  ];
  return { items, byKind, find, secrets, readers, pods, externalSecrets, outside, validators };
}

function objectId(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** Several makers of one Secret give it the keys of all. */
function addMaker(secrets: Map<string, SecretNode>, maker: Maker): void {
  const { namespace, secret: name } = maker;
  const before = secrets.get(secretId(namespace, name));
  secrets.set(secretId(namespace, name), {
    namespace,
    name,
    makers: [...(before?.makers ?? []), maker],
    keys: new Set([...(before?.keys ?? []), ...maker.keys]),
    isOpen: maker.isOpen || (before?.isOpen ?? false),
  });
}

/**
 * ExternalSecrets, in the order in which one may copy the keys of another: a Secret that is
 * extracted through a kubernetes store has the keys of its source.
 */
function readExternalSecrets(
  byKind: (kind: string) => readonly Item[],
  find: (kind: string, namespace: string, name: string) => Item | undefined,
  secrets: Map<string, SecretNode>,
): ExternalSecret[] {
  const remoteKeys: RemoteKeys = (ref, namespace, name) => {
    const store = storeOf(find, ref, namespace);
    const remote = store === undefined ? undefined : remoteNamespaceOf(store);
    const source = remote === undefined ? undefined : secrets.get(secretId(remote, name));
    return source === undefined || source.isOpen ? undefined : [...source.keys];
  };
  const found = [...byKind('ExternalSecret')].map(item => externalSecretOf(item, remoteKeys));
  const inNamespaces = byKind('ClusterExternalSecret').flatMap(item =>
    clusterExternalSecrets(item, byKind, remoteKeys),
  );
  for (const secret of [...found, ...inNamespaces]) {
    for (const maker of externalSecretMakers(secret)) addMaker(secrets, maker);
  }
  return [...found, ...inNamespaces];
}

/** A ClusterExternalSecret makes an ExternalSecret in every namespace that it selects. */
function clusterExternalSecrets(
  item: Item,
  byKind: (kind: string) => readonly Item[],
  remoteKeys: RemoteKeys,
): ExternalSecret[] {
  const spec = specOf(item);
  const named = listAt(spec, 'namespaces').map(String);
  const selectors = [spec['namespaceSelector'], ...listAt(spec, 'namespaceSelectors')].filter(
    isMap,
  );
  const selected = byKind('Namespace')
    .filter(namespace =>
      selectors.some(selector => selectsNamespace(selector, namespace.name, namespace)),
    )
    .map(({ name }) => name);
  const path = ['spec', 'externalSecretSpec'];
  return [...new Set([...named, ...selected])].map(namespace =>
    externalSecret(item, mapAt(spec, 'externalSecretSpec'), path, namespace, remoteKeys),
  );
}

/** What an ExternalSecret reads of Secrets in this cluster, through kubernetes stores. */
function remoteReaders(
  { item, namespace, data, dataFrom }: ExternalSecret,
  find: (kind: string, namespace: string, name: string) => Item | undefined,
): Reader[] {
  const remoteOf = (ref: ExternalSecret['storeRef']): string | undefined => {
    const store = ref === undefined ? undefined : storeOf(find, ref, namespace);
    return store === undefined ? undefined : remoteNamespaceOf(store);
  };
  const base = { item, isOptional: false, how: 'eso' } as const;
  return [
    ...data.flatMap(({ path, key, property, storeRef }): Reader[] => {
      const remote = remoteOf(storeRef);
      if (remote === undefined) return [];
      const ref = [...path, 'remoteRef'];
      const read = { ...base, namespace: remote, secret: key, path: [...ref, 'key'] };
      return [
        property === undefined ? read : { ...read, key: property, keyPath: [...ref, 'property'] },
      ];
    }),
    ...dataFrom.flatMap(({ path, extract, storeRef }): Reader[] => {
      const remote = remoteOf(storeRef);
      if (remote === undefined || extract === undefined) return [];
      return [{ ...base, namespace: remote, secret: extract, path: [...path, 'extract', 'key'] }];
    }),
  ];
}
