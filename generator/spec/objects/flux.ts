import type { Json, JsonObject } from '../../core/json.ts';
import { type BuiltObject, groupOf, type KubeObject, refOf } from '../../core/kube-object.ts';
import { CNPG, CNPG_V1 } from '../../kinds/cnpg/group.ts';
import { coreNamespace } from '../../kinds/core/service.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { type FluxModel, SECRETS } from '../model/flux.ts';
import type { ComponentObjects } from '../spec.ts';
import {
  type AppliedSet,
  type AppliedUnit,
  allObjects,
  clustersBefore,
  generatedLabels,
  unitsIn,
} from './applied-units.ts';

/** A unit in its cluster, with its objects and those of its components. */
type Placed = AppliedUnit & AppliedSet & { readonly all: readonly KubeObject[] };

/**
 * The objects for the Flux of each cluster, by cluster name: Kustomizations and their source. An environment waits
 * for the shared cluster whose objects it needs (docs/facts/flux.md#dependencies).
 */
export function fluxObjects(
  model: FluxModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): ReadonlyMap<string, readonly KubeObject[]> {
  return new Map(
    [...model.clusters].map(([cluster, environments]) => {
      const placed = unitsIn(cluster, environments, units).map(unit => ({
        ...unit,
        cluster,
        all: allObjects(unit, components),
      }));
      const before = clustersBefore(placed);
      const made = placed.flatMap(unit => {
        const clusters = before(unit).map(({ name }) => `${model.name}-${name}`);
        return kustomizations(model, unit, clusters);
      });
      return [cluster, [...gitRepository(model), root(model, cluster), ...made]];
    }),
  );
}

/**
 * The Kustomization that applies the others, and itself. Its name is that of the spec in all clusters; another spec
 * of the same repository has another one.
 */
function root(model: FluxModel, cluster: string): KubeObject {
  const nothing = { after: [], patches: [], health: [], isWaiting: false };
  return kustomization(model, { name: model.name, folder: fluxFolder(cluster), ...nothing });
}

/** The folder of the objects for the Flux of a cluster. */
export function fluxFolder(cluster: string): string {
  return `flux/${cluster}`;
}

/** The Kustomization of a unit; or two, of which the first has the Secrets and the second what reads them. */
function kustomizations(model: FluxModel, unit: Placed, clusters: readonly string[]): KubeObject[] {
  const name = `${model.name}-${unit.name}`;
  const after = [...model.dependsOn, ...clusters];
  if (!model.isSecretsFirst || unit.namespace === undefined)
    return [kustomizationOf(model, unit, { name, after, objects: unit.all, patches: [] })];
  const stage = firstStage(unit.objects, unit.all);
  const first = unit.all.filter(object => isFirst(object, stage));
  const others = unit.all.filter(object => !isFirst(object, stage));
  const secrets = { name: name + SECRETS, after, objects: first, patches: onlyFirst(stage) };
  const workloads = { name, after: [secrets.name], objects: others, patches: withoutFirst(stage) };
  // Both, even if one is empty: a Kustomization that is deleted with its last object leaves that object running.
  return [secrets, workloads].map(part => kustomizationOf(model, unit, part));
}

interface Part {
  readonly name: string;
  readonly after: readonly string[];
  readonly objects: readonly KubeObject[];
  readonly patches: ReturnType<typeof onlyFirst>;
}

function kustomizationOf(
  model: FluxModel,
  { name: unit, namespace }: Placed,
  { name, after, objects, patches }: Part,
): KubeObject {
  return kustomization(model, {
    name,
    folder: unit === 'base' ? 'base' : `overlays/${unit}`,
    after,
    patches,
    health: healthChecks(objects),
    isWaiting: true,
    ...(namespace !== undefined &&
      objects.every(object => isIn(namespace, object)) && { namespace }),
  });
}

/**
 * Whether Flux may set this namespace on an object. kustomize, which does it, would also move objects of other
 * namespaces, give a namespace to cluster-wide objects of unknown kinds, and rename Namespaces
 * (docs/facts/flux.md#target-namespace).
 */
