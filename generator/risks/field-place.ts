import type { Changed } from '../diff/comparison.ts';
import type { Path } from '../source/finding.ts';
import { valueAt } from '../source/value-path.ts';
import type { Risk } from './risk-rule.ts';

/**
 * Where a field of a changed object stands: on head, on base where head has lost it, else what
 * would hold it on head. Defaults stand nowhere.
 */
export function fieldPlace(
  { base, head }: Changed,
  headPath: Path,
  basePath: Path = headPath,
): Pick<Risk, 'item' | 'side' | 'path'> {
  if (valueAt(head.object, headPath) !== undefined)
    return { item: head, side: 'head', path: headPath };
  if (valueAt(base.object, basePath) !== undefined)
    return { item: base, side: 'base', path: basePath };
  const lengths = headPath.map((_, index) => index).reverse();
  const length = lengths.find(end => valueAt(head.object, headPath.slice(0, end)) !== undefined);
  return { item: head, side: 'head', path: headPath.slice(0, length) };
}
