import type { ObjectName, Place } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { fieldChanges } from '../diff/field-changes.ts';
import { effectiveForm } from '../diff/forms.ts';
import { storeOf } from '../graph/stores.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { externalSecret } from '../kinds/eso/external-secret.ts';
import { ownName } from '../kinds/eso/external-secret-spec.ts';
import { refreshSeconds, refreshTime } from '../kinds/eso/group.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Formats } from '../report/format.ts';
import {
  flatObject,
  flatPlace,
  jsonText,
  nameText,
  oneLine,
  placeText,
  shown,
  shownObject,
  tableText,
} from '../report/text.ts';
import { type FieldPlace, shownField } from '../world/places.ts';
import { healthOf, type SecretHealth, tellingLink } from './diagnosis.ts';
import { ageText, type Dump } from './dump.ts';
import { expectedSecrets } from './expected-secrets.ts';
import type { Examined } from './verdict.ts';

/** How environments are, for programs. */
function renderStatusJson({ environments, placeOf }: StatusReport): string {
  return jsonText({
    environments: environments.map(({ environment, newest, secrets }) => ({
      environment: shown(environment),
      newest: newest ?? null,
      secrets: secrets.map(status => {
        const { secret, object, at, ...told } = shownStatus(status, placeOf);
        const { state, link = null, spec, field = null } = told;
        const { written = null, refreshed = null, next = null } = status;
        const difference = { ...flatObject(object), field, ...flatPlace(at) };
        return { ...secret, state, link, spec, difference, written, refreshed, next };
      }),
    })),
  });
}

const HEAD = ['ENVIRONMENT', 'SECRET', 'FLOW', 'SPEC', 'WRITTEN', 'REFRESHED', 'NEXT'];

/** For people, on one screen: a line a Secret; below it what has drifted or is missing, once. */
function renderStatusText({ environments, placeOf }: StatusReport): string {
  const rows = environments.flatMap(({ environment, secrets }) =>
    secrets.map(secret => {
      const { written = '-', refreshed = '-', next = '-' } = secret;
      const status = shownStatus(secret, placeOf);
      const name = nameText(status.secret);
      const cells = [environment, name, flowOf(status), status.spec, written, refreshed, next];
      return { status, cells: cells.map(text => [oneLine(text)]) };
    }),
  );
  if (rows.length === 0) return '';
  const told = new Set(rows.flatMap(({ status }) => differenceOf(status)));
  const table = tableText(
    HEAD,
    rows.map(({ cells }) => cells),
  );
  return table + [...told].map(line => `${oneLine(line)}\n`).join('');
}

function flowOf({ state, link }: ShownStatus): string {
  if (state === 'well') return 'well';
  return state === 'broken' ? `broken at ${link}` : `${link} unknown`;
}

function differenceOf({ spec, object, field, at }: ShownStatus): string[] {
  if (object === undefined || spec === 'unknown') return [];
  const place = at === undefined ? '' : `${placeText(at)}: `;
  const named = `${object.kind} ${nameText({ namespace: '', ...object })}`;
  return [`${place}${named} ${spec === 'missing' ? 'is not there' : `has drifted: ${field}`}`];
}

/** `status`. */
export const statusFormats: Formats<StatusReport> = {
  text: { render: renderStatusText },
  json: { render: renderStatusJson },
};

/** What the formats are given: how the environments are, and where the manifests speak of them. */
interface StatusReport {
  readonly environments: readonly EnvironmentStatus[];
  readonly placeOf: FieldPlace;
}

/** A Secret as reports show it. */
interface ShownStatus {
  readonly secret: { readonly namespace: string; readonly name: string };
  readonly state: 'well' | 'broken' | 'unknown';
  /** The link that it is broken or not known at. */
  readonly link?: string;
  readonly spec: SecretStatus['spec']['state'];
  /** What has drifted or is missing, and where it is written. */
  readonly object?: ObjectName;
  readonly field?: string;
  readonly at?: Place;
}

export function shownStatus({ health, spec }: SecretStatus, placeOf: FieldPlace): ShownStatus {
  const telling = tellingLink(health);
  const state = telling?.verdict.state === 'broken' ? 'broken' : 'unknown';
  const { object, field } = spec;
  const place = object && shownField({ object, path: ['metadata', 'name'] }, placeOf);
  return {
    secret: { namespace: shown(health.namespace), name: shown(health.name) },
    state: telling === undefined ? 'well' : state,
    ...(telling !== undefined && { link: telling.link }),
    spec: spec.state,
    ...(place !== undefined && { object: shownObject(place.object) }),
    ...(field !== undefined && { field: shown(field) }),
    ...(place?.at !== undefined && { at: place.at }),
  };
}

/** A Secret of an environment on one line. */
interface SecretStatus {
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
