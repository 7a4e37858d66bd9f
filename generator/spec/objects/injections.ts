import type { Fault, Path, Report } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { inject } from '../inject/inject.ts';
import { patchOf, patchTarget } from '../inject/patches.ts';
import type { Model } from '../model/model.ts';

/** What is injected into a workload of a component, which only kustomize has as a whole. */
export interface ComponentPatch {
  readonly target: JsonObject;
  readonly patch: Json;
}

/** What came of an entry: a fault where there is nothing here that it could be for. */
interface InjectedEntry {
  readonly name: string;
  readonly fault?: Fault;
}

/** What came of all entries of an environment. */
export interface Injected {
  readonly patches: readonly ComponentPatch[];
  readonly entries: readonly InjectedEntry[];
}

export const nothingInjected: Injected = { patches: [], entries: [] };

/** Manifests of one's own, as they are after it. */
interface Injection {
  readonly after: (object: KubeObject) => KubeObject;
  readonly injected: Injected;
}

/**
 * Puts what the spec injects into manifests of one's own, and says by which patches it gets into those that
 * components add. Nothing is recorded in them: each run begins with the manifests as they are.
 */
export function injectAll(
  { inject: spec, namespace, workloads }: Model,
  own: readonly KubeObject[],
  added: readonly KubeObject[],
  report: Report,
): Injection {
  const names = Object.keys(spec.workloads ?? {});
  if (names.length === 0) return { after: object => object, injected: nothingInjected };
  const placed = [own, added].flatMap((objects, number) =>
    objects.map((object, index) => placedObject(object, number, [index], namespace)),
  );
  const { changed, faults, missed, warnings } = inject({ spec }, placed);
  for (const fault of faults) report({ ...fault, path: inSpec(fault.path) });
  const after = new Map([...changed].map(([{ json }, now]) => [json, now]));
  const ofEntry = new Map(
    [...warnings, ...missed].map(fault => [String(fault.path[2]), fault] as const),
  );
  const entries = names.map((name): InjectedEntry => {
    const fault = ofEntry.get(name);
    if (fault === undefined) return { name };
    const isOurs = workloads.some(one => one.name === spec.workloads?.[name]?.target.name);
    return { name, fault: { ...fault, path: inSpec(fault.path), ...(isOurs && { hint: OURS }) } };
  });
  const patches = added.flatMap(object => componentPatches(object, after.get(object) ?? object));
  return { after: object => after.get(object) ?? object, injected: { patches, entries } };
}

/** kustomize keeps annotations of its own while it builds: only a merge can add the first of an object. */
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

const OURS =
  'It is among the workloads of this spec: say there, as env, envFrom or mounts, what it is to have.';

/** A path of an injection as that of the spec that it stands in. */
function inSpec([, section, ...below]: Path): Path {
  return section === undefined
    ? ['inject']
    : section === 'workloads'
      ? ['inject', ...below]
      : [section, ...below];
}
