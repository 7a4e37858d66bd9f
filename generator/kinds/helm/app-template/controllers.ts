import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, mapPart, type Part } from '../part.ts';
import { accountsOf } from './accounts.ts';
import { type App, type AppEntry, entriesOf } from './app.ts';
import { appObject, textsPart } from './app-object.ts';
import { containersPart } from './containers.ts';
import { volumesPart } from './volumes.ts';

/** The workloads of the controllers. */
export function workloads(app: App): Brought[] {
  return entriesOf(app, 'controllers').flatMap(controller => {
    const type = textAt(controller.values, 'type') ?? 'deployment';
    const make = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    return make === undefined ? [] : [make(app, controller)];
  });
}

type Make = (app: App, controller: AppEntry) => Brought;

const TYPES: Readonly<Record<string, Make>> = {
  deployment: lasting('Deployment'),
  daemonset: lasting('DaemonSet'),
  statefulset: lasting('StatefulSet'),
  cronjob: (app, controller) => {
    const { at, values } = controller;
    const place = [...at, 'cronjob', 'schedule'];
    const schedule = copied(place, textAt(values, 'cronjob', 'schedule') ?? '');
    const job = mapPart(at, { template: templatePart(app, controller, 'Never') });
    const spec = mapPart(at, { schedule, jobTemplate: mapPart(at, { spec: job }) });
    return appObject(app, controller, { apiVersion: 'batch/v1', kind: 'CronJob' }, { spec });
  },
  job: (app, controller) => {
    const template = templatePart(app, controller, 'Never');
    const spec = mapPart(controller.at, { template });
    return appObject(app, controller, { apiVersion: 'batch/v1', kind: 'Job' }, { spec });
  },
};

/** Pods that run until something replaces them. */
function lasting(kind: string): Make {
  return (app, controller) => {
    const { at } = controller;
    const isSet = kind === 'StatefulSet';
    const spec = mapPart(at, {
      serviceName: isSet ? copied(at, app.fullname) : undefined,
      selector: mapPart(at, { matchLabels: copied(at, podLabels(app, controller.id)) }),
      template: templatePart(app, controller),
    });
    return appObject(app, controller, { apiVersion: 'apps/v1', kind }, { spec });
  };
}

/** The labels by which controllers and Services find their pods. */
export function podLabels({ release, fullname }: App, controller: string): JsonObject {
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

/** The pod's own pull secrets replace those that hold for all pods. */
function pullPart(app: App, { at, values }: AppEntry): Part | undefined {
  const own = listAt(values, 'pod', 'imagePullSecrets');
  if (own.length > 0) return copied([...at, 'pod', 'imagePullSecrets'], own);
  const common = listAt(app.values, 'defaultPodOptions', 'imagePullSecrets');
  const place = ['defaultPodOptions', 'imagePullSecrets'];
  return common.length > 0 ? copied(place, common) : undefined;
}

/** The ServiceAccount that a controller names, or the only one of the values. */
function accountPart(app: App, { at, values }: AppEntry): Part | undefined {
  const { serviceAccount } = values;
  const place = [...at, 'serviceAccount'];
  const accounts = accountsOf(app);
  const [only, ...more] = accounts;
  if (!isMap(serviceAccount))
    return only === undefined || more.length > 0 ? undefined : copied(only.at, only.name);
  const id = textAt(serviceAccount, 'identifier');
  const entry = accounts.find(account => account.id === id);
  if (entry !== undefined) return copied([...place, 'identifier'], entry.name);
  const name = textAt(serviceAccount, 'name');
  return name === undefined ? undefined : copied([...place, 'name'], name);
}
