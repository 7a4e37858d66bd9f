import type { Json, JsonObject } from '../../../ground/json.ts';
import { asJson, type KubeObject } from '../../../ground/kube-object.ts';
import type { ApplicationSets } from '../../model/application-sets.ts';
import type { ArgocdModel } from '../../model/argocd.ts';
import { application, argocdLabels, folderSource } from './application.ts';
import { environmentsWave } from './application-waves.ts';
import type { PlacedUnit } from './placed-unit.ts';

/** The file in an overlay that says where its Application applies it. */
export const PARAMETERS = 'argocd.yaml';

const STEP = 'rem-secrets.io/step';

/**
 * The ApplicationSet that makes an Application of each overlay with a file of parameters, the same
 * as would stand in Git (docs/facts/argocd.md#applicationsets). Its controller takes away what it
 * does not know, so the confirmation of a deletion is among the preserved annotations. Nothing that
 * runs goes with an Application, and the Applications not with the ApplicationSet unasked.
 */
export function applicationSet(
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
      labels: argocdLabels(model),
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
  const own = steps.length > 0 ? { [STEP]: '{{ .step }}' } : {};
  return { metadata: { ...others, labels: { ...(labels as JsonObject), ...own } }, spec };
}

/** Steps one after the other, each when all of the one before is healthy. */
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

/** What the ApplicationSet is told of an environment; its name and folder are those of the file. */
export function parametersOf(
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
