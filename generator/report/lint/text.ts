import { colorsFor, findingBlock } from '../finding/finding-block.ts';
import type { Shown } from '../format.ts';
import { oneLine } from '../one-line.ts';
import { doubtText, type LintReport, summaryOf } from './report.ts';

/** Findings for people: each with its line of the file, what to do, and the other end. */
export function renderLintText(
  report: LintReport,
  { hasColors }: Pick<Shown, 'hasColors'>,
): string {
  const colors = colorsFor(hasColors());
  const blocks = report.findings.map(
    finding => `${findingBlock(finding, report.lineOf, colors)}\n`,
  );
  const doubts = report.unjudged.doubts.map(doubt => `${oneLine(doubtText(doubt))}\n`);
  return `${blocks.join('')}${doubts.join('')}${summaryOf(report)}\n`;
}
