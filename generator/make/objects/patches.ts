import type { Path, Report } from '../../ground/finding.ts';
import { isBelow, isMap, isSame, type Json, type JsonObject } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { checkSchema, type Validators } from '../../ground/schema/schema-check.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { SpecEntry } from '../model/model.ts';
import { itemLike, mergeKey, mergePatch } from './merge-patch.ts';

/** An object of an entry, and which of its parts the spec gives in the object's own terms. */
export interface EntryObject {
  readonly object: KubeObject;
  readonly needs?: readonly string[];
  /** Path in the object → path in the entry. */
  readonly ownTerms?: readonly (readonly [inObject: Path, inEntry: Path])[];
  /** A patch was merged in: whether the object was the same before. */
  readonly isPatchIdle?: boolean;
}

/**
 * The objects of an entry with its patches merged in. What the spec gives in the object's own
 * terms is held against the kind's schema, and a fault points at the spec.
 */
export function applyPatches(
  entry: SpecEntry,
  objects: readonly EntryObject[],
  validators: Validators,
  report: Report,
): EntryObject[] {
  checkKinds(entry, objects, report);
  return objects.map(made => {
    const { object, ownTerms = [] } = made;
    const patch = Object.hasOwn(entry.patch, object.kind) ? entry.patch[object.kind] : undefined;
    if (patch === undefined && ownTerms.length === 0) return made;
    const patched = patch === undefined ? object : patchObject(entry, object, patch, report);
    for (const fault of checkSchema(patched, validators)) {
      const path = specPath(entry, { ...made, object: patched }, patch ?? {}, fault.path);
      report({
        ...fault,
        path,
        message: `${fault.message} (${object.kind} ${object.metadata.name})`,
      });
    }
    if (patch === undefined) return made;
    return { ...made, object: patched, isPatchIdle: isSame(object, patched) };
  });
}

function checkKinds(
  { name, path, patch }: SpecEntry,
  objects: readonly EntryObject[],
  report: Report,
): void {
  const kinds = new Set(objects.map(made => made.object.kind));
  for (const kind of Object.keys(patch)) {
    if (kinds.has(kind)) continue;
    report({
      id: 'unknown-kind',
      message: `"${name}" makes no object of kind "${kind}"`,
      hint: knownNames('kinds it makes', kind, kinds),
      path: [...path, 'patch', kind],
      isAboutName: true,
    });
  }
}

function patchObject(
  entry: SpecEntry,
  object: KubeObject,
  patch: JsonObject,
  report: Report,
): KubeObject {
  const {
    apiVersion,
    kind,
    metadata: { name, namespace },
  } = object;
  const fixed: readonly (readonly [Path, Json | undefined])[] = [
    [['apiVersion'], apiVersion],
    [['kind'], kind],
    [['metadata', 'name'], name],
    [['metadata', 'namespace'], namespace],
  ];
  const metadata = isMap(patch['metadata']) ? patch['metadata'] : {};
  for (const [path, value] of fixed) {
    const given = path.length === 1 ? patch[String(path[0])] : metadata[String(path[1])];
    if (given === undefined || given === value) continue;
    report({
      id: 'patch-identity',
      message: `a patch cannot change ${path.join('.')}`,
      hint: 'Remove it: references to the object would lead nowhere.',
      path: [...entry.path, 'patch', kind, ...path],
    });
  }
  const merged = mergePatch(asJson(object), patch) as unknown as KubeObject;
  return {
    ...merged,
    apiVersion,
    kind,
    metadata: { ...merged.metadata, name, ...(namespace !== undefined && { namespace }) },
  };
}

/** Where the spec says what stands at a path of the object: in the patch, or in a field of its own. */
function specPath(entry: SpecEntry, made: EntryObject, patch: JsonObject, path: Path): Path {
  const inPatch = patchPath(asJson(made.object), patch, path);
  if (inPatch.length > 0) return [...entry.path, 'patch', made.object.kind, ...inPatch];
  for (const [inObject, inEntry] of made.ownTerms ?? []) {
    if (isBelow(path, inObject)) return [...entry.path, ...inEntry, ...path.slice(inObject.length)];
  }
  return entry.path;
}

/** As much of an object's path as the patch holds; items of keyed lists stand elsewhere there. */
export function patchPath(object: JsonObject, patch: JsonObject, path: Path): Path {
  const found: (string | number)[] = [];
  let [inObject, inPatch]: [Json | undefined, Json | undefined] = [object, patch];
  for (const step of path) {
    const name = String(found.findLast(before => typeof before === 'string') ?? '');
    const at = typeof step === 'number' ? indexInPatch(name, inObject, inPatch, step) : step;
    const next = stepInto(inPatch, at);
    if (next === undefined) break;
    found.push(at);
    [inObject, inPatch] = [stepInto(inObject, step), next];
  }
  return found;
}

function indexInPatch(
  name: string,
  inObject: Json | undefined,
  inPatch: Json | undefined,
  index: number,
): number {
  if (!Array.isArray(inObject) || !Array.isArray(inPatch)) return index;
  const key = mergeKey(name, [inObject, inPatch]);
  const item = inObject[index];
  if (key === undefined || !isMap(item)) return index;
  return inPatch.indexOf(itemLike(inPatch, key, item));
}

function stepInto(value: Json | undefined, step: string | number): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)];
  return isMap(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;
}
