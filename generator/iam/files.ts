import { andThen, type Fault, type Outcome, outcome } from '../core/finding.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { type SpecCluster, specClusters } from '../environments/clusters.ts';
import { buildGraph } from '../graph/graph.ts';
import { placedObject } from '../kinds/kinds.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { allObjects } from '../spec/objects/applied-units.ts';
import { inDocument } from '../spec/parse.ts';
import { type BuiltUnit, type Expansion, wholeUnits } from '../spec/pipeline.ts';
import type { ComponentObjects, SpecObject } from '../spec/spec.ts';
import { GENERATED, GENERATED_JSON } from '../spec/tree.ts';
import { iamFileNames, iamFormats } from './formats/formats.ts';
import { clusterPlans, type IamPlan } from './plan.ts';

type TreeFile = readonly [path: string, text: string];

/** The files of `iam/`: a folder for each External Secrets, a file for each format. */
export function iamFiles(
  spec: SpecObject,
  expansion: Expansion,
  components: ComponentObjects,
): Outcome<TreeFile[]> {
  return andThen(specClusters(spec), clusters => {
    const units = wholeUnits(expansion);
    const planned = clusterPlans(
      clusters.map(({ name, environments, settings }) => {
        const placed = units.filter(unit => unit.name === name || environments.includes(unit.name));
        const objects = placed.flatMap(unit =>
          allObjects(unit, components).map(object =>
            placedObject(object, 0, [], unit.namespace ?? ''),
          ),
        );
        return { name, graph: buildGraph(objects), settings };
      }),
    );
    const faults = planned.flatMap(({ faults }) =>
      faults.flatMap(faultIn(spec, units, components)),
    );
    const files = planned.flatMap(({ plan }, index) => filesOf(plan, clusters[index]));
    return outcome(files, faults);
  });
}

/** Places a fault at the entry of the spec that made the object, or at the `components` of its environment. */
function faultIn(spec: SpecObject, units: readonly BuiltUnit[], components: ComponentObjects) {
  const entries = new Map<KubeObject, { path?: Fault['path']; environment?: string }>();
  for (const unit of units) {
    const { name } = unit;
    const environment = spec.spec.environments?.[name] !== undefined && { environment: name };
    for (const object of allObjects(unit, components)) entries.set(object, { ...environment });
    for (const { object, path } of unit.objects) entries.set(object, { path, ...environment });
  }
  return ({ id, object, message, hint }: ObjectFault) => {
    const { path = ['components'], environment } = entries.get(object.json) ?? {};
    return inDocument([{ id, message, hint, path }], spec, environment);
  };
}

function filesOf(plan: IamPlan, cluster: SpecCluster | undefined): TreeFile[] {
  return (cluster?.formats ?? []).map(format => {
    const file = iamFileNames[format];
    const text = iamFormats[format]([plan]);
    const isJson = file.endsWith('.json');
    return [
      `iam/${plan.name}/${file}`,
      isJson ? text.replace('{\n', `${GENERATED_JSON},\n`) : GENERATED + text,
    ];
  });
}
