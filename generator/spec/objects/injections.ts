import type { Fault, Path, Report } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { inject } from '../inject/inject.ts';
import { patchOf, patchTarget } from '../inject/patches.ts';
import type { Model } from '../model/model.ts';

/** A patch for a workload that a component adds: only kustomize has that workload as a whole. */
export interface ComponentPatch {
  readonly target: JsonObject;
  readonly patch: Json;
}

/** What came of the entries of an environment. */
export interface Injected {
  readonly patches: readonly ComponentPatch[];
  readonly entries: readonly { readonly name: string; readonly fault?: Fault }[];
}

export const nothingInjected: Injected = { patches: [], entries: [] };

/**
 * Injects into the objects under `resources`, and makes the patches that inject into the objects that components add.
 * Nothing is recorded in them, as each run begins with the manifests as they are written.
 */
export function injectAll(
  { inject: spec, namespace, workloads }: Model,
  written: readonly KubeObject[],
  added: readonly KubeObject[],
  report: Report,
): { readonly after: (object: KubeObject) => KubeObject; readonly injected: Injected } {
  const names = Object.keys(spec.workloads ?? {});
  if (names.length === 0) return { after: object => object, injected: nothingInjected };
  const placed = [written, added].flatMap((objects, number) =>
    objects.map((object, index) => placedObject(object, number, [index], namespace)),
  );
  const { changed, faults, missed, warnings } = inject({ spec }, placed);
  for (const fault of faults) report({ ...fault, path: inSpec(fault.path) });
  const after = new Map([...changed].map(([{ json }, now]) => [json, now]));
  const faultOf = new Map(
    [...warnings, ...missed].map(fault => [String(fault.path[2]), fault] as const),
  );
  const entries = names.map(name => {
    const fault = faultOf.get(name);
    if (fault === undefined) return { name };
    const isInSpec = workloads.some(one => one.name === spec.workloads?.[name]?.target.name);
    const hint = isInSpec && { hint: IN_SPEC };
    return { name, fault: { ...fault, path: inSpec(fault.path), ...hint } };
  });
  const patches = added.flatMap(object => componentPatches(object, after.get(object) ?? object));
  return { after: object => after.get(object) ?? object, injected: { patches, entries } };
}

/** While kustomize builds, objects have internal annotations, so only a merge can add the first annotation. */
function componentPatches(before: KubeObject, now: KubeObject): ComponentPatch[] {
  const { apiVersion, kind, metadata } = before;
  const { annotations } = now.metadata;
  const isFirst = metadata.annotations === undefined && annotations !== undefined;
  const noted = isFirst ? { ...before, metadata: { ...metadata, annotations } } : before;
  const operations = patchOf(noted, now);
  const patches = [
    ...(isFirst ? [{ apiVersion, kind, metadata: { name: metadata.name, annotations } }] : []),
    ...(operations.length > 0 ? [operations] : []),
  ];
  return patches.map(patch => ({ target: patchTarget(before), patch: patch as unknown as Json }));
}

const IN_SPEC =
  'It is among the workloads of this spec: say there, as env, envFrom or mounts, what it is to have.';

/** A path in an injection as a path in the spec. */
function inSpec([, section = 'workloads', ...below]: Path): Path {
  return [section === 'workloads' ? 'inject' : section, ...below];
}
