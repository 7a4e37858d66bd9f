import type { Json, JsonObject } from '../../core/json.ts';
import { asJson, type KubeObject } from '../../core/kube-object.ts';
import type { ApplicationSets, ArgocdModel } from '../model/argocd.ts';
import type { ComponentObjects } from '../spec.ts';
import { type AppliedUnit, generatedLabels } from './applied-units.ts';
import {
  application,
  applicationWaves,
  environmentsWave,
  firstWave,
  folderSource,
  isEnvironment,
  isNeeded,
  type PlacedUnit,
  placeUnits,
} from './argocd.ts';
import {
  healthChecks,
  OPERATORS,
  operatorsProject,
  ROOT,
  rootProject,
  unitsProject,
} from './argocd-projects.ts';

/** The app-of-apps. */
interface ArgocdObjects {
  /** What a person applies: the AppProjects and the root Application. */
  readonly bootstrap: readonly KubeObject[];
  /** What the root Application applies. */
  readonly applications: readonly KubeObject[];
  /** The parameters of each environment for the ApplicationSet, by file. */
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, Json>>>;
  /** What Argo CD's own settings need: a patch. */
  readonly settings: KubeObject;
}

/** The AppProjects and Applications that apply the units, each in its cluster. */
export function argocdObjects(
  model: ArgocdModel,
  units: readonly AppliedUnit[],
  components: ComponentObjects,
): ArgocdObjects {
  const placed = placeUnits(model, units, components);
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
      ...(sets === undefined ? [] : [applicationSet(model, sets, placed)]),
      ...unitApplications(model, placed),
      ...operatorApplications(model, placed),
    ],
    parameters: new Map(
      environments.map(unit => [
        `overlays/${unit.name}/${PARAMETERS}`,
        sets === undefined ? {} : parametersOf(unit, sets),
      ]),
    ),
    settings: healthChecks(model),
  };
}

/** The file in an overlay that says where its Application applies it. */
export const PARAMETERS = 'argocd.yaml';

const STEP = 'rem-secrets.io/step';

/**
 * The ApplicationSet that makes an Application of each overlay with a file of parameters, the same as would stand in
 * Git (docs/facts/argocd.md#applicationsets). Its controller removes annotations that it does not know, so the one
 * that confirms a deletion is preserved. Deleting an Application deletes nothing that runs, and deleting the
 * ApplicationSet deletes Applications only after a confirmation.
 */
function applicationSet(
  model: ArgocdModel,
  sets: ApplicationSets,
  units: readonly PlacedUnit[],
): KubeObject {
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
        'argocd.argoproj.io/sync-wave': String(environmentsWave(units, model.operators)),
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

/** An Application as a Go template over the parameters of an environment. */
function templateOf(model: ArgocdModel, { steps }: ApplicationSets): JsonObject {
  const { metadata, spec } = asJson(
    application(model, {
      name: `${model.name}-{{ .path.basename }}`,
      project: model.project,
      source: { ...folderSource(model, ''), path: '{{ .path.path }}' },
      destination: {
        name: '{{ .cluster.name }}',
        server: '{{ .cluster.server }}',
        namespace: '{{ .namespace }}',
      },
      isPruned: true,
    }),
  ) as Readonly<Record<'metadata' | 'spec', JsonObject>>;
  const { namespace: _, labels, ...others } = metadata;
  const step = steps.length > 0 ? { [STEP]: '{{ .step }}' } : {};
  return { metadata: { ...others, labels: { ...(labels as JsonObject), ...step } }, spec };
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

/** The parameters of an environment; its name and folder are those of the file. */
function parametersOf(
  { name, place }: PlacedUnit,
  { stepOf }: ApplicationSets,
): Record<string, Json> {
  const step = stepOf.get(name);
  return {
    namespace: place.namespace,
    cluster: {
      name: 'name' in place ? place.name : '',
      server: 'server' in place ? place.server : '',
    },
    ...(step !== undefined && { step }),
  };
}

/** Where the root Application finds the others. */
export const APPLICATIONS = 'argocd/applications';

/** The Application that applies all others. */
function rootApplication(model: ArgocdModel): KubeObject {
  return application(model, {
    name: model.name,
    project: model.project + ROOT,
    wave: 0,
    source: folderSource(model, APPLICATIONS),
    destination: { server: 'https://kubernetes.default.svc', namespace: model.namespace },
    isPruned: true,
  });
}

/**
 * One Application for each environment, where no ApplicationSet makes them, and one for each cluster
 * that several share.
 */
function unitApplications(model: ArgocdModel, units: readonly PlacedUnit[]): KubeObject[] {
  const waves = applicationWaves(units, model.operators);
  const inGit = model.sets === undefined ? units : units.filter(unit => !isEnvironment(unit));
  return inGit.map(({ name, place }) =>
    application(model, {
      name: `${model.name}-${name}`,
      project: model.project,
      wave: waves.get(name) ?? 0,
      source: folderSource(model, name === 'base' ? 'base' : `overlays/${name}`),
      destination: place,
      isPruned: true,
    }),
  );
}

/**
 * One Application for each operator in each cluster: before the units when their objects need
 * its CRDs, else beside the first of them.
 */
function operatorApplications(model: ArgocdModel, units: readonly PlacedUnit[]): KubeObject[] {
  const { operators, clusters } = model;
  return clusters.flatMap(({ name: cluster, destination }) =>
    operators.map(operator =>
      application(model, {
        name: `${model.name}-${cluster}-${operator.name}`,
        project: model.project + OPERATORS,
        wave: isNeeded(operator, units) ? 0 : firstWave(units, operators),
        source: {
          repoURL: operator.repository,
          chart: operator.name,
          targetRevision: operator.version,
          helm: { releaseName: operator.name, valuesObject: operator.values },
        },
        destination: { ...destination, namespace: operator.namespace },
        isPruned: false, // A CRD takes all its objects with it.
        syncOptions: ['CreateNamespace=true'],
      }),
    ),
  );
}
