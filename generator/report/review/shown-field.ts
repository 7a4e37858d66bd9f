import type { Path } from '../../ground/finding.ts';
import { isSame, type Json } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { CHANGED, HIDDEN } from '../../ground/mask/secret-value.ts';
import { maskMessage } from '../../ground/mask/text.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';
import type { Changed, FieldChange } from '../../review/changes/comparison.ts';
import { shownAt } from '../../review/changes/mask/shown.ts';
import type { ShownField } from './review.ts';

/** A field as it may be shown, without secrets. */
export function shownField({ before, after }: Changed, change: FieldChange): ShownField {
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
