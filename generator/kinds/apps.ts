import type { Path } from '../core/finding.ts';
import type { JsonObject, Usual } from '../core/json.ts';
import { listAt, mapAt, mapsAt, scalarText, valueAt, withoutUsual, words } from '../core/json.ts';
import { CLAIM, fateOfSet } from './core/volumes.ts';
import type { Kind, Made, PlacedObject, PodFacts, PodSource } from './kind.ts';
import { changedPaths, fixedAt, madeAt, ofKubernetes, specOf } from './kind.ts';
import { annotatedSecret } from './onepassword.ts';

/** Where most workloads keep the spec of their pods. */
export const TEMPLATE_SPEC: Path = ['spec', 'template', 'spec'];

/** A change of the template, checksum annotations included, replaces the pods. */
export const templateSource: PodSource = {
  of: object => mapAt(object, 'spec', 'template'),
  has: ([first, second]) => first === 'spec' && second === 'template',
};

/** Pods of a template, which run until something replaces them. */
export const lastingPods: PodFacts = {
  path: TEMPLATE_SPEC,
  isLasting: () => true,
  restarts: 'always',
  source: templateSource,
};

/** Empty metadata says nothing. */
const METADATA: Usual = { labels: {}, annotations: {}, creationTimestamp: null };

/** A template of claims, of which the API server writes the version and the kind. */
const CLAIM_TEMPLATE: Usual = {
  apiVersion: ({ apiVersion = null }) => apiVersion,
  kind: ({ kind = null }) => kind,
  status: ({ status = null }) => status,
  metadata: METADATA,
  spec: CLAIM,
};

function rolling(pace: Usual): Usual {
  return { type: 'RollingUpdate', rollingUpdate: pace };
}

const PROBE: Usual = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  httpGet: { scheme: 'HTTP', path: '/' },
};

const NEEDED: Usual = { optional: false };

const CONTAINER: Usual = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  resources: {},
  stdin: false,
  stdinOnce: false,
  tty: false,
  env: [
    {
      value: '',
      valueFrom: { fieldRef: { apiVersion: 'v1' }, secretKeyRef: NEEDED, configMapKeyRef: NEEDED },
    },
  ],
  envFrom: [{ secretRef: NEEDED, configMapRef: NEEDED }],
  ports: [{ protocol: 'TCP' }],
  volumeMounts: [{ readOnly: false }],
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  imagePullPolicy: pullPolicy,
};

