import type { JsonObject } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, sum, textAt, words } from '../../core/json.ts';
import type { Brought } from '../kind.ts';
import { claims, containersPart, volumesPart } from './app-template-pods.ts';
import type { App, AppEntry, Part, Parts, Release, Values } from './release.ts';
import {
  appObject,
  appOf,
  below,
  copied,
  entriesOf,
  listPart,
  mapPart,
  picked,
  textPart,
  textsPart,
} from './release.ts';

/** The objects that the library makes, as far as they concern Secrets, hosts and pods. */
export function appObjects(release: Release): Brought[] {
  const app = appOf(release);
  const made = OBJECTS.map(([field, apiVersion, kind, fieldsOf]) =>
    entriesOf(app, field).map(entry =>
      appObject(app, entry, { apiVersion, kind }, fieldsOf(entry, app)),
    ),
  );
  const account = { apiVersion: 'v1', kind: 'ServiceAccount' };
  const accounts = accountsOf(app).map(entry => appObject(app, entry, account, {}));
  const raw = entriesOf(app, 'rawResources').flatMap(entry => rawResource(app, entry) ?? []);
  return [workloads(app), ...made, accounts, claims(app), raw].flat();
}

const OBJECTS: readonly (readonly [
  field: string,
  apiVersion: string,
  kind: string,
  fieldsOf: (entry: AppEntry, app: App) => Parts,
])[] = [
  ['service', 'v1', 'Service', serviceFields],
  // Of an Ingress its certificates, without the Services behind it.
  ['ingress', 'networking.k8s.io/v1', 'Ingress', ingressFields],
  ['secrets', 'v1', 'Secret', secretFields],
  ['configMaps', 'v1', 'ConfigMap', entry => ({ data: textsPart([below(entry, 'data')]) })],
  ['externalSecrets', 'external-secrets.io/v1', 'ExternalSecret', fetchFields],
];

function workloads(app: App): Brought[] {
  return entriesOf(app, 'controllers').flatMap(controller => {
    const type = textAt(controller.values, 'type') ?? 'deployment';
    const [apiVersion, kind, specOf] = (Object.hasOwn(TYPES, type) && TYPES[type]) || [];
    if (apiVersion === undefined || kind === undefined || specOf === undefined) return [];
    return [appObject(app, controller, { apiVersion, kind }, { spec: specOf(app, controller) })];
  });
}

type SpecOf = (app: App, controller: AppEntry) => Parts;

const TYPES: Readonly<Record<string, readonly [apiVersion: string, kind: string, SpecOf]>> = {
  deployment: ['apps/v1', 'Deployment', lasting],
  daemonset: ['apps/v1', 'DaemonSet', lasting],
  statefulset: [
    'apps/v1',
    'StatefulSet',
    (app, controller) => lasting(app, controller, copied(controller.at, app.fullname)),
  ],
  cronjob: [
    'batch/v1',
    'CronJob',
    (app, controller) => {
      const written = textPart(controller, 'cronjob', 'schedule');
      const schedule = written ?? copied([...controller.at, 'cronjob', 'schedule'], '');
      return { schedule, jobTemplate: { spec: jobSpec(app, controller) } };
    },
  ],
  job: ['batch/v1', 'Job', jobSpec],
};

function jobSpec(app: App, controller: AppEntry): Parts {
  return { template: templatePart(app, controller, 'Never') };
}

function lasting(app: App, controller: AppEntry, serviceName?: Part): Parts {
  return {
    serviceName,
    selector: { matchLabels: podLabels(app, controller.id, controller) },
    template: templatePart(app, controller),
  };
}

function podLabels({ release, fullname }: App, controller: string, { at }: AppEntry): Part {
  return copied(at, {
    'app.kubernetes.io/controller': controller,
    'app.kubernetes.io/instance': release.name,
    'app.kubernetes.io/name': fullname,
  });
}

function templatePart(app: App, controller: AppEntry, restartPolicy?: string): Parts {
  const annotations = textsPart([
    below(app, 'defaultPodOptions', 'annotations'),
    below(controller, 'pod', 'annotations'),
  ]);
  return {
    metadata: { labels: podLabels(app, controller.id, controller), annotations },
    spec: {
      serviceAccountName: accountPart(app, controller),
      restartPolicy,
      imagePullSecrets: pullPart(app, controller),
      initContainers: containersPart(app, controller, 'initContainers'),
      containers: containersPart(app, controller, 'containers'),
      volumes: volumesPart(app, controller.id),
    },
  };
}

function pullPart(app: App, controller: AppEntry): Part | undefined {
  const field = 'imagePullSecrets';
  const place = [below(controller, 'pod'), below(app, 'defaultPodOptions')].find(
    ({ values }) => listAt(values, field).length > 0,
  );
  return place && picked(place, [field])[field];
}

