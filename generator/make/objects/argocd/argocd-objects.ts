import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel } from '../../model/argocd.ts';
import { operatorApplications, rootApplication, targetApplications } from './applications.ts';
import { healthChecks } from './health-checks.ts';
import { type ArgocdTarget, type ComponentObjects, placeTargets } from './placed-target.ts';
import { operatorsProject, rootProject, targetsProject } from './projects.ts';

/** The app-of-apps. */
export interface ArgocdObjects {
  /** What a person applies: the AppProjects and the root Application. */
  readonly bootstrap: readonly KubeObject[];
  /** What the root Application applies. */
  readonly applications: readonly KubeObject[];
  /** What Argo CD's own settings need: a patch. */
  readonly settings: KubeObject;
}

/** The AppProjects and Applications that apply the targets, each in its cluster. */
export function argocdObjects(
  model: ArgocdModel,
  targets: readonly ArgocdTarget[],
  components: ComponentObjects,
): ArgocdObjects {
  const placed = placeTargets(model, targets, components);
  return {
    bootstrap: [
      targetsProject(model, placed),
      rootProject(model),
      ...(model.operators.length > 0 ? [operatorsProject(model)] : []),
      rootApplication(model),
    ],
    applications: [...targetApplications(model, placed), ...operatorApplications(model, placed)],
    settings: healthChecks(model),
  };
}
