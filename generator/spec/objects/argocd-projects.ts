import { groupOf, type KubeObject } from '../../core/kube-object.ts';
import { CNPG } from '../../kinds/cnpg/group.ts';
import { kindOf as knownKind } from '../../kinds/kinds.ts';
import { type ArgocdModel, isFit } from '../model/argocd.ts';
import { type AllowedKind, appProject, type PlacedUnit, type UnitPlace } from './argocd.ts';

/**
 * Health checks that Argo CD lacks or has otherwise, by group and kind, in Lua; Argo CD loads no string library.
 * Fields of status: api/v1 of cloudnative-pg 1.30.0.
 */
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

/** What Argo CD's own settings need: a patch of its argocd-cm. */
export function healthChecks({ namespace }: ArgocdModel): KubeObject {
  const data = Object.entries(CHECKS).map(([kind, script]) => [
    `resource.customizations.health.${kind}`,
    script.trimStart(),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: Object.fromEntries(data),
  };
}

/** Endings of the names of the projects that are not the environments'. */
export const ROOT = '-root';
export const OPERATORS = '-operators';

/** The project of the environments and clusters: exactly the kinds and places of their objects. */
export function unitsProject(model: ArgocdModel, units: readonly PlacedUnit[]): KubeObject {
  const objects = units.flatMap(({ all }) => all);
  const ofSpec = new Set(units.flatMap(unit => unit.objects.map(({ object }) => object)));
  const isOfCluster = (object: KubeObject): boolean => isClusterObject(object, ofSpec.has(object));
  return appProject(model, {
    name: model.project,
    description: `The environments of ${model.name} and the clusters that they share`,
    sourceRepos: [model.repository],
    destinations: units.flatMap(placesOf).map(place => withPattern(place, 'namespace', model)),
    clusterKinds: objects
      .filter(isOfCluster)
      .map(namedKind)
      .map(kind => (kind.kind === 'Namespace' ? withPattern(kind, 'name', model) : kind)),
    namespacedKinds: objects.filter(object => !isOfCluster(object)).map(kindOf),
  });
}

/** Replaces a namespace by the pattern that it fits, so that the project does not grow with the namespaces. */
function withPattern<T extends Readonly<Partial<Record<F, string>>>, F extends string>(
  allowed: T,
  field: F,
  { sets }: ArgocdModel,
): T {
  const pattern = sets?.namespaces.find(one => isFit(allowed[field] ?? '', one));
  return pattern === undefined ? allowed : { ...allowed, [field]: pattern };
}

/** Whether an object is cluster-wide. The spec's objects of unknown kinds have a namespace if they are not. */
function isClusterObject(object: KubeObject, isOfSpec: boolean): boolean {
  const known = knownKind(groupOf(object), object.kind);
  if (known !== undefined || !isOfSpec) return known?.isOfCluster === true;
  return object.metadata.namespace === undefined;
}

/** The project of the root Application alone: whoever may make Applications may choose any project for them. */
export function rootProject(model: ArgocdModel): KubeObject {
  const { namespace } = model;
  return appProject(model, {
    name: model.project + ROOT,
    description: `The root Application of ${model.name}, which makes Applications and nothing else`,
    sourceRepos: [model.repository],
    destinations: [{ server: 'https://kubernetes.default.svc', namespace }],
    clusterKinds: [],
    namespacedKinds: [
      { group: 'argoproj.io', kind: 'Application' },
      ...(model.sets === undefined ? [] : [{ group: 'argoproj.io', kind: 'ApplicationSet' }]),
    ],
  });
}

/** The project of the operators: what their charts make, in their own namespaces. */
export function operatorsProject(model: ArgocdModel): KubeObject {
  const { operators, clusters } = model;
  const namespaces = operators.map(({ namespace }) => namespace);
  return appProject(model, {
    name: model.project + OPERATORS,
    description: `The operators that ${model.name} needs`,
    sourceRepos: operators.map(({ repository }) => repository),
    destinations: clusters.flatMap(({ destination }) =>
      namespaces.map(namespace => ({ ...destination, namespace })),
    ),
    clusterKinds: [
      ...namespaces.map(name => ({ group: '', kind: 'Namespace', name })),
      ...operators.flatMap(({ groups }) => groups).map(definitionsOf),
      ...operators
        .flatMap(({ clusterKinds }) => clusterKinds)
        .map(({ group, kind }) => ({ group, kind })),
    ],
    namespacedKinds: CHART_KINDS,
  });
}

/** The CRDs of an API group, by the form of their names. */
function definitionsOf(group: string): AllowedKind {
  return { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', name: `*.${group}` };
}

/** What the templates of the charts make in their own namespaces, with any values. */
const CHART_KINDS: readonly AllowedKind[] = [
  ...['ConfigMap', 'Secret', 'Service', 'ServiceAccount'].map(kind => ({ group: '', kind })),
  { group: 'apps', kind: 'Deployment' },
  { group: 'cert-manager.io', kind: 'Certificate' },
  { group: 'cert-manager.io', kind: 'Issuer' },
  { group: 'monitoring.coreos.com', kind: 'PodMonitor' },
  { group: 'monitoring.coreos.com', kind: 'ServiceMonitor' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { group: 'policy', kind: 'PodDisruptionBudget' },
  { group: 'rbac.authorization.k8s.io', kind: 'Role' },
  { group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
];

function placesOf({ place, all }: PlacedUnit): UnitPlace[] {
  const namespaces = all.flatMap(({ metadata }) => metadata.namespace ?? []);
  return [place, ...namespaces.map(namespace => ({ ...place, namespace }))];
}

function kindOf(object: KubeObject): AllowedKind {
  return { group: groupOf(object), kind: object.kind };
}

function namedKind(object: KubeObject): AllowedKind {
  return { ...kindOf(object), name: object.metadata.name };
}
