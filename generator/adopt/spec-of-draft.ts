import { type Json, type JsonObject, textAt } from '../ground/json.ts';
import { specOf } from '../kinds/kind.ts';
import { podReads } from '../kinds/pod-reads.ts';
import { podOf } from '../kinds/pods.ts';
import type { Omission } from '../make/spec/spec.ts';
import { type Choices, DECLARED, isRefused } from './choices.ts';
import type { Draft, DraftEntry } from './draft.ts';
import { given } from './forms/given.ts';
import { valueKeys, type Wanted } from './wanted.ts';

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

/** How a Secret outside is known among the choices. */
export function outsideId({ name }: Wanted, secret: string): string {
  return `${name}/${secret}`;
}

/** The Secrets that something reads and nothing makes, with the keys that are read. */
function outsideEntries(wanted: Wanted, choices: Choices): JsonObject {
  const start = outsideId(wanted, '');
  const names = [...choices.outside]
    .filter(id => id.startsWith(start))
    .map(id => id.slice(start.length))
    .filter(name => !isRefused(choices, { section: 'secrets', name }, DECLARED));
  return Object.fromEntries(names.map(name => [name, { external: keysRead(wanted, name) }]));
}

/** The keys that are read of a Secret; `true` where something reads it whole. */
function keysRead({ objects, namespace }: Wanted, secret: string): Json {
  const reads = objects
    .filter(object => object.namespace === namespace)
    .flatMap(object => {
      const pod = podOf(object);
      return [
        ...(object.known?.reads?.(object) ?? []),
        ...(pod === undefined ? [] : podReads(pod)),
      ];
    })
    .filter(read => read.secret === secret && (read.namespace ?? namespace) === namespace);
  const keys = [...new Set(reads.map(({ key }) => key))];
  if (keys.length === 0 || keys.includes(undefined)) return true;
  return keys.filter(key => key !== undefined).sort();
}
