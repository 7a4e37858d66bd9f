import type { Finding } from '../ground/finding.ts';
import { jsonText } from './json-text.ts';

/** Findings for programs: `{"findings": [...]}`, the fields of `Finding` as they are. */
export function renderJson(findings: readonly Finding[]): string {
  return jsonText({ findings });
}
