import type { Finding } from '../source/finding.ts';

/** Findings for programs: `{"findings": [...]}`, the fields of `Finding` as they are. */
export function renderJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ findings }, undefined, 2)}\n`;
}
