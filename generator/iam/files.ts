import { andThen, type Fault, type Outcome, outcome } from '../core/finding.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { type SpecCluster, specClusters } from '../environments/clusters.ts';
import { buildGraph } from '../graph/graph.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/placed-object.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { allObjects } from '../spec/objects/applied-units.ts';
import { inDocument } from '../spec/parse.ts';
import { type BuiltUnit, type Expansion, wholeUnits } from '../spec/pipeline.ts';
import type { ComponentObjects, SpecObject } from '../spec/spec.ts';
import { GENERATED, GENERATED_JSON } from '../spec/tree-files.ts';
import { iamFormats } from './formats/formats.ts';
import { clusterPlans, type IamPlan } from './plan.ts';

/** A file that expand writes: its path from the repository's root, and its text. */
type TreeFile = readonly [path: string, text: string];

/** iam/ of a spec: a folder for each External Secrets, a file for each format. */
export function iamFiles(
  spec: SpecObject,
  expansion: Expansion,
  components: ComponentObjects,
): Outcome<TreeFile[]> {
  return andThen(specClusters(spec), clusters => {
    const units = wholeUnits(expansion);
    const planned = clusterPlans(
      clusters.map(({ name, environments, settings }) => {
        const own = units.filter(unit => unit.name === name || environments.includes(unit.name));
        const graph = buildGraph(own.flatMap(unit => objectsOf(unit, components)));
        return { name, graph, settings };
      }),
    );
    const faults = planned.flatMap(({ faults }) => faults.flatMap(faultIn(spec, units)));
    const files = planned.flatMap(({ plan }, index) => filesOf(plan, clusters[index]));
    return outcome(files, faults);
  });
}

/** The objects of a unit, with what its components add. */
function objectsOf(unit: BuiltUnit, components: ComponentObjects): PlacedObject[] {
  const { namespace = '' } = unit;
  return allObjects(unit, components).map(object => placedObject(object, 0, [], namespace));
}

/** Faults at the entry that an object comes from, or at the components. */
function faultIn(spec: SpecObject, units: readonly BuiltUnit[]): (finding: ObjectFault) => Fault[] {
  const entries = new Map<KubeObject, { readonly name: string; readonly path: Fault['path'] }>();
  for (const { name, objects } of units)
    for (const { object, path } of objects) entries.set(object, { name, path });
  return ({ id, object, message, hint }) => {
    const { name = 'base', path = ['components'] } = entries.get(object.json) ?? {};
    const environment = spec.spec.environments?.[name] === undefined ? undefined : name;
    return inDocument([{ id, message, hint, path }], spec, environment);
  };
}

function filesOf(plan: IamPlan, cluster: SpecCluster | undefined): TreeFile[] {
  return (cluster?.formats ?? []).map(format => {
    const { file, render } = iamFormats[format];
    const text = render([plan]);
    const isJson = file.endsWith('.json');
    return [
      `iam/${plan.name}/${file}`,
      isJson ? text.replace('{\n', `${GENERATED_JSON},\n`) : GENERATED + text,
    ];
  });
}
