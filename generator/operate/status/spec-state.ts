import { storeOf } from '../../graph/stores.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { oncePer } from '../../ground/once-per.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { effectiveForm } from '../../review/changes/effective-form.ts';
import { fieldChanges } from '../../review/changes/field-changes.ts';
import type { Dump } from '../doctor/dump.ts';
import type { Examined } from '../doctor/verdict.ts';

/** How what the manifests say of a Secret is in the cluster. */
export interface SpecState {
  readonly state: 'in sync' | 'drifted' | 'missing' | 'unknown';
  /** The object that it is so for; absent where all are in sync. */
  readonly object?: PlacedObject;
  /** The first field that the cluster has otherwise. */
  readonly field?: string;
}

const WORST = ['missing', 'drifted', 'unknown', 'in sync'] as const;

/** The worst of the objects that make the Secret, are asked for it, and read it; what a chart brings is not compared. */
export function specState(examined: Examined): SpecState {
  const states = objectsOf(examined).map(object => stateOf(object, examined.dump));
  const found = WORST.flatMap(state => states.find(one => one.state === state) ?? []);
  return found[0] ?? { state: 'unknown' };
}

function objectsOf({ secret, graph }: Examined): PlacedObject[] {
  const stores = secret.external.flatMap(({ data, dataFrom, namespace }) =>
    [...data, ...dataFrom].flatMap(
      ({ storeRef }) => (storeRef && storeOf(graph.find, storeRef, namespace)) ?? [],
    ),
  );
  const ends = [...(secret.node?.makers ?? []), ...secret.readers].map(({ object }) => object);
  const all = [...stores, ...secret.external.map(({ object }) => object), ...ends];
  return [...new Set(all)].filter(
    ({ known, written }) => known !== undefined && known !== coreSecret && written === undefined,
  );
}

function stateOf(object: PlacedObject, dump: Dump): SpecState {
  const { known, namespace, name } = object;
  const home = known?.isOfCluster === true ? '' : namespace;
  const live = known && dump.find(known, home, name);
  if (known === undefined || live === undefined) {
    const isAbsent = known !== undefined && dump.hasAll(known, home);
    return { state: isAbsent ? 'missing' : 'unknown', object };
  }
  const field = driftOf(object.json, live.json);
  return field === undefined ? { state: 'in sync' } : { state: 'drifted', object, field };
}

/** The first field that a manifest asks for and the object has not; what it has besides is others' business. */
function driftOf(wanted: KubeObject, live: KubeObject): string | undefined {
  return fieldChanges(formOf(wanted), formOf(live)).find(({ what }) => what !== 'added')?.field;
}

/** Without what names it, and what other tools write. */
const formOf = oncePer((object: KubeObject): JsonObject => {
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = effectiveForm(object);
  return rest as unknown as JsonObject;
});
