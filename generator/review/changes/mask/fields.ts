import type { Path } from '../../../ground/finding.ts';
import { LAST_APPLIED } from '../../../ground/observed.ts';
import type { Content, Kind } from '../../../kinds/kind.ts';
import { kinds } from '../../../kinds/kinds.ts';

/** Where a value stands: what the kind of its object may be, and the fields from that object's root. */
export interface ValuePlace {
  readonly kinds: readonly Kind[];
  readonly path: Path;
}

/** What the kind says of a place. Of several of one name any may be meant. */
export function contentAt({ kinds, path }: ValuePlace): Content | undefined {
  for (const { holds } of kinds) {
    const content = holds?.(path);
    if (content !== undefined) return content;
  }
  return undefined;
}

const SECRET_FIELDS: ReadonlySet<string | number> = new Set(
  kinds.flatMap(({ secretFields }) => secretFields ?? []),
);

/** Fields that hold secrets by their meaning, whatever they look like. */
export function isSecretField(place: ValuePlace): boolean {
  const { path } = place;
  return (
    path.at(-1) === LAST_APPLIED ||
    path.some(step => SECRET_FIELDS.has(step)) ||
    contentAt(place) === 'secret'
  );
}
