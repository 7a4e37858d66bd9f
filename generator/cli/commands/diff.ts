import { relative, resolve } from 'node:path';
import { layoutChart } from '#layout';
import packageJson from '../../../package.json' with { type: 'json' };
import { renderReviewHtml } from '../../report/review/html/html.ts';
import { renderReviewJson } from '../../report/review/json.ts';
import { renderReviewMarkdown } from '../../report/review/markdown/markdown.ts';
import type { Review } from '../../report/review/review.ts';
import { renderReviewSarif } from '../../report/review/sarif.ts';
import { renderReviewText } from '../../report/review/text.ts';
import { blockers, isBroken } from '../../report/review/verdict.ts';
import { writeReports } from '../diff/reports.ts';
import { type ReadSides, reviewOf } from '../diff/review-of.ts';
import { fileOnHead } from '../diff/side.ts';
import { withSides } from '../diff/sides.ts';
import { exitCodes } from '../exit-codes.ts';
import { explain, pageOf } from '../explain.ts';
import type { Host } from '../host.ts';
import type { Allowed } from '../kustomize/allowed.ts';

export interface DiffOptions extends Allowed {
  readonly file: string;
  readonly format: DiffFormat;
  readonly namespace?: string;
  /** A revision of git, or a path. */
  readonly base: string;
  readonly head: string;
  /** A file of acknowledgements in place of head's own. */
  readonly acknowledgements?: string;
  /** A config of lint in place of head's own. */
  readonly config?: string;
  /** A folder to write the review into, in every format for programs and people. */
  readonly reports?: string;
  /** A rule whose page is wanted, instead of all else. */
  readonly explain?: string;
}

type DiffFormat = 'text' | 'json' | 'html' | 'markdown' | 'sarif';

interface Format {
  readonly render: (review: Review, sides: ReadSides, host: Host) => string;
  /** The file that `--reports` writes. */
  readonly file?: string;
}

const formats: Readonly<Record<DiffFormat, Format>> = {
  text: { render: renderReviewText },
  json: { render: renderReviewJson, file: 'review.json' },
  html: { render: review => renderReviewHtml(review, layoutChart), file: 'review.html' },
  markdown: { render: renderReviewMarkdown, file: 'review.md' },
  sarif: { render: renderSarif, file: 'review.sarif' },
};

function renderSarif(review: Review, { head }: ReadSides, host: Host): string {
  return renderReviewSarif(review, {
    version: packageJson.version,
    pageOf,
    relativeFile: file => relative(host.cwd, resolve(host.cwd, file)),
    fileOnHead: (file, environments) => fileOnHead(head, file, environments),
  });
}

/** Shows what changes between two sides, and which of it hurts. */
export function diff(options: DiffOptions, host: Host): number {
  if (options.explain !== undefined) return explain(options.explain, host);
  return withSides(options, host, sides => print(reviewOf(sides, host), sides, options, host));
}

function print(review: Review, sides: ReadSides, options: DiffOptions, host: Host): number {
  if (options.reports !== undefined) {
    const reports = Object.values(formats).flatMap(({ file, render }) =>
      file === undefined ? [] : [[file, render(review, sides, host)] as const],
    );
    writeReports(options.reports, reports, host);
  }
  host.stdout(formats[options.format].render(review, sides, host));
  return exitCodeOf(review);
}

function exitCodeOf(review: Review): number {
  if (isBroken(review)) return exitCodes.usage;
  return blockers(review).length > 0 ? exitCodes.findings : exitCodes.ok;
}