function pullPolicy({ image = '' }: JsonObject): string {
  const name = scalarText(image);
  if (name.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(name)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** Files have the mode 0644, and a projected token is valid for an hour. */
const FILES: Usual = { defaultMode: 420, ...NEEDED };
const SOURCE: Usual = {
  serviceAccountToken: { expirationSeconds: 3600 },
  secret: NEEDED,
  configMap: NEEDED,
};

/** Defaults of the API server (kubernetes/pkg/apis/core/v1/defaults.go), and empty values that mean nothing to it. */
export const POD: Usual = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  enableServiceLinks: true,
  securityContext: {},
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  containers: [CONTAINER],
  initContainers: [CONTAINER],
  ephemeralContainers: [CONTAINER],
  volumes: [
    {
      secret: FILES,
      configMap: FILES,
      downwardAPI: FILES,
      projected: { ...FILES, sources: [SOURCE] },
    },
  ],
  imagePullSecrets: [],
  tolerations: [],
  nodeSelector: {},
  // The older name of the field: the API server writes both.
  serviceAccount: ({ serviceAccountName = null }) => serviceAccountName,
};

/** The template of pods in a workload (kubernetes/pkg/apis/apps/v1/defaults.go). */
export const TEMPLATE: Usual = { metadata: METADATA, spec: POD };

/** No count of replicas is not one: where none is written, an autoscaler's stays. */
function workloadForm(spec: Usual): (object: JsonObject) => JsonObject {
  return withoutUsual({ spec: { ...spec, template: TEMPLATE } });
}

export const daemonSet: Kind = {
  ...ofKubernetes('apps', 'DaemonSet', '1.16'),
  isUnmistakable: true,
  pods: { ...lastingPods, desiredCount, rolloutTarget: ({ name }) => `daemonset/${name}` },
  changes: {
    fixed: fixedAt(['spec', 'selector']),
    normalForm: workloadForm({
      revisionHistoryLimit: 10,
      updateStrategy: rolling({ maxUnavailable: 1, maxSurge: 0 }),
    }),
  },
};

/** One on each node that it takes, which may be none (Kubernetes, DaemonSetStatus). */
function desiredCount({ json }: PlacedObject): number | undefined {
  const { desiredNumberScheduled, observedGeneration } = mapAt(json, 'status');
  const isOld = observedGeneration !== mapAt(json, 'metadata')['generation'];
  return isOld || typeof desiredNumberScheduled !== 'number' ? undefined : desiredNumberScheduled;
}

export const deployment: Kind = {
  ...ofKubernetes('apps', 'Deployment', '1.16'),
  isUnmistakable: true,
  pods: { ...lastingPods, rolloutTarget: ({ name }) => `deployment/${name}` },
  changes: {
    fixed: fixedAt(['spec', 'selector']),
    normalForm: workloadForm({
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      paused: false,
      minReadySeconds: 0,
      strategy: rolling({ maxUnavailable: '25%', maxSurge: '25%' }),
    }),
  },
  makes: object => [...annotatedSecret(object), ...memberlistSecret(object)],
};

/** The Secret that the controller of MetalLB makes for its speakers (docs/facts/operators.md#metallb). */
function memberlistSecret(object: PlacedObject): Made[] {
  return mapsAt(valueAt(object.json, TEMPLATE_SPEC), TEMPLATE_SPEC, 'containers')
    .flatMap(({ map, path }) => mapsAt(map, path, 'env'))
    .filter(({ map }) => map['name'] === 'METALLB_ML_SECRET_NAME')
    .flatMap(({ path }) =>
      madeAt(object, [...path, 'value'], ['secretkey'], { isShared: true, isInternal: true }),
    );
}

export const replicaSet: Kind = {
  ...ofKubernetes('apps', 'ReplicaSet', '1.16'),
  isUnmistakable: true,
  pods: { path: TEMPLATE_SPEC, restarts: 'always' },
  changes: { fixed: fixedAt(['spec', 'selector']), normalForm: workloadForm({}) },
};

const RETENTION = 'persistentVolumeClaimRetentionPolicy';

export const statefulSet: Kind = {
  ...ofKubernetes('apps', 'StatefulSet', '1.16'),
  isUnmistakable: true,
  pods: { ...lastingPods, rolloutTarget: ({ name }) => `statefulset/${name}` },
  data: {
    fate: (object, find) => {
      const claims = listAt(specOf(object), 'volumeClaimTemplates');
      const specs = claims.map(claim => mapAt(claim, 'spec'));
      return fateOfSet(object, [RETENTION], specs, find);
    },
  },
  changes: {
    normalForm: workloadForm({
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      minReadySeconds: 0,
      updateStrategy: rolling({ partition: 0 }),
      volumeClaimTemplates: [CLAIM_TEMPLATE],
      [RETENTION]: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
    /** All else in the spec is as it was made (ValidateStatefulSetUpdate). */
    fixed: (before, after) => {
      const specs = [before, after].map(side => mapAt(side, 'spec'));
      const fields = Object.keys({ ...specs[0], ...specs[1] }).filter(name => !MUTABLE.has(name));
      const paths = fields.map(field => ['spec', field]);
      return changedPaths(paths, before, after);
    },
  },
};

/** As ValidateStatefulSetUpdate has it. */
export const MUTABLE: ReadonlySet<string> = new Set(
  words(
    `minReadySeconds ordinals ${RETENTION} replicas revisionHistoryLimit template updateStrategy`,
  ),
);
