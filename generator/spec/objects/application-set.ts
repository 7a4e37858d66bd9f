import type { Json, JsonObject } from '../../core/json.ts';
import { firstOfEach, mapValues, sortBy, words } from '../../core/json.ts';
import { groupOf, type KubeObject, optional } from '../../core/kube-object.ts';
import { matchesGlob } from '../../core/names.ts';
import { CNPG } from '../../kinds/cnpg/group.ts';
import { kindOf as knownKind } from '../../kinds/kinds.ts';
import type { Operator } from '../model/operators.ts';
import { type ComponentObjects, folderIn, type Named } from '../spec.ts';
import type { AppliedUnit, PlacedUnit } from './applied-units.ts';
import { clustersBefore, generatedLabels, needsAmong, placedUnits } from './applied-units.ts';
import type { ApplicationSets, ArgocdModel } from './argocd.ts';

interface ArgocdObjects {
  /** What a person applies: the AppProjects and the root Application. */
  readonly bootstrap: readonly KubeObject[];
  readonly applications: readonly KubeObject[];
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, Json>>>;
  readonly settings: KubeObject;
}

/** The AppProjects and Applications that apply the units, each in its cluster. */
export function argocdObjects(
  model: ArgocdModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): ArgocdObjects {
  const placed = placedUnits(model.clusters, units, components);
  const waves = wavesOf(model.operators, placed);
  const { sets } = model;
  const environments = sets === undefined ? [] : placed.filter(isEnvironment);
  return {
    bootstrap: [
      unitsProject(model, placed),
      rootProject(model),
      ...(model.operators.length > 0 ? [operatorsProject(model)] : []),
      rootApplication(model),
    ],
    applications: [
      ...(sets === undefined ? [] : [applicationSet(model, sets, waves.ofSet)]),
      ...unitApplications(model, placed, waves.ofUnit),
      ...operatorApplications(model, placed, waves.first),
    ],
    parameters: new Map(
      environments.map(unit => [`overlays/${unit.name}/${PARAMETERS}`, parametersOf(model, unit)]),
    ),
    settings: healthChecks(model),
  };
}

/** The file in an overlay that says where its Application applies it. */
export const PARAMETERS = 'argocd.yaml';

const STEP = 'rem-secrets.io/step';

/** Its Applications are the same as those that we write to Git without it (docs/facts/argocd.md#applicationsets). */
function applicationSet(model: ArgocdModel, sets: ApplicationSets, wave: number) {
  const { repoURL, path, targetRevision } = folderSource(model, `overlays/*/${PARAMETERS}`);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: {
      name: model.name,
      namespace: model.namespace,
      labels: generatedLabels(model.name),
      annotations: {
        'argocd.argoproj.io/sync-options': 'Delete=confirm,Prune=confirm',
        'argocd.argoproj.io/sync-wave': String(wave),
      },
    },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ git: { repoURL, revision: targetRevision, files: [{ path }] } } as JsonObject],
      preservedFields: { annotations: ['argocd.argoproj.io/deletion-approved'] },
      syncPolicy: { applicationsSync: 'sync', preserveResourcesOnDeletion: true },
      ...(sets.steps.length > 0 && { strategy: strategyOf(sets) }),
      template: templateOf(model, sets),
    },
  };
}

function templateOf(model: ArgocdModel, { steps }: ApplicationSets) {
  const { metadata, spec } = application(model, {
    name: `${model.name}-{{ .path.basename }}`,
    project: model.project,
    source: { ...folderSource(model, ''), path: '{{ .path.path }}' },
    destination: {
      name: '{{ .cluster.name }}',
      server: '{{ .cluster.server }}',
      namespace: '{{ .namespace }}',
    },
  });
  const { namespace: _, labels, ...others } = metadata;
  const step = steps.length > 0 ? { [STEP]: '{{ .step }}' } : {};
  return { metadata: { ...others, labels: { ...labels, ...step } }, spec };
}

/** The steps in their order: each begins when all Applications of the one before are healthy. */
function strategyOf({ steps }: ApplicationSets): JsonObject {
  return {
    type: 'RollingSync',
    rollingSync: {
      steps: steps.map(({ name, maxUpdate }) => ({
        matchExpressions: [{ key: STEP, operator: 'In', values: [name] }],
        ...(maxUpdate !== undefined && { maxUpdate }),
      })),
    },
  };
}

function parametersOf(model: ArgocdModel, { name, cluster, namespace = '' }: PlacedUnit) {
  const { namespace: _, ...place } = placeIn(model, cluster, namespace);
  const step = optional('step', model.sets?.stepOf.get(name));
  return { namespace, cluster: { name: '', server: '', ...place }, ...step };
}

