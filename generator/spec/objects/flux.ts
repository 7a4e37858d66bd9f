import { type Fault, type Outcome, outcome } from '../../core/finding.ts';
import { type JsonObject, words } from '../../core/json.ts';
import type { BuiltObject, KubeObject } from '../../core/kube-object.ts';
import { groupIn, groupOf, optional, refOf, unlessEmpty } from '../../core/kube-object.ts';
import { CNPG, CNPG_V1 } from '../../kinds/cnpg/group.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { coreNamespace } from '../../kinds/kubernetes.ts';
import { environmentNames, nameTaken } from '../environment.ts';
import { type Members, membersOf, sharedClusters } from '../shared-clusters.ts';
import { type ComponentObjects, type FluxSpec, folderIn, type SpecObject } from '../spec.ts';
import type { AppliedUnit, PlacedUnit } from './applied-units.ts';
import { clustersBefore, generatedLabels, placedUnits } from './applied-units.ts';

/** By cluster name: Kustomizations and their source, which wait for each other (docs/facts/flux.md#dependencies). */
export function fluxObjects(
  model: FluxModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): ReadonlyMap<string, readonly KubeObject[]> {
  const placed = placedUnits(model.clusters, units, components);
  const before = clustersBefore(placed);
  return new Map(
    [...model.clusters.keys()].map(cluster => {
      const members = placed.filter(unit => unit.cluster === cluster);
      const root = kustomization(model, { name: model.name, folder: fluxFolder(cluster) });
      const others = members.flatMap(unit => kustomizations(model, unit, before(unit)));
      return [cluster, [...model.repository, root, ...others]];
    }),
  );
}

export function fluxFolder(cluster: string): string {
  return `flux/${cluster}`;
}

/** The Kustomization of a unit; or two, of which the first has the Secrets and the second what reads them. */
function kustomizations(model: FluxModel, unit: PlacedUnit, clusters: readonly PlacedUnit[]) {
  const nameOf = (placed: PlacedUnit): string => `${model.name}-${placed.name}`;
  const name = nameOf(unit);
  const dependsOn = [...(model.spec.dependsOn ?? []), ...clusters.map(nameOf)];
  const folder = unit.name === 'base' ? 'base' : `overlays/${unit.name}`;
  const whole = { name, folder, dependsOn, ...optional('namespace', unit.namespace) };
  if (model.spec.secretsFirst !== true || unit.namespace === undefined)
    return [kustomization(model, { ...whole, objects: unit.all })];
  const stage = firstStage(unit.objects, unit.all);
  const objects = unit.all.filter(object => isFirst(object, stage));
  const others = unit.all.filter(object => !isFirst(object, stage));
  const secrets = { ...whole, name: name + SECRETS, objects, patches: onlyFirst(stage) };
  const patches = targets(stage).map(target => ({ target, patch: DELETE }));
  const after = { ...whole, dependsOn: [secrets.name], objects: others, patches };
  // Both, even if one is empty: a Kustomization that is deleted with its last object leaves that object running.
  return [secrets, after].map(part => kustomization(model, part));
}

/** Whether `targetNamespace` changes nothing in an object (docs/facts/flux.md#target-namespace). */
function isIn(namespace: string, object: KubeObject): boolean {
  const { kind, metadata } = object;
  const group = groupOf(object);
  if (group === coreNamespace.group && kind === coreNamespace.kind)
    return metadata.name === namespace;
  const knownKind = kindOf(group, kind);
  if (knownKind?.isOfCluster === true) return isBuiltIn(group);
  if (metadata.namespace !== undefined) return metadata.namespace === namespace;
  return knownKind !== undefined || isBuiltIn(group);
}

function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

const READY = "status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')";

/** Fields of status (docs/facts/flux.md#health): api/v1 of cloudnative-pg 1.30.0, apis of external-secrets 1.3.2. */
const CHECKS: readonly (readonly [apiVersion: string, kind: string, current: string])[] = [
  ['external-secrets.io/v1', 'ClusterSecretStore', READY],
  /*
   * Ready for its present generation (docs/facts/eso.md#what-is-synced); or immutable and made once: ESO then reports
   * that it cannot update the Secret, and the condition stays false.
   */
  [
    'external-secrets.io/v1',
    'ExternalSecret',
    [
      `${READY} && (spec.refreshPolicy == 'CreatedOnce' || duration(spec.refreshInterval) <= duration('0s') ||`,
      "status.syncedResourceVersion.startsWith(string(metadata.generation) + '-')) ||",
      "spec.refreshPolicy == 'CreatedOnce' && spec.target.immutable && status.conditions.exists(c,",
      "c.type == 'Ready' && c.message == 'could not update secret, target is immutable')",
    ].join(' '),
  ],
  ['external-secrets.io/v1alpha1', 'PushSecret', READY],
  ['external-secrets.io/v1', 'SecretStore', READY],
  [CNPG_V1, 'Cluster', READY],
  /* CNPG sets observedGeneration, at which Flux looks, only when it has applied that generation. */
  [CNPG_V1, 'Database', 'status.applied && has(status.observedGeneration)'],
  [CNPG_V1, 'ScheduledBackup', 'has(spec.suspend) && spec.suspend || has(status.lastCheckTime)'],
];

