import type { Path } from '../core/finding.ts';
import { isSame, type Json, type JsonObject } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { CHANGED, HIDDEN, maskMessage } from '../core/mask.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import { shownAt } from '../report/mask.ts';
import { renderValue } from '../yaml/write.ts';
import { changeOf } from './compare.ts';
import {
  type Both,
  type Change,
  type Changed,
  type Comparison,
  environmentOf,
} from './comparison.ts';
import { deletionOf } from './deletion.ts';
import type { FieldChange } from './field-changes.ts';
import type { ChangedObject, ChangeGroup, ShownField } from './review.ts';

/** Changes in the order of their first object. The same change of several objects comes once. */
export function changeGroups(comparisons: readonly Comparison[]): ChangeGroup[] {
  const groups = new Map<string, { group: ChangeGroup; objects: ChangedObject[] }>();
  for (const comparison of comparisons) {
    for (const change of objectChangesIn(comparison)) {
      const fields = shownFields(change);
      const key = keyOf(change, fields, comparison);
      const objects: ChangedObject[] = groups.get(key)?.objects ?? [];
      if (objects.length === 0) {
        const manifests = (): Partial<Both<JsonObject>> => manifestsOf(change);
        groups.set(key, { objects, group: { what: change.what, objects, fields, manifests } });
      }
      objects.push(changedObject(change, comparison));
    }
  }
  return [...groups.values()].map(({ group }) => group);
}

/** A change of one object, where a removed and an added one may be the same under another name. */
interface ObjectChange {
  readonly what: ChangeGroup['what'];
  readonly object: PlacedObject;
  /** The object on base, which may have another name. */
  readonly before?: PlacedObject;
  /** The object under its other name. */
  readonly pair?: PlacedObject | undefined;
  /** Another unit applies it than before. */
  readonly isMoved?: boolean;
  /** What differs between both. */
  readonly differing?: Changed | undefined;
}

function objectChangesIn({ changes }: Comparison): ObjectChange[] {
  const replaced = new Set(
    changes.flatMap(change => (change.what === 'added' ? (change.was ?? []) : [])),
  );
  return changes
    .filter(change => change.what !== 'removed' || !replaced.has(change.base))
    .map(objectChange);
}

function objectChange(change: Change): ObjectChange {
  if (change.what === 'changed') {
    const { base, head, isMoved = false } = change;
    return { what: 'changed', object: head, before: base, isMoved, differing: change };
  }
  if (change.what === 'removed')
    return { what: 'removed', object: change.base, before: change.base, pair: change.becomes };
  const { head, was } = change;
  if (was === undefined) return { what: 'added', object: head };
  return { what: 'replaced', object: head, before: was, pair: was, differing: changeOf(was, head) };
}

function shownFields(change: ObjectChange): ShownField[] {
  const { differing } = change;
  return differing === undefined ? [] : fieldsOf(change).map(field => shownField(differing, field));
}

/** The fields that differ. That a replaced object has another name or namespace is said without them. */
function fieldsOf({ what, differing }: ObjectChange): FieldChange[] {
  return (differing?.fields ?? []).filter(
    ({ field }) => what !== 'replaced' || !/^metadata\.(name|namespace)$/.test(field),
  );
}

function manifestsOf({ what, object, before }: ObjectChange): Partial<Both<JsonObject>> {
  return {
    ...(before !== undefined && { base: shownObject(before) }),
    ...(what !== 'removed' && { head: shownObject(object) }),
  };
}

/**
 * Names a change; changes of the same key are one group: the same change of fields, the same move between units, or
 * objects of one name that come or go.
 */
function keyOf(
  change: ObjectChange,
  fields: readonly ShownField[],
  comparison: Comparison,
): string {
  const { what, object, before, isMoved } = change;
  const { group, kind, name } = object;
  const values = fieldsOf(change).map(({ base, head }) => [base ?? null, head ?? null]);
  const same = [fields, values, isMoved];
  if (what !== 'changed') return JSON.stringify([what, group, kind, name, before?.name, same]);
  if (fields.length > 0) return JSON.stringify([kind, same]);
  const units = [before ?? object, object].map(side => environmentOf(comparison, side));
  return JSON.stringify(['moved', ...units]);
}

function changedObject(change: ObjectChange, comparison: Comparison): ChangedObject {
  const { what, object, before, pair } = change;
  const environment = environmentOf(comparison, object);
  const from = before === undefined ? undefined : environmentOf(comparison, before);
  const { isMoved = from !== environment } = change;
  return {
    environment,
    ...objectName(object),
    ...(isMoved && from !== undefined && { movedFrom: from }),
    ...(pair !== undefined && { pair: objectName(pair) }),
    ...(what !== 'changed' &&
      before !== undefined && { outcome: deletionOf(comparison, before).text }),
  };
}

function shownObject({ json }: PlacedObject): JsonObject {
  return shownAt(asJson(json)) as JsonObject;
}

/** A field as it may be shown, without secrets. */
function shownField({ before, after }: Changed, change: FieldChange): ShownField {
  const { what, field, base, head, basePath, headPath } = change;
  const left = base === undefined ? undefined : shownSide(base, before, basePath);
  const right = head === undefined ? undefined : shownSide(head, after, headPath, left);
  return {
    what,
    field: maskMessage(field),
    ...(left !== undefined && { base: left.text }),
    ...(right !== undefined && { head: right.text }),
    isHidden: left?.isHidden === true || right?.isHidden === true,
  };
}

interface ShownSide {
  readonly text: string;
  readonly isHidden: boolean;
  /** The hidden values, which are compared with those of the other side and never shown. */
  readonly secrets: ReadonlySet<string>;
}

/** A value as it may be shown. On head, changed secrets are marked if something beside secrets changed too. */
function shownSide(
  value: Json,
  object: KubeObject,
  path: Path | undefined,
  base?: ShownSide,
): ShownSide {
  const secrets = new Set<string>();
  const shown = shownAt(asJson(object), path, secret => {
    secrets.add(secret);
    return HIDDEN;
  });
  const side = { text: textOf(shown), isHidden: !isSame(value, shown), secrets };
  if (base === undefined || base.text === side.text || !side.isHidden) return side;
  const marked = shownAt(asJson(object), path, secret =>
    base.secrets.size === 0 || base.secrets.has(secret) ? HIDDEN : CHANGED,
  );
  return { ...side, text: textOf(marked) };
}

function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return renderValue(value).trimEnd();
}
