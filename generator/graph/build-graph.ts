import { groupBy } from '../ground/group-by.ts';
import { isMap, listAt } from '../ground/json.ts';
import { scalarText } from '../ground/scalar-text.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import {
  type SpecReader,
  specReader,
  type WrittenSecret,
  writtenSecret,
} from './external-secrets.ts';
import { type Item, specOf } from './item.ts';
import { selectsNamespace } from './label-selector.ts';
import { externalSecretMakers, makersOf } from './makers.ts';
import { objectReaders } from './object-readers.ts';
import { podReaders } from './pod-readers.ts';
import { podOf } from './pods.ts';
import { remoteReaders } from './remote-readers.ts';
import {
  addMaker,
  type GrowingNode,
  nothingOutside,
  type Outside,
  type SecretGraph,
} from './secret-graph.ts';
import { resolveKeys } from './source-keys.ts';
import { templateReaders } from './templates.ts';

/** The graph of a set of objects, in time proportional to their number. */
export function buildGraph(
  items: readonly Item[],
  outside: Outside = nothingOutside,
  validators: Validators = () => undefined,
  read: SpecReader = specReader(),
): SecretGraph {
  const kinds = groupBy(items, ({ kind }) => kind);
  const byKind = (kind: string): readonly Item[] => kinds.get(kind) ?? [];
  const find = finder(kinds);
  const secrets = new Map<string, GrowingNode>();
  for (const item of items) for (const maker of makersOf(item)) addMaker(secrets, maker);
  const externalSecrets = resolveKeys(writtenSecrets(byKind, read), find, secrets);
  for (const maker of externalSecrets.flatMap(externalSecretMakers)) addMaker(secrets, maker);
  const pods = items.flatMap(item => podOf(item) ?? []);
  const readers = [
    ...pods.flatMap(podReaders),
    ...items.flatMap(objectReaders),
    ...externalSecrets.flatMap(secret => remoteReaders(secret, find)),
    ...externalSecrets.flatMap(templateReaders),
  ];
  return { items, byKind, find, secrets, readers, pods, externalSecrets, outside, validators };
}

/** Of several objects of one name the last. Maps in maps need no text to be put together. */
function finder(kinds: ReadonlyMap<string, readonly Item[]>): SecretGraph['find'] {
  const index = new Map<string, Map<string, Map<string, Item>>>();
  for (const [kind, items] of kinds) {
    const homes = groupBy(items, ({ namespace }) => namespace);
    index.set(
      kind,
      new Map([...homes].map(([home, own]) => [home, new Map(own.map(item => [item.name, item]))])),
    );
  }
  return (kind, namespace, name) => index.get(kind)?.get(namespace)?.get(name);
}

/** ExternalSecrets, and those that ClusterExternalSecrets make. */
function writtenSecrets(byKind: SecretGraph['byKind'], read: SpecReader): WrittenSecret[] {
  return [
    ...byKind('ExternalSecret').map(item =>
      writtenSecret(item, 'ExternalSecret', item.namespace, read),
    ),
    ...byKind('ClusterExternalSecret').flatMap(item => clusterExternalSecrets(item, byKind, read)),
  ];
}

/** A ClusterExternalSecret makes an ExternalSecret in every namespace that it selects. */
function clusterExternalSecrets(
  item: Item,
  byKind: SecretGraph['byKind'],
  read: SpecReader,
): WrittenSecret[] {
  const spec = specOf(item);
  const named = listAt(spec, 'namespaces').map(scalarText);
  const selectors = [spec['namespaceSelector'], ...listAt(spec, 'namespaceSelectors')].filter(
    isMap,
  );
  const selected = byKind('Namespace')
    .filter(namespace =>
      selectors.some(selector => selectsNamespace(selector, namespace.name, namespace)),
    )
    .map(({ name }) => name);
  return [...new Set([...named, ...selected])].map(namespace =>
    writtenSecret(item, 'ClusterExternalSecret', namespace, read),
  );
}
