import { storeOf } from '../graph/stores.ts';
import type { JsonObject } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { oncePer } from '../ground/once-per.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import { ownName } from '../kinds/eso/external-secret-spec.ts';
import { refreshSeconds, refreshTime } from '../kinds/eso/sync-status.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { effectiveForm } from '../review/changes/effective-form.ts';
import { fieldChanges } from '../review/changes/field-changes.ts';
import { healthOf, type SecretHealth } from './doctor/diagnosis.ts';
import type { Dump } from './doctor/dump.ts';
import { expectedSecrets } from './doctor/expected-secrets.ts';
import { ageText } from './doctor/times.ts';
import type { Examined } from './doctor/verdict.ts';

/** A Secret of an environment on one line. */
export interface SecretStatus {
  readonly health: SecretHealth;
  readonly spec: SpecState;
  /** How long ago its data was written. */
  readonly written?: string | undefined;
  /** How long ago External Secrets last brought it up to date, and when it does so next. */
  readonly refreshed?: string | undefined;
  readonly next?: string | undefined;
}

/** The Secrets of an environment, as they are in the cluster that it was looked for in. */
export interface EnvironmentStatus {
  readonly environment: string;
  readonly newest: string | undefined;
  readonly secrets: readonly SecretStatus[];
}

/** How each Secret is that the own objects of a graph make or need. */
export function statusOf(
  environment: string,
  own: ReadonlySet<PlacedObject>,
  around: Omit<Examined, 'secret'>,
): EnvironmentStatus {
  const secrets = expectedSecrets(around.graph, own).map((secret): SecretStatus => {
    const examined = { ...around, secret };
    const { namespace, name } = secret;
    return {
      health: healthOf(examined),
      spec: specState(examined),
      written: around.dump.ageOf(around.dump.secret(namespace, name)?.written),
      ...refreshOf(examined),
    };
  });
  return { environment, newest: around.dump.newest, secrets };
}

/** Of several ExternalSecrets for one Secret the one that comes first. */
function refreshOf({ secret, dump }: Examined): Pick<SecretStatus, 'refreshed' | 'next'> {
  const [first] = secret.external;
  const live = first && dump.find(externalSecret, first.namespace, ownName(first.object));
  if (live === undefined) return {};
  const ago = dump.secondsSince(refreshTime(live));
  const every = refreshSeconds(live);
  if (ago === undefined) return {};
  const refreshed = ageText(ago);
  if (every === undefined) return { refreshed, next: 'never' };
  const left = every - ago;
  return { refreshed, next: left >= 0 ? `in ${ageText(left)}` : `overdue ${ageText(-left)}` };
}

/** How what the manifests say of a Secret is in the cluster. */
interface SpecState {
  readonly state: 'in sync' | 'drifted' | 'missing' | 'unknown';
  /** The object that it is so for; absent where all are in sync. */
  readonly object?: PlacedObject;
  /** The first field that the cluster has otherwise. */
  readonly field?: string;
}

const WORST = ['missing', 'drifted', 'unknown', 'in sync'] as const;

/** The worst of the objects that make the Secret, are asked for it, and read it; what a chart brings is not compared. */
function specState(examined: Examined): SpecState {
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