/** Where an Application applies a unit. A shared cluster's objects have namespaces, so any allowed one will do. */
function placeOf(model: ArgocdModel, unit: PlacedUnit, units: readonly PlacedUnit[]): UnitPlace {
  const { cluster, namespace } = unit;
  const any = units.find(each => each.cluster === cluster && isEnvironment(each))?.namespace;
  return placeIn(model, cluster, namespace ?? any ?? '');
}

export const APPLICATIONS = 'argocd/applications';

function rootApplication(model: ArgocdModel): KubeObject {
  return application(model, {
    name: model.name,
    project: model.project + ROOT,
    wave: 0,
    source: folderSource(model, APPLICATIONS),
    destination: { server: 'https://kubernetes.default.svc', namespace: model.namespace },
  });
}

/** One Application for each environment, where no ApplicationSet makes them, and one for each shared cluster. */
function unitApplications(
  model: ArgocdModel,
  units: readonly PlacedUnit[],
  waveOf: (unit: PlacedUnit) => number,
): KubeObject[] {
  const inGit = model.sets === undefined ? units : units.filter(unit => !isEnvironment(unit));
  return inGit.map(unit =>
    application(model, {
      name: `${model.name}-${unit.name}`,
      project: model.project,
      wave: waveOf(unit),
      source: folderSource(model, unit.name === 'base' ? 'base' : `overlays/${unit.name}`),
      destination: placeOf(model, unit, units),
    }),
  );
}

/** An Application for each operator in each cluster: before the units if they need its CRDs, else in their first wave. */
function operatorApplications(model: ArgocdModel, units: readonly PlacedUnit[], first: number) {
  const { operators, clusters } = model;
  return [...clusters.keys()].flatMap(cluster =>
    operators.map(operator =>
      application(model, {
        name: `${model.name}-${cluster}-${operator.name}`,
        project: model.project + OPERATORS,
        wave: isNeeded(operator, units) ? 0 : first,
        source: {
          repoURL: operator.repository,
          chart: operator.name,
          targetRevision: operator.version,
          helm: { releaseName: operator.name, valuesObject: operator.values },
        },
        destination: placeIn(model, cluster, operator.namespace),
        isOperator: true,
      }),
    ),
  );
}

/** Lua, by group and kind; Argo CD loads no string library. Fields of status: api/v1 of cloudnative-pg 1.30.0. */
const CHECKS: Readonly<Record<string, string>> = {
  /* A failed sync that is retried is not the end: the root would give up on it. */
  'argoproj.io_Application': `
local hs = { status = "Progressing", message = "not looked at yet" }
if obj.status == nil then return hs end
local health = obj.status.health
if health ~= nil and health.status ~= nil then
  hs.status = health.status
  hs.message = health.message
end
local operation = obj.status.operationState
if hs.status == "Degraded" and operation ~= nil and operation.phase == "Running" then
  hs.status = "Progressing"
  hs.message = operation.message
end
return hs
`,
  /*
   * Argo CD's own check, but for an immutable Secret that was made once: ESO then reports that it cannot update the
   * Secret, and is never ready.
   */
  'external-secrets.io_ExternalSecret': `
local spec, status = obj.spec, obj.status or {}
for _, condition in ipairs(status.conditions or {}) do
  local isOld = spec.refreshPolicy == "OnChange"
    and (condition.lastTransitionTime or "") < (status.refreshTime or "")
  local isMade = spec.refreshPolicy == "CreatedOnce" and spec.target.immutable
    and condition.message == "could not update secret, target is immutable"
  if condition.type == "Ready" and not isOld then
    if condition.status == "True" then return { status = "Healthy", message = condition.message } end
    if isMade then return { status = "Healthy", message = "made once, and immutable" } end
    if condition.status == "False" then return { status = "Degraded", message = condition.message } end
  end
end
return { status = "Progressing", message = "waiting for the Secret" }
`,
  /* CNPG sets observedGeneration only when it has applied that generation. */
  [`${CNPG}_Database`]: `
local status = obj.status or {}
if status.applied == false then
  return { status = "Degraded", message = status.message }
end
if status.applied and status.observedGeneration == obj.metadata.generation then
  return { status = "Healthy" }
end
return { status = "Progressing", message = status.message or "waiting for the database" }
`,
  /* Argo CD's "Suspended" would hold up the next waves, although somebody wants it so. */
  [`${CNPG}_ScheduledBackup`]: `
local status = obj.status or {}
if status.error ~= nil and status.error ~= "" then
  return { status = "Degraded", message = status.error }
end
if obj.spec.suspend then
  return { status = "Healthy", message = "suspended" }
end
if status.lastCheckTime ~= nil then
  return { status = "Healthy" }
end
return { status = "Progressing", message = "not scheduled yet" }
`,
};

