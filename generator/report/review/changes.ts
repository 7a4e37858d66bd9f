import type { Path } from '../../ground/finding.ts';
import type { Json, JsonObject } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { CHANGED, HIDDEN } from '../../ground/mask/secret-value.ts';
import { maskMessage } from '../../ground/mask/text.ts';
import { isSame } from '../../ground/same.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';
import { changeOf } from '../../review/changes/compare.ts';
import {
  type Change,
  type Changed,
  type Comparison,
  environmentOf,
  type FieldChange,
  objectOfChange,
} from '../../review/changes/comparison.ts';
import { deletionOf } from '../../review/changes/deletion.ts';
import { shownAt } from '../../review/changes/mask/shown.ts';
import type { ChangedObject, ChangeGroup, ShownField } from './review.ts';

/** Changes in the order of their first object; what is the same in several comes once. */
export function changeGroups(comparisons: readonly Comparison[]): ChangeGroup[] {
  const groups = new Map<
    string,
    { readonly group: ChangeGroup; readonly objects: ChangedObject[] }
  >();
  for (const comparison of comparisons) {
    for (const change of toldChanges(comparison)) {
      const { fields, objects: own, manifests } = shownChange(change, comparison);
      const what = isReplacing(change) ? 'replaced' : change.what;
      const key = keyOf(change, fields, comparison);
      const known = groups.get(key);
      if (known !== undefined) known.objects.push(...own);
      else {
        const objects = [...own];
        groups.set(key, { objects, group: { what, objects, fields, manifests } });
      }
    }
  }
  return [...groups.values()].map(({ group }) => group);
}

/** The changes of a comparison: what is removed under one name and added under another is one. */
function toldChanges({ changes }: Comparison): Change[] {
  const replacing = new Set(changes.flatMap(change => (isReplacing(change) ? [change.was] : [])));
  return changes.filter(change => change.what !== 'removed' || !replacing.has(change.base));
}

type Replacing = Extract<Change, { what: 'added' }> & { readonly was: PlacedObject };

function isReplacing(change: Change): change is Replacing {
  return change.what === 'added' && change.was !== undefined;
}

/** A change of one object, as it is shown. */
function shownChange(change: Change, comparison: Comparison): Omit<ChangeGroup, 'what'> {
  const differing = isReplacing(change)
    ? changeOf(change.was, change.head)
    : change.what === 'changed'
      ? change
      : undefined;
  const fields = (differing?.fields ?? []).filter(field => !isReplacing(change) || !isName(field));
  return {
    objects: [changedObject(change, comparison)],
    fields: fields.map(field => shownField(differing as Changed, field)),
    manifests: () => manifestsOf(differing ?? change),
  };
}

/** What the names of the two tell already. */
function isName(change: FieldChange): boolean {
  return /^metadata\.(name|namespace)$/.test(change.field);
}

/**
 * A change of fields is the same on any object; what only moves, moves with all that goes the same way;
 * an object comes or goes under its own name.
 */
function keyOf(change: Change, fields: readonly ShownField[], comparison: Comparison): string {
  if (change.what === 'changed' && fields.length === 0) {
    const ends = [change.base, change.head].map(object => environmentOf(comparison, object));
    return JSON.stringify(['moved', ...ends]);
  }
  if (change.what === 'changed') {
    const raw = change.fields.map(({ base, head }) => [base ?? null, head ?? null]);
    return JSON.stringify([change.head.kind, fields, raw, change.isMoved]);
  }
  const { group, kind, name } = objectOfChange(change);
  const was = change.what === 'added' ? change.was?.name : undefined;
  return JSON.stringify([change.what, group, kind, name, was, fields]);
}

function changedObject(change: Change, comparison: Comparison): ChangedObject {
  const object = objectOfChange(change);
  const before = isReplacing(change)
    ? change.was
    : change.what === 'added'
      ? undefined
      : change.base;
  const pair =
    change.what === 'removed' ? change.becomes : isReplacing(change) ? before : undefined;
  const gone = change.what === 'changed' ? undefined : before;
  const from = before === undefined ? undefined : environmentOf(comparison, before);
  const environment = environmentOf(comparison, object);
  const isMoved = change.what === 'changed' ? change.isMoved === true : from !== environment;
  return {
    environment,
    ...objectName(object),
    ...(isMoved && from !== undefined && { movedFrom: from }),
    ...(pair !== undefined && { pair: objectName(pair) }),
    ...(gone !== undefined && { outcome: deletionOf(comparison, gone).text }),
  };
}

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

function manifestsOf(change: Change): { readonly base?: JsonObject; readonly head?: JsonObject } {
  return {
    ...(change.what !== 'added' && { base: shownObject(change.base) }),
    ...(change.what !== 'removed' && { head: shownObject(change.head) }),
  };
}

function shownObject({ json }: PlacedObject): JsonObject {
  return shownAt(asJson(json)) as JsonObject;
}