function accountPart(app: App, controller: AppEntry): Part | undefined {
  const accounts = accountsOf(app);
  const [only, ...more] = accounts;
  if (!isMap(controller.values['serviceAccount']))
    return only === undefined || more.length > 0 ? undefined : copied(only.at, only.name);
  const account = below(controller, 'serviceAccount');
  const entry = accounts.find(({ id }) => id === textAt(account.values, 'identifier'));
  return entry ? copied([...account.at, 'identifier'], entry.name) : textPart(account, 'name');
}

function serviceFields(service: AppEntry, app: App) {
  const [only] = entriesOf(app, 'controllers');
  const controller = textAt(service.values, 'controller') ?? only?.id ?? '';
  return {
    spec: {
      type: textPart(service, 'type'),
      externalName: textPart(service, 'externalName'),
      ports: portsPart(service),
      selector: podLabels(app, controller, service),
    },
  };
}

function portsPart(service: AppEntry): Part | undefined {
  const { values, at } = below(service, 'ports');
  const ports = Object.entries(values).flatMap(([name, port]) => {
    if (!isMap(port) || port['enabled'] === false || typeof port['port'] !== 'number') return [];
    const fields = ['port'];
    if (['number', 'string'].includes(typeof port['targetPort'])) fields.push('targetPort');
    if (port['protocol'] === 'UDP') fields.push('protocol');
    const place = { values: port, at: [...at, name] };
    return mapPart(place.at, { name, ...picked(place, fields) });
  });
  return listPart(at, ports);
}

function ingressFields({ values, at }: AppEntry) {
  const tls = mapsAt(values, at, 'tls').flatMap(({ map, path }) => {
    const secretName = textPart({ values: map, at: path }, 'secretName');
    return map['secretName'] ? [mapPart(path, { secretName })] : [];
  });
  return { spec: { tls: listPart([...at, 'tls'], tls) } };
}

const OWN = new Set(
  words(
    'apiVersion kind metadata enabled forceRename nameOverride prefix suffix labels annotations',
  ),
);

function rawResource(app: App, entry: AppEntry): Brought | undefined {
  const { manifest } = entry.values;
  const place: Values = isMap(manifest) ? below(entry, 'manifest') : entry;
  const { values } = place;
  const [apiVersion, kind] = [textAt(values, 'apiVersion'), textAt(values, 'kind')];
  if (apiVersion === undefined || kind === undefined) return undefined;
  const fields = Object.keys(values).filter(field => !OWN.has(field));
  return appObject(app, entry, { apiVersion, kind }, picked(place, fields));
}

/** The ServiceAccounts of the values. Before version 4 the field was one account, not a map of them. */
function accountsOf(app: App): AppEntry[] {
  const account = below(app, 'serviceAccount');
  const { create } = account.values;
  const name = textAt(account.values, 'name');
  if (typeof create !== 'boolean' && name === undefined) return entriesOf(app, 'serviceAccount');
  const id = 'default';
  return create === true ? [{ ...account, id, name: name || app.fullname }] : [];
}

/** A Secret in the values: its keys without their values. */
function secretFields(entry: AppEntry) {
  const { values, at } = below(entry, 'stringData');
  const empty = Object.keys(values).map(key => [key, copied([...at, key], '')]);
  return { type: textPart(entry, 'type'), stringData: mapPart(at, Object.fromEntries(empty)) };
}

const FETCHES = ['refreshPolicy', 'refreshInterval', 'target', 'data', 'dataFrom'];

/** An ExternalSecret, with the default store. */
function fetchFields(entry: AppEntry, app: App) {
  const common = below(app, 'defaultExternalSecretStoreRef');
  const ofEntry = below(entry, 'secretStoreRef');
  const store = { ...common.values, ...ofEntry.values };
  const { at } = isMap(entry.values['secretStoreRef']) ? ofEntry : common;
  const secretStoreRef = Object.keys(store).length === 0 ? undefined : copied(at, store);
  return { spec: { secretStoreRef, ...picked(entry, FETCHES) } };
}

/** How many parts of objects a release may have: real ones have far fewer. */
const MOST = 100_000;

/** Whether values make too many parts: defaults are repeated in each container, so a small file can make very many. */
export function isHuge(values: JsonObject): boolean {
  const volumes = sizeOf(values['persistence']);
  const common =
    sizeOf(mapAt(values, 'global')['annotations']) + sizeOf(values['defaultPodOptions']);
  const entries = sum(Object.values(values).map(sizeOf));
  const containers = Object.values(mapAt(values, 'controllers')).map(controller => {
    const sizes = ['containers', 'initContainers'].map(field => sizeOf(mapAt(controller)[field]));
    const defaults = Object.values(mapAt(controller, 'defaultContainerOptions')).map(sizeOf);
    return (sum(sizes) + 1) * (volumes + sum(defaults));
  });
  return sum(containers) + entries * common > MOST;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 0;
}