function isIn(namespace: string, object: KubeObject): boolean {
  const { kind, metadata } = object;
  const group = groupOf(object);
  if (group === coreNamespace.group && kind === coreNamespace.kind)
    return metadata.name === namespace;
  const known = kindOf(group, kind);
  if (known?.isOfCluster === true) return isBuiltIn(group);
  if (metadata.namespace !== undefined) return metadata.namespace === namespace;
  return known !== undefined || isBuiltIn(group);
}

/** Whether a group is one of Kubernetes itself: kustomize knows which of its kinds are cluster-wide. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** When an object is ready, in CEL on its fields. */
interface HealthCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: string;
}

const READY = "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')";

/**
 * Health checks of kinds of which Flux only reads a condition: without them an object that its operator has not seen
 * yet would be ready (docs/facts/flux.md#health). None of them tells of a failure: operators try again, and Flux waits
 * until its timeout. Fields of status: api/v1 of cloudnative-pg 1.30.0, apis of external-secrets 1.3.2.
 */
const CHECKS: readonly HealthCheck[] = [
  { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', current: READY },
  /*
   * Ready for its present generation (docs/facts/eso.md#what-is-synced); or immutable and made once: ESO then reports
   * that it cannot update the Secret, and the condition stays false.
   */
  {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    current: [
      `${READY} && (spec.refreshPolicy == 'CreatedOnce' || duration(spec.refreshInterval) <= duration('0s') ||`,
      "status.syncedResourceVersion.startsWith(string(metadata.generation) + '-')) ||",
      "spec.refreshPolicy == 'CreatedOnce' && spec.target.immutable && status.conditions.exists(c,",
      "c.type == 'Ready' && c.message == 'could not update secret, target is immutable')",
    ].join(' '),
  },
  { apiVersion: 'external-secrets.io/v1alpha1', kind: 'PushSecret', current: READY },
  { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', current: READY },
  { apiVersion: CNPG_V1, kind: 'Cluster', current: READY },
  /* CNPG sets observedGeneration, at which Flux looks, only when it has applied that generation. */
  {
    apiVersion: CNPG_V1,
    kind: 'Database',
    current: 'status.applied && has(status.observedGeneration)',
  },
  {
    apiVersion: CNPG_V1,
    kind: 'ScheduledBackup',
    current: 'has(spec.suspend) && spec.suspend || has(status.lastCheckTime)',
  },
];

function healthChecks(objects: readonly KubeObject[]): JsonObject[] {
  const kinds = new Set(objects.map(object => `${groupOf(object)}/${object.kind}`));
  return CHECKS.filter(({ apiVersion, kind }) =>
    kinds.has(`${apiVersion.replace(/\/.*/, '')}/${kind}`),
  ).map(check => ({ ...check }));
}

interface KustomizationParts {
  readonly name: string;
  /** The folder, from that of the spec. */
  readonly folder: string;
  /** Kustomizations that have to be ready first, by name. */
  readonly after: readonly string[];
  /** The namespace of all of its objects; absent: they are in several, or in none. */
  readonly namespace?: string;
  /** Patches that remove objects from the folder's build. */
  readonly patches: readonly JsonObject[];
  readonly health: readonly JsonObject[];
  /** Whether it waits for all of its objects to be ready. */
  readonly isWaiting: boolean;
}

/** A Kustomization of Flux. It prunes, but deleting it deletes no object (docs/facts/flux.md#pruning). */
function kustomization(model: FluxModel, parts: KustomizationParts): KubeObject {
  const { after, namespace, patches, health } = parts;
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: parts.name, namespace: model.namespace, labels: generatedLabels(model.name) },
    spec: {
      ...(after.length > 0 && { dependsOn: after.map((name): Json => ({ name })) }),
      interval: model.interval,
      retryInterval: '1m',
      timeout: model.timeout,
      sourceRef: { ...model.source },
      path: `./${model.path === '' ? '' : `${model.path}/`}${parts.folder}`,
      ...(namespace !== undefined && { targetNamespace: namespace }),
      prune: true,
      deletionPolicy: 'Orphan',
      ...(model.serviceAccount !== undefined && { serviceAccountName: model.serviceAccount }),
      ...(parts.isWaiting && { wait: true }),
      ...(health.length > 0 && { healthCheckExprs: health }),
      ...(patches.length > 0 && { patches }),
    },
  };
}

