import type { Path } from '../../core/finding.ts';

/** A map with fields of Kubernetes' own names: its schema, below `schemas/`, and where it is in what is built. */
export interface Level {
  readonly schema: string;
  readonly at: Path;
  /** Fields that stand at another level, or that the spec has in words of its own. */
  readonly without?: readonly string[];
  /** Of a field that is a map, the field of it that a value alone is; `type` needs no mention. */
  readonly words?: Readonly<Record<string, string>>;
}

const KUBERNETES = 'kubernetes.json#/definitions/';

const CONTAINER: Omit<Level, 'at'> = {
  schema: `${KUBERNETES}core.v1.Container`,
  without: [
    'name',
    'livenessProbe',
    'readinessProbe',
    'startupProbe',
    'securityContext',
    'volumeMounts',
  ],
};

const CNPG = 'postgresql.cnpg.io/';

const CNPG_CLUSTER = `${CNPG}cluster_v1.json#/properties/spec`;

const OBJECT_STORE = 'barmancloud.cnpg.io/objectstore_v1.json#/properties/spec';

/** Where Barman keeps the log and the backups of a CNPG Cluster: an ObjectStore, or the same fields in the Cluster. */
const ARCHIVE: readonly Level[] = [
  { schema: `${OBJECT_STORE}/properties/configuration`, at: ['configuration'] },
  { schema: `${CNPG}cluster_v1.json#/definitions/barmanObjectStore`, at: ['configuration'] },
  { schema: OBJECT_STORE, at: ['store'], without: ['configuration'] },
];

/** What a controller, a pod and its first container say, from the outside in. */
function pods(controller: string, at: Path = ['spec']): Level[] {
  return [
    {
      schema: `${KUBERNETES}${controller}`,
      at,
      without: ['selector', 'template', 'jobTemplate', 'volumeClaimTemplates'],
    },
    {
      schema: `${KUBERNETES}core.v1.PodSpec`,
      at: [...at, 'template', 'spec'],
      // `resources` are those of the container.
      without: [
        'containers',
        'initContainers',
        'ephemeralContainers',
        'resources',
        'securityContext',
        'serviceAccount',
        'serviceAccountName',
      ],
    },
    { ...CONTAINER, at: [...at, 'template', 'spec', 'containers', 0] },
  ];
}

/**
 * The parts of a spec that take fields of Kubernetes' own names, by their definitions in its JSON Schema, and the
 * levels of the kinds that they become, from the outside in: of two levels with a field the first has it. A field that
 * the definition explains itself means what is said there.
 */
export const LEVELS: Readonly<Record<LevelledPart, Readonly<Record<string, readonly Level[]>>>> = {
  workload: {
    Deployment: pods('apps.v1.DeploymentSpec'),
    StatefulSet: pods('apps.v1.StatefulSetSpec'),
    DaemonSet: pods('apps.v1.DaemonSetSpec'),
    Job: pods('batch.v1.JobSpec'),
    CronJob: [
      { schema: `${KUBERNETES}batch.v1.CronJobSpec`, at: ['spec'], without: ['jobTemplate'] },
      ...pods('batch.v1.JobSpec', ['spec', 'jobTemplate', 'spec']),
    ],
    OpenTelemetryCollector: [
      {
        schema: 'opentelemetry.io/opentelemetrycollector_v1beta1.json#/properties/spec',
        at: ['spec'],
      },
    ],
  },
  container: { container: [{ ...CONTAINER, at: [] }] },
  probe: {
    probe: [
      { schema: `${KUBERNETES}core.v1.Probe`, at: [] },
      { schema: `${KUBERNETES}core.v1.HTTPGetAction`, at: ['httpGet'] },
    ],
  },
  volume: {
    volume: [
      { schema: `${KUBERNETES}core.v1.Volume`, at: ['volume'], without: ['name'] },
      { schema: `${KUBERNETES}core.v1.VolumeMount`, at: ['mount'], without: ['name', 'mountPath'] },
    ],
  },
  security: {
    security: [
      { schema: `${KUBERNETES}core.v1.PodSecurityContext`, at: ['pod'] },
      { schema: `${KUBERNETES}core.v1.SecurityContext`, at: ['container'] },
    ],
  },
  service: {
    service: [{ schema: `${KUBERNETES}core.v1.ServiceSpec`, at: ['spec'], without: ['selector'] }],
  },
  database: {
    Cluster: [
      {
        schema: CNPG_CLUSTER,
        at: ['spec'],
        without: ['bootstrap', 'enableSuperuserAccess', 'imageName', 'managed', 'superuserSecret'],
        words: { monitoring: 'enablePodMonitor' },
      },
      {
        schema: `${CNPG_CLUSTER}/properties/bootstrap`,
        at: ['spec', 'bootstrap'],
      },
      { schema: `${CNPG_CLUSTER}/properties/managed`, at: ['spec', 'managed'] },
    ],
  },
  storage: { storage: [{ schema: `${CNPG}cluster_v1.json#/definitions/storage2`, at: [] }] },
  role: {
    role: [
      {
        schema: `${CNPG_CLUSTER}/properties/managed/properties/roles/items`,
        at: [],
        without: ['name', 'passwordSecret'],
      },
    ],
  },
  backup: {
    backup: [
      ...ARCHIVE,
      {
        schema: `${CNPG_CLUSTER}/properties/backup`,
        at: ['backup'],
        without: ['barmanObjectStore'],
      },
    ],
  },
  externalCluster: {
    externalCluster: [
      {
        schema: `${CNPG_CLUSTER}/properties/externalClusters/items`,
        at: ['cluster'],
        without: ['name', 'barmanObjectStore'],
      },
      ...ARCHIVE,
    ],
  },
  recovery: {
    recovery: [
      {
        schema: `${CNPG_CLUSTER}/properties/bootstrap/properties/recovery`,
        at: [],
        without: ['source'],
      },
    ],
  },
  store: {
    ClusterSecretStore: [
      {
        schema: 'external-secrets.io/clustersecretstore_v1.json#/properties/spec',
        at: ['spec'],
        without: ['provider'],
      },
    ],
    // The namespaces of `conditions` are none of it.
    SecretStore: [
      {
        schema: 'external-secrets.io/secretstore_v1.json#/properties/spec',
        at: ['spec'],
        without: ['provider', 'conditions'],
      },
    ],
  },
  scheduledBackup: {
    scheduledBackup: [
      {
        schema: `${CNPG}scheduledbackup_v1.json#/properties/spec`,
        at: [],
        without: ['cluster'],
      },
    ],
  },
};

/** A part of the spec that takes fields of Kubernetes' own names. */
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
