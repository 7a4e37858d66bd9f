import type { Finding } from '../../ground/finding.ts';
import type { Shown } from '../format.ts';
import { oneLine } from '../one-line.ts';
import { excerptOf } from './excerpt.ts';
import { doubtText, fieldText, type LintReport, summaryOf } from './report.ts';

/** Puts a colour around a text, or does not. */
type Paint = (text: string) => string;

interface Colors {
  readonly error: Paint;
  readonly warning: Paint;
  readonly place: Paint;
  readonly faint: Paint;
}

/** Select Graphic Rendition (ECMA-48): red, yellow, bold, faint. */
const COLORS: Colors = { error: sgr(31), warning: sgr(33), place: sgr(1), faint: sgr(2) };

const plain: Paint = text => text;
const NO_COLORS: Colors = { error: plain, warning: plain, place: plain, faint: plain };

function sgr(code: number): Paint {
  return text => `\u001b[${code}m${text}\u001b[0m`;
}

/** Findings for people: each with its line of the file, what to do, and the other end. */
export function renderLintText(
  report: LintReport,
  { hasColors }: Pick<Shown, 'hasColors'>,
): string {
  const colors = hasColors() ? COLORS : NO_COLORS;
  const blocks = report.findings.map(finding => `${block(finding, report, colors)}\n`);
  const doubts = report.unjudged.doubts.map(doubt => `${oneLine(doubtText(doubt))}\n`);
  return `${blocks.join('')}${doubts.join('')}${summaryOf(report)}\n`;
}

function block(finding: Finding, { lineOf }: LintReport, colors: Colors): string {
  const { rule, severity, message, hint, at, related = [] } = finding;
  const head = at === undefined ? objectAndField(finding) : placeOf(at);
  const lines = [
    `${colors.place(oneLine(head))}: ${colors[severity](severity)}: ${oneLine(message)} ${colors.faint(`[${rule}]`)}`,
    ...excerpt(finding, lineOf, colors),
  ];
  if (hint !== undefined) lines.push(`  hint: ${oneLine(hint)}`);
  for (const { at: place, note } of related) {
    if (place !== undefined) lines.push(`  ${oneLine(`${placeOf(place)}: ${note}`)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The line and a caret below it; without a line of its own, the object and its field. */
function excerpt(
  finding: Finding,
  lineOf: LintReport['lineOf'],
  colors: Colors,
): readonly string[] {
  const { at } = finding;
  if (at === undefined) return [];
  const line = lineOf(at.file, at.line);
  if (line === undefined) return finding.object === undefined ? [] : [inObject(finding)];
  const { text, column } = excerptOf(finding, line);
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  const caret = `${' '.repeat(column - 1)}${colors[finding.severity]('^')}`;
  return [`  ${colors.faint(`${number} |`)} ${text}`, `  ${colors.faint(`${gutter} |`)} ${caret}`];
}

function inObject(finding: Finding): string {
  return `  in ${oneLine(objectAndField(finding))}`;
}

function objectAndField(finding: Finding): string {
  return fieldText(finding) || 'the manifests';
}

function placeOf({ file, line, column }: NonNullable<Finding['at']>): string {
  return `${file}:${line}:${column}`;
}
