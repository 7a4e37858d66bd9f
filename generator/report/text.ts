import type { Finding } from '../source/finding.ts';

/** Findings for people: `file:line:column: error: message [id]`, then the hint and other places. */
export function renderText(findings: readonly Finding[]): string {
  return findings.map(renderFinding).join('');
}

function renderFinding({ id, severity, message, hint, field, at, related = [] }: Finding): string {
  const lines = [
    `${at === undefined ? field || 'spec' : placeOf(at)}: ${severity}: ${message} [${id}]`,
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

/** Control characters that a name of the spec may hold would break the line, or the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, character =>
    JSON.stringify(character) === `"${character}"`
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : JSON.stringify(character).slice(1, -1),
  );
}
