import type { Comparison } from '../diff/comparison.ts';
import { collectorVariables } from '../graph/collector-variables.ts';
import { type Item, listAt, specOf, textAt } from '../graph/item.ts';
import { missingKeys } from '../graph/missing-keys.ts';
import { itemIdentity } from '../graph/object-set.ts';
import type { Container, Pod } from '../graph/pods.ts';
import { findSecret, type SecretGraph } from '../graph/secret-graph.ts';
import { unresolvedReferences } from '../graph/variables.ts';
import type { Path } from '../source/finding.ts';
import { knownNames } from '../source/suggest.ts';
import { isMap } from '../spec/merge-environment.ts';

/** A read of a key that its Secret has not, and that the reader cannot do without. */
export interface KeyRead {
  readonly item: Item;
  readonly path: Path;
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly hint: string;
}

/**
 * The reads that miss their key on head and do not on base. A variable of envFrom is only missing;
 * it counts where something expands it: `$(NAME)`, or `${env:NAME}` of a collector
 * (review-facts.md, section 3, note 19).
 */
export function newlyMissing(comparison: Comparison): KeyRead[] {
  const { base, head, own } = comparison;
  const before = new Set([...namedReads(base).map(keyOf), ...expansions(base).map(nameKey)]);
  return [
    ...namedReads(head).filter(read => !before.has(keyOf(read))),
    ...expansions(head)
      .filter(expansion => !before.has(nameKey(expansion)))
      .flatMap(expansion => expandedRead(comparison, expansion)),
  ].filter(({ item }) => own.has(item));
}

function namedReads(graph: SecretGraph): KeyRead[] {
  const missing = missingKeys(graph).flatMap(({ isOptional, keys, hint, ...read }) => {
    const { item, path, namespace, secret } = read;
    return isOptional ? [] : keys.map(key => ({ item, path, namespace, secret, key, hint }));
  });
  return [...missing, ...graph.byKind('PushSecret').flatMap(item => pushedKeys(graph, item))];
}

/** The keys that a PushSecret pushes by name; a template may make others. */
function pushedKeys(graph: SecretGraph, item: Item): KeyRead[] {
  const { namespace } = item;
  const secret = textAt(specOf(item), 'selector', 'secret', 'name');
  const node = secret === undefined ? undefined : findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen || isMap(specOf(item)['template'] ?? null)) return [];
  return listAt(specOf(item), 'data').flatMap((entry, index): KeyRead[] => {
    const key = textAt(entry, 'match', 'secretKey');
    const isRenamed = (textAt(entry, 'conversionStrategy') ?? 'None') !== 'None';
    if (key === undefined || isRenamed || node.keys.has(key)) return [];
    const path = ['spec', 'data', index, 'match', 'secretKey'];
    const hint = knownNames(`keys of "${node.name}"`, key, node.keys);
    return [{ item, path, namespace, secret: node.name, key, hint }];
  });
}

function keyOf({ item, namespace, secret, key }: KeyRead): string {
  return JSON.stringify([itemIdentity(item), namespace, secret, key]);
}

/** A place that expands a variable which its container does not have. */
interface Expansion {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  readonly known: ReadonlySet<string>;
}

function expansions(graph: SecretGraph): Expansion[] {
  const collectors = new Map(graph.pods.map(pod => [pod.item, pod]));
  return [
    ...unresolvedReferences(graph).filter(
      ({ definedAt, isOwn }) => definedAt === undefined && !isOwn,
    ),
    ...collectorVariables(graph).flatMap(({ item, path, name, known }) => {
      const [container] = collectors.get(item)?.containers ?? [];
      return container === undefined ? [] : [{ container, path, name, known }];
    }),
  ];
}

function nameKey({ container: { item, name: container }, name }: Expansion): string {
  return JSON.stringify([itemIdentity(item), container, name]);
}

/** The Secret that gave the variable on base, else one that could give it; without any it is none. */
function expandedRead(comparison: Comparison, expansion: Expansion): KeyRead[] {
  const { container, path, name, known } = expansion;
  const { item } = container;
  const source = sourceBefore(comparison, expansion) ?? secretSources(container, name)[0];
  if (source === undefined) return [];
  return [
    {
      item,
      path,
      namespace: item.namespace,
      ...source,
      hint: knownNames('variables', name, known),
    },
  ];
}

function sourceBefore({ base }: Comparison, { container, name }: Expansion): Source | undefined {
  const { item } = container;
  const before = base.pods.find(pod => itemIdentity(pod.item) === itemIdentity(item));
  return containersOf(before)
    .filter(other => other.name === container.name)
    .flatMap(other => secretSources(other, name))
    .find(({ secret, key }) => findSecret(base, item.namespace, secret)?.keys.has(key) === true);
}

function containersOf(pod: Pod | undefined): readonly Container[] {
  return pod?.containers ?? [];
}

interface Source {
  readonly secret: string;
  readonly key: string;
}

/** What a variable is in each Secret that the container takes whole. */
function secretSources({ envFrom }: Container, name: string): Source[] {
  return envFrom.flatMap(({ secret, prefix }) =>
    secret === undefined || !name.startsWith(prefix)
      ? []
      : [{ secret, key: name.slice(prefix.length) }],
  );
}
