import type { ExternalSecret, StoreRef } from '../../graph/external-secrets.ts';
import type { Item } from '../../graph/item.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import { isUnresolved } from '../../graph/unresolved.ts';
import { knownNames } from '../../source/suggest.ts';
import type { Rule, Violation } from '../rule.ts';

export const unknownStore: Rule = {
  id: 'unknown-store',
  severity: 'error',
  summary: 'Each store that an ExternalSecret reads from exists, in the kind that it names.',

  *check(graph) {
    for (const secret of graph.externalSecrets) {
      const { item, namespace } = secret;
      for (const ref of storeRefs(secret)) {
        if (isUnresolved(ref.name) || isKnown(graph, ref, namespace)) continue;
        yield { item, ...missingStore(graph, ref, namespace) };
      }
    }
  },
};

function missingStore(
  graph: SecretGraph,
  ref: StoreRef,
  namespace: string,
): Omit<Violation, 'item'> {
  const place = ref.kind === 'SecretStore' ? ` in namespace "${namespace}"` : '';
  return {
    path: [...ref.path, isOtherKind(graph, ref, namespace) ? 'kind' : 'name'],
    message: `there is no ${ref.kind} "${ref.name}"${place}`,
    hint: hintFor(graph, ref, namespace),
  };
}

/** The store of the ExternalSecret, and those of entries that name one of their own. */
function storeRefs({ storeRef, data, dataFrom }: ExternalSecret): Set<StoreRef> {
  const all = [storeRef, ...[...data, ...dataFrom].map(entry => entry.storeRef)];
  return new Set(all.filter(ref => ref !== undefined));
}

function isKnown({ find, outside }: SecretGraph, ref: StoreRef, namespace: string): boolean {
  if (storeOf(find, ref, namespace) !== undefined) return true;
  return [`${ref.kind}/${ref.name}`, `${ref.kind}/${namespace}/${ref.name}`].some(name =>
    outside.objects.has(name),
  );
}

/** The kind that the reference does not say: without `kind`, ESO looks for a SecretStore. */
function otherKind({ kind }: StoreRef): string {
  return kind === 'ClusterSecretStore' ? 'SecretStore' : 'ClusterSecretStore';
}

function isOtherKind({ find }: SecretGraph, ref: StoreRef, namespace: string): boolean {
  return storeOf(find, { ...ref, kind: otherKind(ref) }, namespace) !== undefined;
}

function hintFor(graph: SecretGraph, ref: StoreRef, namespace: string): string {
  if (isOtherKind(graph, ref, namespace)) {
    return `"${ref.name}" is a ${otherKind(ref)}: write kind: ${otherKind(ref)}. Without kind a SecretStore is meant.`;
  }
  const isHere = (store: Item): boolean =>
    ref.kind === 'ClusterSecretStore' || store.namespace === namespace;
  const names = graph
    .byKind(ref.kind)
    .filter(isHere)
    .map(({ name }) => name);
  return knownNames(`${ref.kind}s`, ref.name, names);
}
