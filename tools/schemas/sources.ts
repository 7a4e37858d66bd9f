import type { GoModule } from './go-module.ts';

/** A module with CustomResourceDefinitions: the files in `folder`, or only those of `files`. */
export interface CustomSource {
  readonly module: GoModule;
  readonly folder: string;
  readonly files?: readonly string[];
  /** Versions of which it is kept what is different in them. */
  readonly others?: readonly Release[];
}

/** Another version of a module, with its sum. */
export type Release = Pick<GoModule, 'sum' | 'version'>;

/** The module that holds the OpenAPI document of Kubernetes itself. */
export const coreModule: GoModule = {
  path: 'k8s.io/kubernetes',
  version: 'v1.36.3',
  sum: 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
  licence: 'Apache-2.0',
};

/** Other versions of it. */
export const coreOthers: readonly Release[] = [
  { version: 'v1.35.4', sum: 'h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=' },
  { version: 'v1.34.4', sum: 'h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=' },
];

/** Where in `coreModule` the OpenAPI document is. */
export const coreFile = 'api/openapi-spec/swagger.json';

/** The kinds of Kubernetes itself for which there is a schema. */
export const coreKinds: Readonly<Record<string, readonly string[]>> = {
  v1: [
    'ConfigMap',
    'LimitRange',
    'Namespace',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'admissionregistration.k8s.io/v1': [
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'apps/v1': ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'autoscaling/v1': ['HorizontalPodAutoscaler'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'coordination.k8s.io/v1': ['Lease'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'storage.k8s.io/v1': ['StorageClass'],
};

/** The modules whose CustomResourceDefinitions become schemas. */
export const customSources: readonly CustomSource[] = [
  {
    module: {
      path: 'github.com/external-secrets/external-secrets',
      version: 'v1.3.2',
      sum: 'h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=',
      licence: 'Apache-2.0',
    },
    folder: 'config/crds/bases',
  },
  {
    module: {
      path: 'github.com/cloudnative-pg/cloudnative-pg',
      version: 'v1.30.0',
      sum: 'h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=',
      licence: 'Apache-2.0',
    },
    others: [
      { version: 'v1.29.1', sum: 'h1:ZNEt1TMlnQKXI1kho2UqQuqdfvIvjGln4kN7C1lsmGA=' },
      { version: 'v1.28.2', sum: 'h1:KSvRDBci7Q6XYrfFq1fCRa5mKRUGuRWovcjajNfRV3U=' },
    ],
    folder: 'config/crd/bases',
  },
  {
    module: {
      path: 'github.com/cloudnative-pg/plugin-barman-cloud',
      version: 'v0.15.0',
      sum: 'h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=',
      licence: 'Apache-2.0',
    },
    folder: 'config/crd/bases',
  },
  {
    module: {
      path: 'github.com/open-telemetry/opentelemetry-operator',
      version: 'v0.140.0',
      sum: 'h1:yHwVEn1vjQ7n9OoOZX/rsgur+YozIKNjCoWSk6EAhvw=',
      licence: 'Apache-2.0',
    },
    folder: 'config/crd/bases',
    files: [
      'opentelemetry.io_instrumentations.yaml',
      'opentelemetry.io_opentelemetrycollectors.yaml',
    ],
  },
  {
    module: {
      path: 'github.com/argoproj/argo-cd/v3',
      version: 'v3.5.7',
      sum: 'h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=',
      licence: 'Apache-2.0',
    },
    folder: 'manifests/crds',
  },
  {
    module: {
      path: 'github.com/fluxcd/kustomize-controller',
      version: 'v1.9.5',
      sum: 'h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc=',
      licence: 'Apache-2.0',
    },
    folder: 'config/crd/bases',
  },
  {
    module: {
      path: 'github.com/fluxcd/source-controller',
      version: 'v1.9.5',
      sum: 'h1:MFPyCodUi9hZIMaKDsC/rYbNoyzpvrAdrPVixj7W9F0=',
      licence: 'Apache-2.0',
    },
    folder: 'config/crd/bases',
    files: [
      'source.toolkit.fluxcd.io_gitrepositories.yaml',
      'source.toolkit.fluxcd.io_helmrepositories.yaml',
      'source.toolkit.fluxcd.io_ocirepositories.yaml',
    ],
  },
];
