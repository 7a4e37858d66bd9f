import type { Path } from '../../../ground/finding.ts';
import type { Changed } from '../../changes/comparison.ts';

/** The fields of a changed object that the API server does not let change. */
export function changedFixedFields({ head, before, after }: Changed): readonly Path[] {
  return head.known?.fixed?.(before, after) ?? [];
}
