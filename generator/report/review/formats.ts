import { layoutChart } from '#layout';
import type { Formats } from '../format.ts';
import { renderReviewHtml } from './html/html.ts';
import { renderReviewJson } from './json.ts';
import { renderReviewMarkdown } from './markdown/markdown.ts';
import type { Review } from './review.ts';
import { renderReviewSarif } from './sarif.ts';
import { renderReviewText } from './text/text.ts';

/** `diff`. */
export const diffFormats: Formats<Review> = {
  text: { render: renderReviewText },
  json: { render: renderReviewJson, file: 'review.json' },
  html: { render: review => renderReviewHtml(review, layoutChart), file: 'review.html' },
  markdown: { render: renderReviewMarkdown, file: 'review.md' },
  sarif: { render: renderReviewSarif, file: 'review.sarif' },
};
