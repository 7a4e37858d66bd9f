import type { JsonObject } from '../ground/json.ts';
import { textAt } from '../ground/json.ts';
import { specOf } from '../kinds/kind.ts';
import type { Omission } from '../make/spec/spec.ts';
import { type Choices, DECLARED, isRefused } from './choices.ts';
import type { Draft, DraftEntry } from './draft.ts';
import { given } from './forms/given.ts';
import { valueKeys } from './hand-made.ts';
import { outsideEntries } from './outside.ts';
import type { Wanted } from './wanted.ts';

/** The `spec` of one environment, with nothing under `environments`. */
export type WholeSpec = JsonObject;

/** A draft as a spec: its entries, the Secrets that people make, and what is outside. */
export function specOfDraft(draft: Draft, choices: Choices): WholeSpec {
  const { entries, wanted } = draft;
  const section = (name: DraftEntry['section']): JsonObject =>
    Object.fromEntries(
      entries.filter(one => one.section === name).map(one => [one.name, one.entry]),
    );
  return given({
    namespace: wanted.namespace,
    omit: omissions(wanted, choices),
    stores: { ...outsideStores(draft), ...section('stores') },
    databases: section('databases'),
    secrets: {
      ...outsideEntries(wanted, choices),
      ...handMadeEntries(draft, choices),
      ...section('secrets'),
    },
    workloads: section('workloads'),
    resources: section('resources'),
  });
}

/** No Namespace is made where none is there, or where its own is under `resources`. */
function omissions({ find, namespace }: Wanted, { omit }: Choices): readonly Omission[] {
  const isThere = find('Namespace', namespace) !== undefined;
  return isThere ? omit : [...omit, 'namespace' as const].sort();
}

function handMadeEntries({ handMade, wanted }: Draft, choices: Choices): JsonObject {
  const own = handMade.filter(
    object =>
      object.namespace === wanted.namespace &&
      !isRefused(choices, { section: 'secrets', name: object.name }, DECLARED),
  );
  return Object.fromEntries(own.map(object => [object.name, { manual: valueKeys(object) }]));
}

/** Stores that secrets of the spec name, and that nothing in it makes. */
function outsideStores({ entries }: Draft): JsonObject {
  const made = new Set(
    entries.filter(({ section }) => section === 'stores').map(({ name }) => name),
  );
  const stores = entries
    .filter(({ section }) => section === 'secrets')
    .flatMap(({ covers }) => covers.slice(0, 1))
    .flatMap((object): [string, JsonObject][] => {
      const name = textAt(specOf(object), 'secretStoreRef', 'name');
      if (name === undefined || made.has(name)) return [];
      const kind = textAt(specOf(object), 'secretStoreRef', 'kind') ?? 'SecretStore';
      const isCluster = kind === 'ClusterSecretStore';
      return [[name, { ...(!isCluster && { kind }), external: true }]];
    });
  return Object.fromEntries(stores);
}

/** A spec as a document. */
export function documentOf(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', metadata: { name }, spec };
}