function healthChecks({ namespace }: ArgocdModel): KubeObject {
  const data = Object.entries(CHECKS).map(([kind, script]) => [
    `resource.customizations.health.${kind}`,
    script.trimStart(),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', namespace, labels: { 'app.kubernetes.io/part-of': 'argocd' } },
    data: Object.fromEntries(data),
  };
}

const ROOT = '-root';
const OPERATORS = '-operators';

function unitsProject(model: ArgocdModel, units: readonly PlacedUnit[]): KubeObject {
  const objects = units.flatMap(({ all }) => all);
  const ofSpec = new Set(units.flatMap(unit => unit.objects.map(({ object }) => object)));
  const isOfCluster = (object: KubeObject): boolean => isClusterObject(object, ofSpec.has(object));
  const patternOf = (namespace: string): string =>
    model.sets?.namespaces.find(glob => matchesGlob(glob, namespace)) ?? namespace;
  const description = `The environments of ${model.name} and the clusters that they share`;
  return appProject(model, model.project, description, {
    sourceRepos: [model.spec.repository],
    destinations: units.flatMap(unit => {
      const place = placeOf(model, unit, units);
      const others = unit.all.flatMap(({ metadata }) => metadata.namespace ?? []);
      const patterns = [place.namespace, ...others].map(patternOf);
      return patterns.map(namespace => ({ ...place, namespace }));
    }),
    clusterResourceWhitelist: objects.filter(isOfCluster).map(object => {
      const { name } = object.metadata;
      return { ...kindOf(object), name: object.kind === 'Namespace' ? patternOf(name) : name };
    }),
    namespaceResourceWhitelist: objects.filter(object => !isOfCluster(object)).map(kindOf),
  });
}

/** Whether an object is cluster-wide. One of the spec whose kind we do not know is if it has no namespace. */
function isClusterObject(object: KubeObject, isOfSpec: boolean): boolean {
  const kind = knownKind(groupOf(object), object.kind);
  if (kind !== undefined || !isOfSpec) return kind?.isOfCluster === true;
  return object.metadata.namespace === undefined;
}

/** The project of the root Application alone: whoever may make Applications may choose any project for them. */
function rootProject(model: ArgocdModel): KubeObject {
  const { namespace, name } = model;
  const description = `The root Application of ${name}, which makes Applications and nothing else`;
  return appProject(model, model.project + ROOT, description, {
    sourceRepos: [model.spec.repository],
    destinations: [{ server: 'https://kubernetes.default.svc', namespace }],
    clusterResourceWhitelist: [],
    namespaceResourceWhitelist: [
      { group: 'argoproj.io', kind: 'Application' },
      ...(model.sets === undefined ? [] : [{ group: 'argoproj.io', kind: 'ApplicationSet' }]),
    ],
  });
}

function operatorsProject(model: ArgocdModel): KubeObject {
  const { operators, clusters } = model;
  const namespaces = operators.map(({ namespace }) => namespace);
  const description = `The operators that ${model.name} needs`;
  return appProject(model, model.project + OPERATORS, description, {
    sourceRepos: operators.map(({ repository }) => repository),
    destinations: [...clusters.keys()].flatMap(cluster =>
      namespaces.map(namespace => placeIn(model, cluster, namespace)),
    ),
    clusterResourceWhitelist: [
      ...namespaces.map(name => ({ group: '', kind: 'Namespace', name })),
      ...operators.flatMap(({ groups }) =>
        groups.map(group => ({ ...DEFINITION, name: `*.${group}` })),
      ),
      ...operators.flatMap(entry => entry.clusterKinds).map(({ group, kind }) => ({ group, kind })),
    ],
    namespaceResourceWhitelist: CHART_KINDS,
  });
}

const DEFINITION = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' };

const CHART_KINDS = Object.entries({
  '': 'ConfigMap Secret Service ServiceAccount',
  apps: 'Deployment',
  'cert-manager.io': 'Certificate Issuer',
  'monitoring.coreos.com': 'PodMonitor ServiceMonitor',
  'networking.k8s.io': 'NetworkPolicy',
  policy: 'PodDisruptionBudget',
  'rbac.authorization.k8s.io': 'Role RoleBinding',
}).flatMap(([group, kinds]) => words(kinds).map(kind => ({ group, kind })));

function kindOf(object: KubeObject): Readonly<Record<'group' | 'kind', string>> {
  return { group: groupOf(object), kind: object.kind };
}

/** Allows only what its Applications need; names of cluster-scoped objects are looked at since Argo CD 3.3. */
function appProject(
  { name: spec, namespace }: ArgocdModel,
  name: string,
  description: string,
  allowed: Named<readonly unknown[]>,
): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace, labels: generatedLabels(spec) },
    spec: { description, ...mapValues(allowed, distinct) },
  };
}

