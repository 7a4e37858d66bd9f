import type { Path } from '../../generator/core/finding.ts';
import { mapValues } from '../../generator/core/json.ts';
import type { LevelledPart } from '../../generator/spec/own-fields.ts';

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

/** The levels of a part, the outermost first: it gets a field that two of them have. */
type Levels = readonly Level[];

/** By definition of the JSON Schema; a part that has several kinds has the levels of each. */
const PARTS: Readonly<Record<LevelledPart, Levels | Readonly<Record<string, Levels>>>> = {
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
  container: [container([])],
  probe: [kubernetes('core.v1.Probe', []), kubernetes('core.v1.HTTPGetAction', ['httpGet'])],
  volume: [
    kubernetes('core.v1.Volume', ['volume'], ['name']),
    kubernetes('core.v1.VolumeMount', ['mount'], ['name', 'mountPath']),
  ],
  security: [
    kubernetes('core.v1.PodSecurityContext', ['pod']),
    kubernetes('core.v1.SecurityContext', ['container']),
  ],
  service: [kubernetes('core.v1.ServiceSpec', ['spec'], ['selector'])],
  database: [
    level(
      CNPG_CLUSTER,
      ['spec'],
      ['bootstrap', 'enableSuperuserAccess', 'imageName', 'managed', 'superuserSecret'],
      { monitoring: 'enablePodMonitor' },
    ),
    level(`${CNPG_CLUSTER}/properties/bootstrap`, ['spec', 'bootstrap']),
    level(`${CNPG_CLUSTER}/properties/managed`, ['spec', 'managed']),
  ],
  storage: [level(`${CNPG}cluster_v1.json#/definitions/storage2`, [])],
  role: [
    level(
      `${CNPG_CLUSTER}/properties/managed/properties/roles/items`,
      [],
      ['name', 'passwordSecret'],
    ),
  ],
  backup: [
    ...ARCHIVE,
    level(`${CNPG_CLUSTER}/properties/backup`, ['backup'], ['barmanObjectStore']),
  ],
  externalCluster: [
    level(
      `${CNPG_CLUSTER}/properties/externalClusters/items`,
      ['cluster'],
      ['name', 'barmanObjectStore'],
    ),
    ...ARCHIVE,
  ],
  recovery: [level(`${CNPG_CLUSTER}/properties/bootstrap/properties/recovery`, [], ['source'])],
  store: {
    ClusterSecretStore: [store('clustersecretstore', ['provider'])],
    // The namespaces of `conditions` are none of it.
    SecretStore: [store('secretstore', ['provider', 'conditions'])],
  },
  scheduledBackup: [level(`${CNPG}scheduledbackup_v1.json#/properties/spec`, [], ['cluster'])],
};

/** The levels of each part by kind; the only kind of a part has its name. */
export const LEVELS: Readonly<Record<string, Readonly<Record<string, Levels>>>> = mapValues(
  PARTS,
  (levels, part) => ('length' in levels ? { [part]: levels as Levels } : levels),
);

function store(kind: string, without: readonly string[]): Level {
  return level(`external-secrets.io/${kind}_v1.json#/properties/spec`, ['spec'], without);
}
