import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel } from '../../model/argocd.ts';
import { application, folderSource } from './application.ts';
import { applicationWaves, firstWave, isNeeded } from './application-waves.ts';
import { isEnvironment, type PlacedUnit } from './placed-unit.ts';
import { OPERATORS, ROOT } from './projects.ts';

/** Where the root Application finds the others. */
export const APPLICATIONS = 'argocd/applications';

/** The Application that applies all others. */
export function rootApplication(model: ArgocdModel): KubeObject {
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
export function unitApplications(model: ArgocdModel, units: readonly PlacedUnit[]): KubeObject[] {
  const waves = applicationWaves(units, model.operators);
  const own = model.sets === undefined ? units : units.filter(unit => !isEnvironment(unit));
  return own.map(({ name, place }) =>
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
export function operatorApplications(
  model: ArgocdModel,
  units: readonly PlacedUnit[],
): KubeObject[] {
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
