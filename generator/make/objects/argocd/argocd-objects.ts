import type { Json } from '../../../ground/json.ts';
import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel } from '../../model/argocd.ts';
import type { ComponentObjects } from '../../spec/spec.ts';
import type { AppliedUnit } from '../applied.ts';
import { applicationSet, PARAMETERS, parametersOf } from './application-set.ts';
import { operatorApplications, rootApplication, unitApplications } from './applications.ts';
import { healthChecks } from './health-checks.ts';
import { isEnvironment, placeUnits } from './placed-unit.ts';
import { operatorsProject, rootProject, unitsProject } from './projects.ts';

/** The app-of-apps. */
export interface ArgocdObjects {
  /** What a person applies: the AppProjects and the root Application. */
  readonly bootstrap: readonly KubeObject[];
  /** What the root Application applies. */
  readonly applications: readonly KubeObject[];
  /** What the ApplicationSet is told of each environment, by file. */
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
