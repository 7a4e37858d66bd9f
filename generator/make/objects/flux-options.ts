import { type BuiltObject, groupOf, type KubeObject } from '../../ground/kube-object.ts';
import { job } from '../../kinds/batch/job.ts';
import { KEPT, REPLACED } from '../../kinds/flux/pruning.ts';
import { kindOf } from '../../kinds/kinds.ts';

/**
 * Objects as Flux is to treat them: what holds data stays when the spec no longer has it, and a Job, whose pods
 * cannot change, is made anew (docs/facts/flux.md#pruning). What an object says of its own stays.
 */
export function withFluxOptions(built: readonly BuiltObject[]): readonly BuiltObject[] {
  return built.map(entry => {
    const options = optionsOf(entry.object);
    return Object.keys(options).length === 0
      ? entry
      : { ...entry, object: annotated(entry.object, options) };
  });
}

function optionsOf(object: KubeObject): Record<string, string> {
  const known = kindOf(groupOf(object), object.kind);
  return {
    ...(known?.isPrecious === true && KEPT),
    ...(known === job && REPLACED),
  };
}

function annotated(object: KubeObject, options: Record<string, string>): KubeObject {
  const annotations = { ...options, ...object.metadata.annotations };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