/** The items sorted and without repetition: Argo CD refuses a project that names a destination twice. */
function distinct<T>(items: readonly T[]): T[] {
  const textOf = (item: T): string => JSON.stringify(item);
  return sortBy(firstOfEach(items, textOf), textOf);
}

interface ApplicationParts {
  readonly name: string;
  readonly project: string;
  /** Its sync wave in the root Application; Applications of an ApplicationSet have none. */
  readonly wave?: number;
  readonly source: JsonObject;
  readonly destination: UnitPlace | Required<Record<'name' | 'server' | 'namespace', string>>;
  readonly isOperator?: true;
}

/**
 * An Argo CD Application. It has no finalizer: deleting it leaves what it applied. Retry, because
 * a CNPG cluster that changes and an ExternalSecret whose Secret is not there yet count as failed
 * (docs/facts/argocd.md#waves-and-health); server-side diff, because webhooks and CRDs fill in
 * fields (docs/facts/argocd.md#differences, docs/facts/cnpg.md#filled-in-by-the-webhook).
 */
function application(model: ArgocdModel, parts: ApplicationParts): KubeObject {
  const { name, project, wave, source, destination, isOperator = false } = parts;
  const syncOptions = ['ServerSideApply=true', ...(isOperator ? ['CreateNamespace=true'] : [])];
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: model.namespace,
      labels: generatedLabels(model.name),
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        ...(wave !== undefined && { 'argocd.argoproj.io/sync-wave': String(wave) }),
      },
    },
    spec: {
      project,
      source,
      destination,
      // A CRD of an operator would take all its objects with it.
      syncPolicy: { automated: { prune: !isOperator, selfHeal: true }, retry: RETRY, syncOptions },
    },
  };
}

const BACKOFF = { duration: '10s', factor: 2, maxDuration: '5m' };
const RETRY = { limit: 10, backoff: BACKOFF, refresh: true };

function folderSource({ spec }: ArgocdModel, folder: string): JsonObject {
  const path = folderIn(spec.path);
  return {
    repoURL: spec.repository,
    path: path === '' ? folder : `${path}/${folder}`,
    targetRevision: spec.revision ?? 'HEAD',
  };
}

/**
 * Sync waves in the root Application. `first` is that of units that need no other unit: after the operators, if any unit
 * needs one. An environment comes after the shared cluster whose objects it needs. An ApplicationSet has the wave of the
 * last environment; or the first, if a shared cluster would wait for an environment that it needs.
 */
function wavesOf(operators: readonly Operator[], units: readonly PlacedUnit[]) {
  const first = operators.some(operator => isNeeded(operator, units)) ? 1 : 0;
  const [before, neededBy] = [clustersBefore(units), needsAmong(units)];
  const ofUnit = (unit: PlacedUnit): number => first + (before(unit).length > 0 ? 1 : 0);
  const isWaiting = units.some(unit => !isEnvironment(unit) && neededBy(unit).length > 0);
  const ofSet = isWaiting ? first : Math.max(0, ...new Set(units.map(ofUnit)));
  return { first, ofUnit, ofSet };
}

/** Whether any object is of a kind whose CRD the operator installs. */
function isNeeded({ groups }: Operator, applied: readonly PlacedUnit[]): boolean {
  return applied.some(({ objects }) => objects.some(made => groups.includes(groupOf(made.object))));
}

/** Where an Application applies to: a cluster, and the namespace of objects that name none. */
type UnitPlace = ({ readonly name: string } | { readonly server: string }) & {
  readonly namespace: string;
};

/** A namespace of a cluster, by the name or address that the spec gives the cluster. */
function placeIn({ spec }: ArgocdModel, cluster: string, namespace: string): UnitPlace {
  const place = spec.clusters[cluster] ?? '';
  return { ...(/^https?:\/\//.test(place) ? { server: place } : { name: place }), namespace };
}

/** Whether a unit is an environment, and not a cluster that several share. */
function isEnvironment({ namespace }: AppliedUnit): boolean {
  return namespace !== undefined;
}
