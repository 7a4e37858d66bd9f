import { oneLine } from '../../one-line.ts';
import type { ShownField } from '../review.ts';
import { type Differing, differing, whole } from './differing.ts';
import { type Passage, textSides } from './sides.ts';

/** A field that differs, on the page. */
export interface FieldEntry {
  readonly what: ShownField['what'];
  readonly field: string;
  /** In place of values: they have another order, or are not shown. */
  readonly note: string;
  /** Both fit on one line. */
  readonly isShort: boolean;
  /** How many lines there are to open, where they are too many to stand open. */
  readonly folded: number;
  readonly base?: Differing;
  readonly head?: Differing;
  /** Both, line by line, in place of the two values. */
  readonly parts: readonly Passage[];
}

const SHORT = 72;

/** So many lines stand open. */
const OPEN = 40;

/** A field with both of its values, and what of them differs. */
export function fieldEntry({ what, field, base, head, isHidden }: ShownField): FieldEntry {
  const named = { what, field: oneLine(field), folded: 0, parts: [] };
  if (what === 'reordered') return { ...named, note: 'in another order', isShort: true };
  if (isHidden && base === head) return { ...named, note: 'changed, not shown', isShort: true };
  if (base?.includes('\n') === true && head?.includes('\n') === true) {
    const parts = textSides(base, head);
    return { ...named, note: '', isShort: false, folded: foldedOf(shownCount(parts)), parts };
  }
  const isShort = [base, head].every(text => text === undefined || isLine(text));
  const pair =
    base !== undefined && head !== undefined && isShort ? differing(base, head) : undefined;
  return {
    ...named,
    note: '',
    isShort,
    folded: foldedOf([base, head].reduce((sum, text = '') => sum + text.split('\n').length, 0)),
    ...(base !== undefined && { base: pair?.base ?? whole(base) }),
    ...(head !== undefined && { head: pair?.head ?? whole(head) }),
  };
}

function isLine(text: string): boolean {
  return text.length <= SHORT && !text.includes('\n');
}

function foldedOf(lines: number): number {
  return lines > OPEN ? lines : 0;
}

function shownCount(parts: readonly Passage[]): number {
  const counts = parts.map(part =>
    part.what === 'replaced'
      ? Math.max(part.base.length, part.head.length)
      : part.text.split('\n').length,
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
