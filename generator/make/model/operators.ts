import { isMap, type JsonObject } from '../../ground/json.ts';
import {
  mutatingWebhooks,
  validatingWebhooks,
} from '../../kinds/admissionregistration/webhook-configurations.ts';
import { chartGroups } from '../../kinds/charts.ts';
import type { Kind } from '../../kinds/kind.ts';
import { clusterRole } from '../../kinds/rbac/cluster-role.ts';
import { clusterRoleBinding } from '../../kinds/rbac/cluster-role-binding.ts';
import type { ArgocdSpec } from '../spec/deployer-spec.ts';

/** The Helm chart of an operator, at a version that fits the manifests made here. */
interface Chart {
  readonly repository: string;
  readonly version: string;
  readonly namespace: string;
  /** What it makes that belongs to the cluster, besides CRDs. */
  readonly clusterKinds: readonly Kind[];
  readonly values: JsonObject;
}

/** An operator that Argo CD installs in every cluster. */
export interface Operator extends Chart {
  readonly name: string;
  /** The API groups whose CRDs it installs. */
  readonly groups: readonly string[];
}

const ROLES: readonly Kind[] = [clusterRole, clusterRoleBinding];

/**
 * The operators that Argo CD can install, by the names of their charts. Versions and kinds are
 * those of each project's chart: its index or release page, and its templates, in November 2026.
 */
const CHARTS: ReadonlyMap<string, Chart> = new Map([
  [
    'cloudnative-pg', // cloudnative-pg.io/charts/index.yaml: CNPG 1.30.0
    {
      repository: 'https://cloudnative-pg.github.io/charts',
      version: '0.29.0',
      namespace: 'cnpg-system',
      clusterKinds: [...ROLES, mutatingWebhooks, validatingWebhooks],
      values: {},
    },
  ],
  [
    'external-secrets', // charts.external-secrets.io/index.yaml: ESO 2.14.0 takes what is valid for 1.3.2
    {
      repository: 'https://charts.external-secrets.io',
      version: '2.14.0',
      namespace: 'external-secrets',
      clusterKinds: [...ROLES, validatingWebhooks],
      values: {},
    },
  ],
  [
    'opentelemetry-operator', // release opentelemetry-operator-0.126.0: operator 0.161.0
    {
      repository: 'https://open-telemetry.github.io/opentelemetry-helm-charts',
      version: '0.126.0',
      namespace: 'opentelemetry-operator-system',
      clusterKinds: [...ROLES, mutatingWebhooks, validatingWebhooks],
      values: {},
    },
  ],
  [
    'reloader', // Artifact Hub, stakater/reloader 2.2.9
    {
      repository: 'https://stakater.github.io/stakater-charts',
      version: '2.2.9',
      namespace: 'reloader',
      clusterKinds: ROLES,
      // Argo CD takes no annotation of pods for a change (docs/facts/reloader.md#strategy).
      values: { reloader: { reloadStrategy: 'annotations' } },
    },
  ],
]);

/** The operators that the spec switches on, sorted by name. */
export function operatorsOf({ operators = {} }: ArgocdSpec): Operator[] {
  return [...CHARTS].flatMap(([name, chart]) => {
    const given = operators[name];
    if (given === undefined) return [];
    return [
      {
        ...chart,
        ...given,
        name,
        groups: chartGroups(name),
        values: merged(chart.values, given.values ?? {}),
      },
    ];
  });
}

/** As Helm merges values, with sorted keys. null stays: it takes away a value of the chart. */
function merged(base: JsonObject, change: JsonObject): JsonObject {
  const entries = Object.entries({ ...base, ...change }).map(([name, value]) => {
    const before = isMap(base[name]) ? base[name] : {};
    return [name, isMap(value) ? merged(before, value) : value] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
