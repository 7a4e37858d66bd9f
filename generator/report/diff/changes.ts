import {
  type Change,
  type Comparison,
  type FieldChange,
  itemOfChange,
} from '../../diff/comparison.ts';
import { deletionOf } from '../../diff/deletion.ts';
import { shownValue } from '../../diff/mask.ts';
import type { Item } from '../../graph/item.ts';
import { asJson } from '../../objects/kube-object.ts';
import { renderValue } from '../../objects/render-yaml.ts';
import type { ObjectName, Path, Place } from '../../source/finding.ts';
import type { Json, JsonObject } from '../../spec/spec.ts';
import type { ChangedObject, ChangeGroup, ShownField } from './review.ts';

/** The place of a field of an object of one side. */
export type SidePlace = (side: 'base' | 'head', item: Item, path: Path) => Place | undefined;

/** Changes in the order of their first object; what is the same in several comes once. */
export function changeGroups(
  comparisons: readonly Comparison[],
  placeOf: SidePlace,
): ChangeGroup[] {
  const groups = new Map<
    string,
    { readonly group: ChangeGroup; readonly objects: ChangedObject[] }
  >();
  for (const comparison of comparisons) {
    for (const change of comparison.changes) {
      const fields =
        change.what === 'changed' ? change.fields.map(field => shownField(field, change.head)) : [];
      const key = keyOf(change, fields);
      const object = changedObject(change, comparison, placeOf);
      const known = groups.get(key);
      if (known !== undefined) known.objects.push(object);
      else {
        const objects = [object];
        groups.set(key, {
          objects,
          group: { what: change.what, objects, fields, manifests: () => manifestsOf(change) },
        });
      }
    }
  }
  return [...groups.values()].map(({ group }) => group);
}

/** A change of fields is the same on any object; an object comes or goes under its own name. */
function keyOf(change: Change, fields: readonly ShownField[]): string {
  if (change.what === 'changed') {
    const raw = change.fields.map(({ base, head }) => [base ?? null, head ?? null]);
    return JSON.stringify([change.head.kind, fields, raw]);
  }
  const { group, kind, name } = itemOfChange(change);
  return JSON.stringify([change.what, group, kind, name]);
}

function changedObject(change: Change, comparison: Comparison, placeOf: SidePlace): ChangedObject {
  const item = itemOfChange(change);
  const pair =
    change.what === 'added' ? change.was : change.what === 'removed' ? change.becomes : undefined;
  const at = placeOf(change.what === 'removed' ? 'base' : 'head', item, ['metadata', 'name']);
  return {
    environment: comparison.name,
    ...objectName(item),
    ...(pair !== undefined && { pair: objectName(pair) }),
    ...(change.what === 'removed' && { outcome: deletionOf(comparison, item).text }),
    ...(at !== undefined && { at }),
  };
}

/** An object as people name it. */
export function objectName({ kind, namespace, name }: Item): ObjectName {
  return { kind, ...(namespace !== '' && { namespace }), name };
}

function shownField(
  { what, field, base, head, basePath, headPath }: FieldChange,
  { kind }: Item,
): ShownField {
  const before = base === undefined ? undefined : shownValue(base, { kind, path: basePath ?? [] });
  const after = head === undefined ? undefined : shownValue(head, { kind, path: headPath ?? [] });
  return {
    what,
    field,
    ...(before !== undefined && { base: textOf(before.value) }),
    ...(after !== undefined && { head: textOf(after.value) }),
    isHidden: before?.isHidden === true || after?.isHidden === true,
  };
}

function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return renderValue(value).trimEnd();
}

function manifestsOf(change: Change): { readonly base?: JsonObject; readonly head?: JsonObject } {
  return {
    ...(change.what !== 'added' && { base: shownObject(change.base) }),
    ...(change.what !== 'removed' && { head: shownObject(change.head) }),
  };
}

function shownObject({ object, kind }: Item): JsonObject {
  return shownValue(asJson(object), { kind, path: [] }).value as JsonObject;
}
