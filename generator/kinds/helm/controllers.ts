import type { Path } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, sum, textAt, words } from '../../core/json.ts';
import type { Brought } from '../kind.ts';
import { claims, containersPart, volumesPart } from './app-template-pods.ts';
import type { App, AppEntry, Part, Release } from './release.ts';
import {
  accountsOf,
  appObject,
  appOf,
  copied,
  entriesOf,
  fetchFields,
  listPart,
  mapPart,
  picked,
  secretFields,
  serviceAccounts,
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
  const raw = entriesOf(app, 'rawResources').flatMap(entry => rawResource(app, entry) ?? []);
  return [workloads(app), ...made, serviceAccounts(app), claims(app), raw].flat();
}

const OBJECTS: readonly (readonly [
  field: string,
  apiVersion: string,
  kind: string,
  fieldsOf: (entry: AppEntry, app: App) => Readonly<Record<string, Part | undefined>>,
])[] = [
  ['service', 'v1', 'Service', serviceFields],
  // Of an Ingress its certificates, without the Services behind it.
  [
    'ingress',
    'networking.k8s.io/v1',
    'Ingress',
    entry => ({ spec: mapPart(entry.at, { tls: tlsPart(entry) }) }),
  ],
  ['secrets', 'v1', 'Secret', secretFields],
  [
    'configMaps',
    'v1',
    'ConfigMap',
    ({ at, values }) => ({
      data: textsPart([{ at: [...at, 'data'], value: mapAt(values, 'data') }]),
    }),
  ],
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

type SpecOf = (app: App, controller: AppEntry) => Part;

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
      const { at } = controller;
      const written = textPart(controller, 'cronjob', 'schedule');
      const schedule = written ?? copied([...at, 'cronjob', 'schedule'], '');
      const jobTemplate = mapPart(at, { spec: jobSpec(app, controller) });
      return mapPart(at, { schedule, jobTemplate });
    },
  ],
  job: ['batch/v1', 'Job', jobSpec],
};

function jobSpec(app: App, controller: AppEntry): Part {
  return mapPart(controller.at, { template: templatePart(app, controller, 'Never') });
}

function lasting(app: App, controller: AppEntry, serviceName?: Part): Part {
  const { id, at } = controller;
  return mapPart(at, {
    serviceName,
    selector: mapPart(at, { matchLabels: copied(at, podLabels(app, id)) }),
    template: templatePart(app, controller),
  });
}

function podLabels({ release, fullname }: App, controller: string): JsonObject {
  return {
    'app.kubernetes.io/controller': controller,
    'app.kubernetes.io/instance': release.name,
    'app.kubernetes.io/name': fullname,
  };
}

function templatePart(app: App, controller: AppEntry, restartPolicy?: string): Part {
  const { id, at, values } = controller;
  const annotations = textsPart([
    {
      at: ['defaultPodOptions', 'annotations'],
      value: mapAt(app.values, 'defaultPodOptions', 'annotations'),
    },
    { at: [...at, 'pod', 'annotations'], value: mapAt(values, 'pod', 'annotations') },
  ]);
  const labels = copied(at, podLabels(app, id));
  const spec = mapPart(at, {
    serviceAccountName: accountPart(app, controller),
    restartPolicy: restartPolicy === undefined ? undefined : copied(at, restartPolicy),
    imagePullSecrets: pullPart(app, controller),
    initContainers: containersPart(app, controller, 'initContainers'),
    containers: containersPart(app, controller, 'containers'),
    volumes: volumesPart(app, id),
  });
  return mapPart(at, { metadata: mapPart(at, { labels, annotations }), spec });
}

function pullPart(app: App, { at, values }: AppEntry): Part | undefined {
  const pullSecrets = listAt(values, 'pod', 'imagePullSecrets');
  if (pullSecrets.length > 0) return copied([...at, 'pod', 'imagePullSecrets'], pullSecrets);
  const common = listAt(app.values, 'defaultPodOptions', 'imagePullSecrets');
  const place = ['defaultPodOptions', 'imagePullSecrets'];
  return common.length > 0 ? copied(place, common) : undefined;
}

function accountPart(app: App, { at, values }: AppEntry): Part | undefined {
  const { serviceAccount } = values;
  const place = [...at, 'serviceAccount'];
  const accounts = accountsOf(app);
  const [only, ...more] = accounts;
  if (!isMap(serviceAccount))
    return only === undefined || more.length > 0 ? undefined : copied(only.at, only.name);
  const id = textAt(serviceAccount, 'identifier');
  const entry = accounts.find(account => account.id === id);
  return entry === undefined
    ? textPart({ values: serviceAccount, at: place }, 'name')
    : copied([...place, 'identifier'], entry.name);
}

function serviceFields(service: AppEntry, app: App): Record<string, Part> {
  const spec = mapPart(service.at, {
    type: textPart(service, 'type'),
    externalName: textPart(service, 'externalName'),
    ports: portsPart(service),
    selector: selectorPart(app, service),
  });
  return { spec };
}

function selectorPart(app: App, { values, at }: AppEntry): Part {
  const [only] = entriesOf(app, 'controllers');
  const controller = textAt(values, 'controller') ?? only?.id ?? '';
  return copied(at, podLabels(app, controller));
}

function portsPart({ values, at }: AppEntry): Part | undefined {
  const ports = Object.entries(mapAt(values, 'ports')).flatMap(([name, port]) =>
    isMap(port) && port['enabled'] !== false && typeof port['port'] === 'number'
      ? [portPart(name, port, port['port'], [...at, 'ports', name])]
      : [],
  );
  return listPart([...at, 'ports'], ports);
}

function portPart(name: string, port: JsonObject, number: number, at: Path): Part {
  const { targetPort, protocol } = port;
  const isTarget = typeof targetPort === 'number' || typeof targetPort === 'string';
  return mapPart(at, {
    name: copied(at, name),
    port: copied([...at, 'port'], number),
    targetPort: isTarget ? copied([...at, 'targetPort'], targetPort) : undefined,
    protocol: protocol === 'UDP' ? copied([...at, 'protocol'], protocol) : undefined,
  });
}

function tlsPart({ values, at }: AppEntry): Part | undefined {
  const entries = mapsAt(values, at, 'tls').flatMap(({ map, path }) => {
    const secretName = textPart({ values: map, at: path }, 'secretName');
    return map['secretName'] ? [mapPart(path, { secretName })] : [];
  });
  return listPart([...at, 'tls'], entries);
}

const OWN = new Set(
  words(
    'apiVersion kind metadata enabled forceRename nameOverride prefix suffix labels annotations',
  ),
);

function rawResource(app: App, entry: AppEntry): Brought | undefined {
  const { manifest } = entry.values;
  const at = isMap(manifest) ? [...entry.at, 'manifest'] : entry.at;
  const values = isMap(manifest) ? manifest : entry.values;
  const [apiVersion, kind] = [textAt(values, 'apiVersion'), textAt(values, 'kind')];
  if (apiVersion === undefined || kind === undefined) return undefined;
  const fields = Object.keys(values).filter(field => !OWN.has(field));
  return appObject(app, entry, { apiVersion, kind }, picked(values, at, fields));
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
