import type { Finding } from '../ground/finding.ts';
import { oneLine } from './one-line.ts';

/** Findings for people: `file:line:column: error: message [rule]`, then the hint and other places. */
export function renderText(findings: readonly Finding[]): string {
  return findings.map(renderFinding).join('');
}

function renderFinding({
  rule,
  severity,
  message,
  hint,
  field,
  at,
  related = [],
}: Finding): string {
  const lines = [
    `${at === undefined ? field || 'spec' : placeOf(at)}: ${severity}: ${message} [${rule}]`,
  ];
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  for (const place of related) {
    if (place.at !== undefined) lines.push(`  ${placeOf(place.at)}: ${place.note}`);
  }
  return `${lines.map(oneLine).join('\n')}\n`;
}

function placeOf({ file, line, column }: NonNullable<Finding['at']>): string {
  return `${file}:${line}:${column}`;
}
