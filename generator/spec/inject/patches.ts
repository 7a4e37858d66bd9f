import type { Fault, Path, Report } from '../../core/finding.ts';
import { isMap, isSame, type Json, type JsonObject, scalarText, textAt } from '../../core/json.ts';
import { asJson, groupOf, type KubeObject, nameOf } from '../../core/kube-object.ts';
import { placedObject } from '../../kinds/kinds.ts';
import type { Model } from '../model/model.ts';
import { inject } from './inject.ts';

type Operation = {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: Json;
};

/** Only a JSON patch keeps lists in order (docs/facts/kustomize.md#patches); `test` fails if the chart has changed. */
function changes(before: Json, after: Json, path: string): Operation[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after)) return mapChanges(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  return [
    { op: 'test', path, value: before },
    { op: 'replace', path, value: after },
  ];
}

function mapChanges(before: JsonObject, after: JsonObject, path: string): Operation[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): Operation[] => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const [old, now] = [before[name], after[name]];
    if (now === undefined) return [{ op: 'remove', path: at }];
    if (old !== undefined) return changes(old, now, at);
    // kustomize treats a missing field as null.
    return [
      { op: 'test', path: at, value: null },
      { op: 'add', path: at, value: now },
    ];
  });
}

/** Adds, changes and removes entries. Each index is that in the list after the operations before it. */
function listChanges(before: readonly Json[], after: readonly Json[], path: string): Operation[] {
  const left = [...before];
  const goneUpTo = (index: number): Operation[] => {
    const keys = after.slice(index).map(keyOf);
    const count = left.findIndex(entry => keys.includes(keyOf(entry)));
    const gone = left.splice(0, count < 0 ? left.length : count);
    return gone.flatMap(entry => [
      guard(entry, `${path}/${index}`),
      { op: 'remove', path: `${path}/${index}` },
    ]);
  };
  const kept = after.flatMap((entry, index): Operation[] => {
    const at = `${path}/${index}`;
    const removed = goneUpTo(index);
    const [old] = left;
    if (old === undefined) return [...removed, { op: 'add', path: `${path}/-`, value: entry }];
    if (keyOf(old) !== keyOf(entry))
      return [...removed, guard(old, at), { op: 'add', path: at, value: entry }];
    left.shift();
    return [...removed, ...entryChanges(old, entry, at)];
  });
  return [...kept, ...goneUpTo(after.length)];
}

function entryChanges(before: Json, after: Json, path: string): Operation[] {
  if (isSame(before, after)) return [];
  const isContainer = isMap(after) && Object.values(after).some(Array.isArray);
  const inside: Operation[] = isContainer
    ? changes(before, after, path)
    : [{ op: 'replace', path, value: after }];
  return [guard(before, path), ...inside];
}

/** The field by which an entry of a list is known. */
function nameIn(entry: Json): [field: string, name: string] | undefined {
  const field = ['mountPath', 'name'].find(name => textAt(entry, name) !== undefined);
  return field === undefined ? undefined : [field, textAt(entry, field) ?? ''];
}

function keyOf(entry: Json): string {
  return JSON.stringify(nameIn(entry) ?? entry);
}

/** A test that fails if another entry is at this place. It holds no value of a variable. */
function guard(entry: Json, path: string): Operation {
  const [field, name = ''] = nameIn(entry) ?? [];
  if (field === undefined) return { op: 'test', path, value: entry };
  return { op: 'test', path: `${path}/${field}`, value: name };
}

/** The object as the target of a patch; for kustomize the name is an anchored regular expression. */
export function patchTarget(object: KubeObject): JsonObject {
  const group = groupOf(object);
  const namespace = scalarText(object.metadata.namespace);
  return {
    ...(group !== '' && { group }),
    version: object.apiVersion.split('/').at(-1) ?? '',
    kind: object.kind,
    name: nameOf(object).replaceAll('.', '\\.'),
    ...(namespace !== '' && { namespace }),
  };
}

export interface Injected {
  readonly patches: readonly { readonly target: JsonObject; readonly patch: Json }[];
  readonly entries: readonly { readonly name: string; readonly fault?: Fault }[];
}

/** Injects into the objects under `resources`, and makes patches for those of components. It leaves no record. */
export function injectAll(
  { inject: spec, namespace, workloads }: Model,
  written: readonly KubeObject[],
  added: readonly KubeObject[],
  report: Report,
): { readonly after: (object: KubeObject) => KubeObject; readonly injected: Injected } {
  const names = Object.keys(spec.workloads ?? {});
  if (names.length === 0)
    return { after: object => object, injected: { patches: [], entries: [] } };
  const placed = [written, added].flatMap((objects, number) =>
    objects.map((object, index) => placedObject(object, number, [index], namespace)),
  );
  const { changed, faults, missed, warnings } = inject({ spec }, placed);
  for (const fault of faults) report({ ...fault, path: inSpec(fault.path) });
  const after = new Map([...changed].map(([{ json }, now]) => [json, now]));
  const faultOf = new Map(
    [...warnings, ...missed].map(idle => [String(idle.path[2]), idle] as const),
  );
  const entries = names.map(name => {
    const fault = faultOf.get(name);
    if (fault === undefined) return { name };
    const isInSpec = workloads.some(entry => entry.name === spec.workloads?.[name]?.target.name);
    const hint = isInSpec && { hint: IN_SPEC };
    return { name, fault: { ...fault, path: inSpec(fault.path), ...hint } };
  });
  const patches = added.flatMap(before => {
    const now = after.get(before) ?? before;
    // While kustomize builds, objects have internal annotations, so only a merge can add the first annotation.
    const isFirst = before.metadata.annotations === undefined;
    const all = patchesOf(before, now, isFirst ? now.metadata.annotations : undefined);
    return all.map(patch => ({ target: patchTarget(before), patch }));
  });
  return { after: object => after.get(object) ?? object, injected: { patches, entries } };
}

/** Patches that turn one object into another: a merge of annotations, if there are any, and a JSON patch. */
export function patchesOf(
  before: KubeObject,
  after: KubeObject,
  annotations: Readonly<Record<string, string>> | undefined,
): Json[] {
  if (annotations === undefined) return jsonPatches(before, after);
  const { apiVersion, kind, metadata } = before;
  const all = { ...metadata.annotations, ...annotations };
  const merged = { ...before, metadata: { ...metadata, annotations: all } };
  const merge = { apiVersion, kind, metadata: { name: nameOf(before), annotations } };
  return [merge, ...jsonPatches(merged, after)];
}

function jsonPatches(before: KubeObject, after: KubeObject): Json[] {
  const operations = changes(asJson(before), asJson(after), '') as unknown as readonly Json[];
  return operations.length > 0 ? [operations] : [];
}

const IN_SPEC =
  'It is among the workloads of this spec: say there, as env, envFrom or mounts, what it is to have.';

function inSpec([, section = 'workloads', ...below]: Path): Path {
  return [section === 'workloads' ? 'inject' : section, ...below];
}
