import {
  type Change,
  type Changed,
  type Comparison,
  type FieldChange,
  itemOfChange,
} from '../../diff/comparison.ts';
import { deletionOf } from '../../diff/deletion.ts';
import { maskedObject } from '../../diff/mask.ts';
import { isSame } from '../../diff/same.ts';
import type { Item } from '../../graph/item.ts';
import { asJson } from '../../objects/kube-object.ts';
import { renderValue } from '../../objects/render-yaml.ts';
import type { ObjectName, Path, Place } from '../../source/finding.ts';
import { valueAt } from '../../source/value-path.ts';
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
      const fields = change.what === 'changed' ? shownFields(change) : [];
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

/** The fields that differ; an object is masked whole, and then taken apart. */
function shownFields({ before, after, fields }: Changed): ShownField[] {
  const [base, head] = [maskedObject(asJson(before)), maskedObject(asJson(after))];
  return fields.map(field => shownField(field, base, head));
}

function shownField(change: FieldChange, base: JsonObject, head: JsonObject): ShownField {
  const { what, field, basePath, headPath } = change;
  const before = shownSide(change.base, base, basePath);
  const after = shownSide(change.head, head, headPath);
  return {
    what,
    field,
    ...(before !== undefined && { base: before.text }),
    ...(after !== undefined && { head: after.text }),
    isHidden: before?.isHidden === true || after?.isHidden === true,
  };
}

/** A value of one side, taken from the masked object. */
function shownSide(
  value: Json | undefined,
  masked: JsonObject,
  path: Path = [],
): { readonly text: string; readonly isHidden: boolean } | undefined {
  if (value === undefined) return undefined;
  const shown = valueAt(masked, path) as Json;
  return { text: textOf(shown), isHidden: !isSame(value, shown) };
}

function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return renderValue(value).trimEnd();
}

function manifestsOf(change: Change): { readonly base?: JsonObject; readonly head?: JsonObject } {
  return {
    ...(change.what !== 'added' && { base: maskedObject(asJson(change.base.object)) }),
    ...(change.what !== 'removed' && { head: maskedObject(asJson(change.head.object)) }),
  };
}
