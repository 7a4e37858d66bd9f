import type { Path } from '../../core/finding.ts';

/** A map of Kubernetes whose fields the spec takes: its schema, below `schemas/`, and its path in the built object. */
export interface Level {
  readonly schema: string;
  readonly at: Path;
  /** Fields that belong to another level, or that the spec has under a name of its own. */
  readonly without: readonly string[];
  /** For a field that is a map: which of its fields a plain value stands for, if that is not `type`. */
  readonly words: Readonly<Record<string, string>>;
}

function level(
  schema: string,
  at: Path,
  without: readonly string[] = [],
  words: Level['words'] = {},
): Level {
  return { schema, at, without, words };
}

function kubernetes(definition: string, at: Path, without: readonly string[] = []): Level {
  return level(`kubernetes.json#/definitions/${definition}`, at, without);
}

function container(at: Path): Level {
  const others = 'name livenessProbe readinessProbe startupProbe securityContext volumeMounts';
  return kubernetes('core.v1.Container', at, others.split(' '));
}

const CNPG = 'postgresql.cnpg.io/';

const CNPG_CLUSTER = `${CNPG}cluster_v1.json#/properties/spec`;

const OBJECT_STORE = 'barmancloud.cnpg.io/objectstore_v1.json#/properties/spec';

const ARCHIVE: readonly Level[] = [
  level(`${OBJECT_STORE}/properties/configuration`, ['configuration']),
  level(`${CNPG}cluster_v1.json#/definitions/barmanObjectStore`, ['configuration']),
  level(OBJECT_STORE, ['store'], ['configuration']),
];

function pods(controller: string, at: Path = ['spec']): Level[] {
  const templates = ['selector', 'template', 'jobTemplate', 'volumeClaimTemplates'];
  const ofPods =
    'containers initContainers ephemeralContainers resources securityContext serviceAccountName';
  return [
    kubernetes(controller, at, templates),
    kubernetes('core.v1.PodSpec', [...at, 'template', 'spec'], ofPods.split(' ')),
    container([...at, 'template', 'spec', 'containers', 0]),
  ];
}

/** The levels by definition of the JSON Schema and by kind, the outermost first: it gets a field that two levels have. */
export const LEVELS: Readonly<Record<LevelledPart, Readonly<Record<string, readonly Level[]>>>> = {
  workload: {
    Deployment: pods('apps.v1.DeploymentSpec'),
    StatefulSet: pods('apps.v1.StatefulSetSpec'),
    DaemonSet: pods('apps.v1.DaemonSetSpec'),
    Job: pods('batch.v1.JobSpec'),
    CronJob: [
      kubernetes('batch.v1.CronJobSpec', ['spec'], ['jobTemplate']),
      ...pods('batch.v1.JobSpec', ['spec', 'jobTemplate', 'spec']),
    ],
    OpenTelemetryCollector: [
      level('opentelemetry.io/opentelemetrycollector_v1beta1.json#/properties/spec', ['spec']),
    ],
  },
  container: { container: [container([])] },
  probe: {
    probe: [kubernetes('core.v1.Probe', []), kubernetes('core.v1.HTTPGetAction', ['httpGet'])],
  },
  volume: {
    volume: [
      kubernetes('core.v1.Volume', ['volume'], ['name']),
      kubernetes('core.v1.VolumeMount', ['mount'], ['name', 'mountPath']),
    ],
  },
  security: {
    security: [
      kubernetes('core.v1.PodSecurityContext', ['pod']),
      kubernetes('core.v1.SecurityContext', ['container']),
    ],
  },
  service: { service: [kubernetes('core.v1.ServiceSpec', ['spec'], ['selector'])] },
  database: {
    Cluster: [
      level(
        CNPG_CLUSTER,
        ['spec'],
        ['bootstrap', 'enableSuperuserAccess', 'imageName', 'managed', 'superuserSecret'],
        { monitoring: 'enablePodMonitor' },
      ),
      level(`${CNPG_CLUSTER}/properties/bootstrap`, ['spec', 'bootstrap']),
      level(`${CNPG_CLUSTER}/properties/managed`, ['spec', 'managed']),
    ],
  },
  storage: { storage: [level(`${CNPG}cluster_v1.json#/definitions/storage2`, [])] },
  role: {
    role: [
      level(
        `${CNPG_CLUSTER}/properties/managed/properties/roles/items`,
        [],
        ['name', 'passwordSecret'],
      ),
    ],
  },
  backup: {
    backup: [
      ...ARCHIVE,
      level(`${CNPG_CLUSTER}/properties/backup`, ['backup'], ['barmanObjectStore']),
    ],
  },
  externalCluster: {
    externalCluster: [
      level(
        `${CNPG_CLUSTER}/properties/externalClusters/items`,
        ['cluster'],
        ['name', 'barmanObjectStore'],
      ),
      ...ARCHIVE,
    ],
  },
  recovery: {
    recovery: [level(`${CNPG_CLUSTER}/properties/bootstrap/properties/recovery`, [], ['source'])],
  },
  store: {
    ClusterSecretStore: [store('clustersecretstore', ['provider'])],
    // The namespaces of `conditions` are none of it.
    SecretStore: [store('secretstore', ['provider', 'conditions'])],
  },
  scheduledBackup: {
    scheduledBackup: [level(`${CNPG}scheduledbackup_v1.json#/properties/spec`, [], ['cluster'])],
  },
};

function store(kind: string, without: readonly string[]): Level {
  return level(`external-secrets.io/${kind}_v1.json#/properties/spec`, ['spec'], without);
}

/** A part of the spec that takes fields under their Kubernetes names. */
export type LevelledPart =
  | 'workload'
  | 'container'
  | 'probe'
  | 'volume'
  | 'security'
  | 'service'
  | 'database'
  | 'storage'
  | 'role'
  | 'backup'
  | 'externalCluster'
  | 'recovery'
  | 'scheduledBackup'
  | 'store';
