import { groupBy, listAt, mapAt } from '../../core/json.ts';
import { inNamespace, isUnresolved, ofNamespace, strayHint } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import type { SecretGraph, StoreUse } from '../../graph/secret-graph.ts';
import {
  namesIn,
  nearestTo,
  pushSpecs,
  relatedNamespace,
  storeUses,
} from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { StoreRef } from '../../kinds/eso/stores.ts';
import { clusterSecretStore, secretStore, storeKind, storeOf } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule, type RuleFault } from '../rule.ts';

export const unknownStore: Rule = absence('unknown-store', function* (graph) {
  const storeId = ({ namespace, ref }: StoreUse): string => `${ref.kind}/${namespace}/${ref.name}`;
  for (const uses of groupBy(storeUses(graph), storeId).values()) {
    const fault = faultOf(graph, uses[0]);
    if (fault === undefined) continue;
    const { field, ...rest } = fault;
    for (const { object, ref } of uses) yield { object, path: [...ref.path, field], ...rest };
  }
  for (const secret of graph.specs) yield* withoutStore(secret);
  yield* withoutName(graph);
});

/** Neither the CRD nor the webhook asks for secretStoreRef (docs/facts/eso.md#store-references). */
function* withoutStore(secret: ExternalSecret): Iterable<RuleFault> {
  const { object, path, data, dataFrom } = secret;
  if (secret.storeRef !== undefined) return;
  const entries = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  const entry = entries.find(({ storeRef }) => storeRef === undefined);
  if (entry === undefined) return;
  yield {
    object,
    path: [...path, 'secretStoreRef'],
    message: `${object.kind} "${object.name}" names no store to read from`,
    hint: 'Add secretStoreRef with the kind and the name of a store.',
    related: [{ object, path: entry.path, note: 'what is to be read' }],
    absent: 'itself',
  };
}

/** A PushSecret means a store by its name or several by their labels (docs/facts/eso.md#store-references). */
function* withoutName(graph: SecretGraph): Iterable<RuleFault> {
  for (const { object, path, spec } of pushSpecs(graph))
    for (const [index, ref] of listAt(spec, 'secretStoreRefs').entries()) {
      const { name = '', labelSelector } = mapAt(ref);
      if (name !== '' || labelSelector !== undefined) continue;
      yield {
        object,
        path: [...path, 'secretStoreRefs', index],
        message: `${object.kind} "${object.name}" has an entry of secretStoreRefs with neither a name nor a labelSelector`,
        hint: 'Add the name of the store.',
        absent: 'itself',
      };
    }
}

type ReferenceFault = Omit<RuleFault, 'object' | 'path'> & { readonly field: 'kind' | 'name' };

function faultOf(graph: SecretGraph, use: StoreUse): ReferenceFault | undefined {
  const { object, namespace, ref } = use;
  const { kind, name } = ref;
  if (isUnresolved(name) || storeOf(graph.find, ref, namespace) !== undefined) return undefined;
  if (isDeclared(graph.outside, kind, { namespace, name })) return undefined;
  const isNamespaced = kind === secretStore.kind;
  const home = isNamespaced ? namespace : '';
  const elsewhere = isNamespaced ? nearestTo(object, graph.byKind(secretStore), name) : undefined;
  // Without `kind`, ESO looks for a SecretStore.
  const siblingKind = (kind === clusterSecretStore.kind ? secretStore : clusterSecretStore).kind;
  const isOther = storeOf(graph.find, { ...ref, kind: siblingKind }, namespace) !== undefined;
  return {
    field: isOther ? 'kind' : 'name',
    message: `there is no ${kind} "${name}"${inNamespace(home)}`,
    absent: {
      namespace: home,
      name,
      unused: () => unusedStores(graph, kind, home),
      hasOthers: kind === clusterSecretStore.kind && graph.byKind(clusterSecretStore).length > 0,
    },
    hint: isOther
      ? `"${name}" is a ${siblingKind}: write kind: ${siblingKind}. Without kind a SecretStore is meant.`
      : hintFor(graph, ref, home, elsewhere),
    related: relatedNamespace(elsewhere, 'a store of that name'),
  };
}

function unusedStores(graph: SecretGraph, kind: string, home: string): string[] {
  const used = new Set(storeUses(graph).flatMap(({ ref }) => (ref.kind === kind ? ref.name : [])));
  const all = namesIn(graph, storeKind(kind) ?? clusterSecretStore, home);
  return all.filter(name => !used.has(name));
}

function hintFor(graph: SecretGraph, ref: StoreRef, home: string, elsewhere?: PlacedObject) {
  const advice = ', and a SecretStore serves its own only: make one here, or a ClusterSecretStore.';
  if (elsewhere !== undefined) return strayHint(home, elsewhere.namespace, advice);
  const kind = storeKind(ref.kind);
  const stores = kind === undefined ? [] : graph.byKind(kind);
  const here = stores.filter(({ namespace }) => home === '' || namespace === home);
  const names = here.map(({ name }) => name);
  const whose = home === '' ? '' : ` ${ofNamespace(home)}`;
  const hint = knownNames(`${ref.kind}s${whose}`, ref.name, names);
  return names.length > 0
    ? hint
    : `${hint} One that is made elsewhere is declared in .rem-secrets-lint.yaml: outside: { objects: [${ref.kind}/${ref.name}] }.`;
}