function healthChecks(objects: readonly KubeObject[]): JsonObject[] {
  const kinds = new Set(objects.map(object => `${groupOf(object)}/${object.kind}`));
  return CHECKS.filter(([apiVersion, kind]) => kinds.has(`${groupIn(apiVersion)}/${kind}`)).map(
    ([apiVersion, kind, current]) => ({ apiVersion, kind, current }),
  );
}

interface KustomizationParts {
  readonly name: string;
  readonly folder: string;
  readonly dependsOn?: readonly string[];
  /** The namespace of all its objects, if they are in one. */
  readonly namespace?: string;
  /** The objects that it waits for; absent: the Kustomizations of a cluster, which wait for theirs. */
  readonly objects?: readonly KubeObject[];
  readonly patches?: readonly JsonObject[];
}

/** A Kustomization of Flux. It prunes, but deleting it deletes no object (docs/facts/flux.md#pruning). */
function kustomization(
  { name: spec, namespace: home, source, spec: { serviceAccount, ...flux } }: FluxModel,
  { name, folder, dependsOn = [], namespace, objects, patches = [] }: KustomizationParts,
): KubeObject {
  const path = folderIn(flux.path);
  const after = dependsOn.map(on => ({ name: on }));
  const isInOne = namespace !== undefined && objects?.every(object => isIn(namespace, object));
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: home, labels: generatedLabels(spec) },
    spec: {
      ...unlessEmpty('dependsOn', after),
      interval: flux.interval ?? '10m',
      retryInterval: '1m',
      timeout: flux.timeout ?? '10m',
      sourceRef: { ...source },
      path: `./${path === '' ? '' : `${path}/`}${folder}`,
      ...(isInOne && { targetNamespace: namespace }),
      prune: true,
      deletionPolicy: 'Orphan',
      ...optional('serviceAccountName', serviceAccount),
      ...(objects && {
        wait: true,
        ...unlessEmpty('healthCheckExprs', healthChecks(objects)),
        ...unlessEmpty('patches', patches),
      }),
    },
  };
}

/** What is applied before workloads (docs/facts/flux.md#order), by kind alone: an object that moved could be deleted. */
type FirstStage = readonly string[];

const GROUPS = [
  ...words('barmancloud.cnpg.io external-secrets.io generators.external-secrets.io'),
  CNPG,
];

/** ConfigMaps are not among them: kustomize puts the names of generated ones where they are read. */
const KINDS = words('ClusterRole ClusterRoleBinding Namespace Role RoleBinding ServiceAccount');

function firstStage(objects: readonly BuiltObject[], all: readonly KubeObject[]): FirstStage {
  const makers = all.filter(isMaker);
  const start = [...KINDS, ...makers.map(({ kind }) => kind)];
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
  return [...new Set([...KINDS, ...kinds])].sort();
}

function isMaker(object: KubeObject): boolean {
  const kind = kindOf(groupOf(object), object.kind);
  return kind?.makes !== undefined && kind.group !== '' && kind.pods === undefined;
}

