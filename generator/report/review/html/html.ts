import { page } from '#review/page';
import type { LayoutOf } from '../../graph/svg.ts';
import { escaped } from '../../graph/svg-text.ts';
import { shownLines } from '../../one-line.ts';
import type { Review } from '../review.ts';
import { pageOf } from './page.ts';

/**
 * A review as one page of HTML that needs nothing else: no network, and no script to be read. All
 * that comes from manifests is escaped by the templates (`templates/`, compiled by the build).
 */
export function renderReviewHtml(review: Review, layoutOf: LayoutOf): string {
  return page.render(pageOf(review, layoutOf), shownEscaped);
}

function shownEscaped(value: unknown): string {
  return escaped(shownLines(String(value)));
}
