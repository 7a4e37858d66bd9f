import type { Path } from '../core/finding.ts';
import { isSame, type Json, type JsonObject } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';
import { maskMessage } from '../core/mask.ts';
import { CHANGED, HIDDEN } from '../core/secret-name.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import { shownAt } from '../report/mask.ts';
import { renderValue } from '../yaml/write.ts';
import { changeOf } from './compare.ts';
import { type Change, type Changed, type Comparison, environmentOf } from './comparison.ts';
import { deletionOf } from './deletion.ts';
import type { FieldChange } from './field-changes.ts';
import type { ChangedObject, ChangeGroup, ShownField } from './review.ts';

/** Changes in the order of their first object; what is the same in several comes once. */
export function changeGroups(comparisons: readonly Comparison[]): ChangeGroup[] {
  const groups = new Map<
    string,
    { readonly group: ChangeGroup; readonly objects: ChangedObject[] }
  >();
  for (const comparison of comparisons) {
    for (const told of toldIn(comparison)) {
      const shown = shownChange(told);
      const key = keyOf(told, shown.fields, comparison);
      const objects: ChangedObject[] = groups.get(key)?.objects ?? [];
      if (objects.length === 0) groups.set(key, { objects, group: { ...shown, objects } });
      objects.push(changedObject(told, comparison));
    }
  }
  return [...groups.values()].map(({ group }) => group);
}

/** A change as it is told. */
interface Told {
  readonly what: ChangeGroup['what'];
  readonly object: PlacedObject;
  /** What it was on base, also under another name. */
  readonly before?: PlacedObject;
  /** The other of two names that an object has on the sides. */
  readonly pair?: PlacedObject | undefined;
  /** It is another unit's now. */
  readonly isMoved?: boolean;
  readonly differing?: Changed | undefined;
}

/** The changes of a comparison: what is removed under one name and added under another is one. */
function toldIn({ changes }: Comparison): Told[] {
  const replaced = new Set(
    changes.flatMap(change => (change.what === 'added' ? (change.was ?? []) : [])),
  );
  return changes
    .filter(change => change.what !== 'removed' || !replaced.has(change.base))
    .map(toldOf);
}

function toldOf(change: Change): Told {
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

/** The fields that differ; of what is replaced without what its names tell already. */
function fieldsOf({ what, differing }: Told): FieldChange[] {
  return (differing?.fields ?? []).filter(
    ({ field }) => what !== 'replaced' || !/^metadata\.(name|namespace)$/.test(field),
  );
}

function shownChange(told: Told): Omit<ChangeGroup, 'objects'> {
  const { what, object, before, differing } = told;
  return {
    what,
    fields: fieldsOf(told).map(field => shownField(differing as Changed, field)),
    manifests: () => ({
      ...(before !== undefined && { base: shownObject(before) }),
      ...(what !== 'removed' && { head: shownObject(object) }),
    }),
  };
}

/**
 * A change of fields is the same on any object; what only moves, moves with all that goes the same way;
 * an object comes or goes under its own name.
 */
function keyOf(told: Told, fields: readonly ShownField[], comparison: Comparison): string {
  const { what, object, before, isMoved } = told;
  const { group, kind, name } = object;
  const raw = fieldsOf(told).map(({ base, head }) => [base ?? null, head ?? null]);
  const same = [fields, raw, isMoved];
  if (what !== 'changed') return JSON.stringify([what, group, kind, name, before?.name, same]);
  if (fields.length > 0) return JSON.stringify([kind, same]);
  const ends = [before ?? object, object].map(one => environmentOf(comparison, one));
  return JSON.stringify(['moved', ...ends]);
}

function changedObject(told: Told, comparison: Comparison): ChangedObject {
  const { what, object, before, pair } = told;
  const environment = environmentOf(comparison, object);
  const from = before === undefined ? undefined : environmentOf(comparison, before);
  const { isMoved = from !== environment } = told;
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
  /** What is hidden; it is held against the other side, and goes no further. */
  readonly secrets: ReadonlySet<string>;
}

/** A value as it may be shown. Where more than secrets changes, those that do are marked on head. */
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