function isFirst(object: KubeObject, kinds: FirstStage): boolean {
  return GROUPS.includes(groupOf(object)) || kinds.includes(object.kind);
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

const DELETE = '$patch: delete\napiVersion: v1\nkind: any\nmetadata: { name: any }\n';

/** kustomize reads `group` and `kind` of a target as anchored regular expressions. */
function targets(kinds: FirstStage): JsonObject[] {
  return [
    { group: GROUPS.map(group => group.replaceAll('.', '\\.')).join('|') },
    { kind: kinds.join('|') },
  ];
}

export interface FluxModel {
  /** metadata.name of the spec: the first part of the names of its Kustomizations. */
  readonly name: string;
  readonly spec: FluxSpec;
  /** The Flux source that is made for the repository; empty if it exists already. */
  readonly repository: readonly KubeObject[];
  readonly source: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly namespace: string;
  readonly clusters: Members;
}

/** The spec's `flux` section → what it means. Reports names that Flux could not give. */
export function resolveFlux(document: SpecObject, spec: FluxSpec): Outcome<FluxModel> {
  const { name } = document.metadata;
  const { namespace = BOOTSTRAPPED } = spec;
  const clusters = membersOf(document);
  const model = { name, spec, ...sourceOf(name, namespace, spec), namespace, clusters };
  return outcome(model, [
    ...sourceFaults(spec),
    ...longNames(document, spec),
    ...circularDependencies(document, spec),
    ...(spec.secretsFirst === true ? sameNames(document) : []),
  ]);
}

/** The source of the repository: one that is made, one that is named, or the one that `flux bootstrap` makes. */
function sourceOf(name: string, home: string, spec: FluxSpec) {
  const { repository: url, branch = 'main', secret, source } = spec;
  if (url === undefined) {
    const usual = { name: BOOTSTRAPPED, ...(home !== BOOTSTRAPPED && { namespace: BOOTSTRAPPED }) };
    return { repository: [], source: { kind: 'GitRepository', ...(source ?? usual) } };
  }
  const secretRef = secret === undefined ? undefined : { name: secret };
  const made = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name, namespace: home, labels: generatedLabels(name) },
    spec: { interval: '1m', url, ref: { branch }, ...optional('secretRef', secretRef) },
  };
  return { repository: [made], source: { kind: made.kind, name } };
}

const BOOTSTRAPPED = 'flux-system';

const SECRETS = '-secrets';

/** A label of every object that Flux applies holds the name of its Kustomization (docs/facts/flux.md#pruning). */
const LONGEST = 63;

function sourceFaults(spec: FluxSpec): Fault[] {
  const isMade = spec.repository !== undefined;
  const idle = isMade ? (['source'] as const) : (['branch', 'secret'] as const);
  const written = idle.filter(field => spec[field] !== undefined);
  return written.map(field => {
    const message = isMade
      ? 'flux names a source that is there, and a repository for which one is made'
      : `flux.${field} is of a repository for which a source is made, and there is none`;
    const hint = isMade
      ? 'Take `source` away, or `repository`.'
      : `Give \`repository\` too; a source that is there has its own ${field}.`;
    return { id: 'flux-source', message, hint, path: ['spec', 'flux', field], isAboutName: true };
  });
}

function kustomizationsOf(document: SpecObject, { secretsFirst = false }: FluxSpec) {
  const environments = environmentNames(document);
  const units = environments.length > 0 ? environments : ['base'];
  const ends = secretsFirst ? ['', SECRETS] : [''];
  return [
    ...units.flatMap(unit => ends.map(end => ({ unit, end }))),
    ...sharedClusters(document).map(({ name: unit }) => ({ unit, end: '' })),
  ].map(({ unit, end }) => ({ unit, whole: `${document.metadata.name}-${unit}${end}` }));
}

function longNames(document: SpecObject, spec: FluxSpec): Fault[] {
  const long = kustomizationsOf(document, spec).filter(({ whole }) => whole.length > LONGEST);
  return [...new Map(long.map(({ unit, whole }) => [unit, whole]))].map(([unit, whole]) => {
    const message = `"${whole}" is too long for a Kustomization: Flux labels what it applies with it`;
    const hint = `Have it at most ${LONGEST} characters: metadata.name of the spec is its first part.`;
    return { id: 'long-name', message, hint, path: placeOf(document, unit), isAboutName: true };
  });
}

/** Reports a Kustomization of this spec in `dependsOn`: as all of them wait for those, it would wait for itself. */
function circularDependencies(document: SpecObject, spec: FluxSpec): Fault[] {
  const names = kustomizationsOf(document, spec).map(({ whole }) => whole);
  return (spec.dependsOn ?? []).flatMap((name, index) => {
    if (!names.includes(name)) return [];
    const message = `Kustomization "${name}" is one that this spec makes, and would wait for itself`;
    const hint =
      'Name only what others make, such as that of the operators; the order among those of this spec is worked out.';
    return { id: 'own-dependency', message, hint, path: ['spec', 'flux', 'dependsOn', index] };
  });
}

function placeOf({ spec }: SpecObject, unit: string): Fault['path'] {
  const isEnvironment = spec.environments !== undefined && Object.hasOwn(spec.environments, unit);
  return isEnvironment ? ['spec', 'environments', unit] : ['spec', 'flux'];
}

function sameNames(document: SpecObject): Fault[] {
  const all = environmentNames(document);
  return all.flatMap(name => {
    const of = name.slice(0, -SECRETS.length);
    const isTaken = name.endsWith(SECRETS) && all.includes(of);
    return isTaken ? nameTaken(name, `the Kustomization of the Secrets of "${of}"`) : [];
  });
}
