import type { Fault, Report } from '../../core/finding.ts';
import { isMap, type JsonObject, mapAt, mapValues, sortBy } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import type { Kind } from '../../kinds/kind.ts';
import { chartGroups } from '../../kinds/kinds.ts';
import {
  clusterRole,
  clusterRoleBinding,
  mutatingWebhooks,
  validatingWebhooks,
} from '../../kinds/kubernetes.ts';
import type { Product, ProductRelease, Versions } from '../../kinds/products.ts';
import { products, releaseOf } from '../../kinds/products.ts';
import type { SharedCluster } from '../shared-clusters.ts';
import type { ArgocdSpec, Named, Spec } from '../spec.ts';
import type { Model } from './model.ts';

interface Chart {
  readonly repository: string;
  readonly version: string;
  readonly namespace: string;
  /** The cluster-wide kinds that the chart makes, besides CRDs. */
  readonly clusterKinds: readonly Kind[];
  readonly values: JsonObject;
}

export type Operator = Chart & { readonly name: string; readonly groups: readonly string[] };

const ROLES: readonly Kind[] = [clusterRole, clusterRoleBinding];

/** By the names of their charts; versions and kinds are those of each project's chart in November 2026. */
const CHARTS: Readonly<Record<string, Chart>> = {
  // cloudnative-pg.io/charts/index.yaml: CNPG 1.30.0
  'cloudnative-pg': {
    repository: 'https://cloudnative-pg.github.io/charts',
    version: '0.29.0',
    namespace: 'cnpg-system',
    clusterKinds: [...ROLES, mutatingWebhooks, validatingWebhooks],
    values: {},
  },
  // charts.external-secrets.io/index.yaml: ESO 2.14.0 takes what is valid for 1.3.2
  'external-secrets': {
    repository: 'https://charts.external-secrets.io',
    version: '2.14.0',
    namespace: 'external-secrets',
    clusterKinds: [...ROLES, validatingWebhooks],
    values: {},
  },
  // release opentelemetry-operator-0.126.0: operator 0.161.0
  'opentelemetry-operator': {
    repository: 'https://open-telemetry.github.io/opentelemetry-helm-charts',
    version: '0.126.0',
    namespace: 'opentelemetry-operator-system',
    clusterKinds: [...ROLES, mutatingWebhooks, validatingWebhooks],
    values: {},
  },
  // Artifact Hub, stakater/reloader 2.2.9
  reloader: {
    repository: 'https://stakater.github.io/stakater-charts',
    version: '2.2.9',
    namespace: 'reloader',
    clusterKinds: ROLES,
    // Argo CD takes no annotation of pods for a change (docs/facts/reloader.md#strategy).
    values: { reloader: { reloadStrategy: 'annotations' } },
  },
};

/** The operators that the spec switches on, sorted by name. */
export function operatorsOf({ operators = {} }: ArgocdSpec): Operator[] {
  const chosen: Named<Partial<Chart>> = operators;
  return Object.entries(CHARTS).flatMap(([name, chart]) => {
    const options = chosen[name];
    if (options === undefined) return [];
    const values = merged(chart.values, options.values ?? {});
    return [{ ...chart, ...options, name, groups: chartGroups(name), values }];
  });
}

/** Merges as Helm merges values, with sorted keys. null stays: it removes a value of the chart. */
function merged(base: JsonObject, change: JsonObject): JsonObject {
  const values = mapValues({ ...base, ...change }, (value, name) =>
    isMap(value) ? merged(mapAt(base, name), value) : value,
  );
  return Object.fromEntries(sortBy(Object.entries(values), ([name]) => name));
}

export function resolveVersions({ versions: stated, cnpgVersion }: Spec, report: Report): Versions {
  const found = products.flatMap((product): [string, ProductRelease][] => {
    const version = stated?.[product.name];
    if (version === undefined) return [];
    const release = releaseOf(product, version);
    const { name, called } = product;
    if (isAmbiguous(product, version)) {
      const message = `version ${version} of ${called} may be meant as ${version}0: without quotes YAML reads both as one number`;
      const hint = `Write ${name}: "${version}0" or ${name}: "${version}", with quotes.`;
      report({ id: 'unquoted-version', message, hint, path: ['versions', name] });
    }
    if (release !== undefined) return [[name, release]];
    report({ ...unknownVersion(product, version), path: ['versions', name] });
    return [];
  });
  const versions: Versions = Object.fromEntries(found);
  const { name: running } = versions.cloudnativePg ?? {};
  if (cnpgVersion && running && !cnpgVersion.startsWith(`${running}.`)) {
    const message = `cnpgVersion is ${cnpgVersion}, and versions.cloudnativePg is ${running}: one operator runs`;
    const hint =
      'Take out the one that is not right; cnpgVersion is for operators that are older than 1.28.';
    report({ id: 'two-versions', message, hint, path: ['cnpgVersion'] });
  }
  return versions;
}

function isAmbiguous(product: Product, version: string | number): boolean {
  if (typeof version === 'string' || Number.isInteger(version)) return false;
  const longer = releaseOf(product, `${version}0`);
  const [newest] = product.releases;
  return longer?.isOpen === true && newest !== undefined && longer.at[1] <= newest.at[1];
}

export function unknownVersion(
  { called, releases }: Product,
  version: string | number,
): Pick<Required<Fault>, 'id' | 'message' | 'hint'> {
  const names = releases.map(({ name }) => name);
  const message = `version "${version}" of ${called} is not known`;
  return { id: 'unknown-version', message, hint: knownNames('versions', String(version), names) };
}

/** The versions that run in a cluster: those that any of its environments names. */
export function sharedVersions(models: ReadonlyMap<string, Pick<Model, 'versions'>>): Versions {
  const all = [...models.values()].map(({ versions }) => versions);
  return Object.assign({}, ...all.reverse());
}

/** Reports environments of one cluster that name different versions of a product. */
export function checkVersions(
  { name }: SharedCluster,
  models: ReadonlyMap<string, Pick<Model, 'versions'>>,
  report: (environment: string, fault: Fault) => void,
): void {
  const shared = sharedVersions(models);
  for (const [environment, { versions }] of models)
    for (const { name: product, called } of products) {
      const [version, first] = [versions[product]?.name, shared[product]?.name];
      if (version !== undefined && first !== undefined && version !== first)
        report(environment, {
          id: 'shared-version',
          message: `environments that share cluster "${name}" tell two versions of ${called}: ${first} and ${version}`,
          hint: `One of them runs in it: tell it once, as \`clusters: { ${name}: { versions: … } }\`.`,
          path: ['versions', product],
        });
    }
}
