import { oneLine } from '../../one-line.ts';
import type { ShownField } from '../review.ts';
import { type Differing, differing, whole } from './differing.ts';

/** A field that differs, on the page. */
export interface FieldEntry {
  readonly what: ShownField['what'];
  readonly field: string;
  /** In place of values: they have another order, or are not shown. */
  readonly note: string;
  /** Both fit on one line. */
  readonly isShort: boolean;
  readonly base?: Differing;
  readonly head?: Differing;
}

const SHORT = 72;

/** A field with both of its values, and what of them differs. */
export function fieldEntry({ what, field, base, head, isHidden }: ShownField): FieldEntry {
  const named = { what, field: oneLine(field) };
  if (what === 'reordered') return { ...named, note: 'in another order', isShort: true };
  if (isHidden && base === head) return { ...named, note: 'changed, not shown', isShort: true };
  const isShort = [base, head].every(text => text === undefined || isLine(text));
  const pair =
    base !== undefined && head !== undefined && isShort ? differing(base, head) : undefined;
  return {
    ...named,
    note: '',
    isShort,
    ...(base !== undefined && { base: pair?.base ?? whole(base) }),
    ...(head !== undefined && { head: pair?.head ?? whole(head) }),
  };
}

function isLine(text: string): boolean {
  return text.length <= SHORT && !text.includes('\n');
}