/** The source of a repository that the spec names. */
function gitRepository(model: FluxModel): KubeObject[] {
  const { repository, source, namespace } = model;
  if (repository === undefined) return [];
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: source.name, namespace, labels: generatedLabels(model.name) },
      spec: {
        interval: '1m',
        url: repository.url,
        ref: { branch: repository.branch },
        ...(repository.secret !== undefined && { secretRef: { name: repository.secret } }),
      },
    },
  ];
}

/**
 * What is applied before workloads, as Flux would apply all at once (docs/facts/flux.md#order). It is chosen by kind
 * alone, so that no object moves from one Kustomization to another, which could delete it before it is applied again.
 */
type FirstStage = Readonly<Record<'groups' | 'kinds', readonly string[]>>;

/** Groups whose objects are, make, or give access to what workloads read. */
const GROUPS = [
  'barmancloud.cnpg.io',
  'external-secrets.io',
  'generators.external-secrets.io',
  CNPG,
];

/** ConfigMaps are not among them: kustomize puts the names of generated ones where they are read. */
const KINDS = [
  'ClusterRole',
  'ClusterRoleBinding',
  'Namespace',
  'Role',
  'RoleBinding',
  'ServiceAccount',
];

/** The kinds that come first: those above, kinds that make Secrets, and the kinds of all objects that those need. */
function firstStage(objects: readonly BuiltObject[], all: readonly KubeObject[]): FirstStage {
  const makers = all.filter(isMaker);
  const start = { groups: GROUPS, kinds: [...KINDS, ...makers.map(({ kind }) => kind)] };
  const byRef = new Map(objects.map(built => [refOf(built.object), built]));
  const found = new Set(objects.filter(({ object }) => isFirst(object, start)));
  for (const { needs } of found)
    for (const need of needs) {
      const needed = byRef.get(need);
      if (needed !== undefined) found.add(needed);
    }
  const kinds = [...makers, ...[...found].map(({ object }) => object)]
    .filter(object => !GROUPS.includes(groupOf(object)))
    .map(({ kind }) => kind);
  return { groups: GROUPS, kinds: [...new Set([...KINDS, ...kinds])].sort() };
}

/** Whether an operator makes Secrets of objects of its kind. */
function isMaker(object: KubeObject): boolean {
  const known = kindOf(groupOf(object), object.kind);
  return known?.makes !== undefined && known.group !== '' && known.pods === undefined;
}

/** Whether an object comes before workloads. */
function isFirst(object: KubeObject, { groups, kinds }: FirstStage): boolean {
  return groups.includes(groupOf(object)) || kinds.includes(object.kind);
}

const STAGE = 'rem-secrets.io/stage';

/** Keeps only the first stage: marks its objects, deletes the others, and removes the mark. */
function onlyFirst(stage: FirstStage): JsonObject[] {
  return [
    ...targets(stage).map(target => ({ target, patch: MARK })),
    { target: { annotationSelector: `!${STAGE}` }, patch: DELETE },
    { target: { annotationSelector: STAGE }, patch: UNMARK },
  ];
}

const MARK = `apiVersion: v1\nkind: any\nmetadata: { name: any, annotations: { ${STAGE}: first } }\n`;

const UNMARK = `- { op: remove, path: /metadata/annotations/${STAGE.replace('/', '~1')} }\n`;

function withoutFirst(stage: FirstStage): JsonObject[] {
  return targets(stage).map(target => ({ target, patch: DELETE }));
}

const DELETE = '$patch: delete\napiVersion: v1\nkind: any\nmetadata: { name: any }\n';

/** For kustomize both are anchored regular expressions. */
function targets({ groups, kinds }: FirstStage): JsonObject[] {
  return [
    { group: groups.map(group => group.replaceAll('.', '\\.')).join('|') },
    { kind: kinds.join('|') },
  ];
}
