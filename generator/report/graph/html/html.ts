import { page } from '#graph/page';
import { shownLines } from '../../one-line.ts';
import type { Flow } from '../flow.ts';
import type { LayoutOf } from '../svg.ts';
import { escaped } from '../svg-text.ts';
import { pageOf } from './page.ts';

/**
 * The flows as one page of HTML that needs nothing else, for a whole world: a chart for each Secret,
 * folded, and a search over all names. Without scripts all is there to read.
 */
export function renderFlowHtml(flows: readonly Flow[], layoutOf: LayoutOf): string {
  return page.render(pageOf(flows, layoutOf), value => escaped(shownLines(String(value))));
}
