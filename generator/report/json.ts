import type { Finding } from '../ground/finding.ts';
import { flatFinding } from './flat.ts';
import { jsonText } from './json-text.ts';

/** Findings for programs. */
export function renderJson(findings: readonly Finding[]): string {
  return jsonText({ findings: findings.map(flatFinding) });
}
