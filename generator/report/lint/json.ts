import { flatFinding, jsonText } from '../json-text.ts';
import type { LintReport } from './report.ts';

/** Findings for programs, and what was looked at. */
export function renderLintJson({
  findings,
  objects,
  seen: { excluded, ...seen },
  accepted,
  unjudged,
  versions,
}: LintReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return jsonText({
    findings: findings.map(flatFinding),
    summary: {
      errors,
      warnings: findings.length - errors,
      accepted,
      objects,
      ...seen,
      ...(excluded.length > 0 && { excluded }),
      unjudged,
      ...(versions.length > 0 && { versions }),
    },
  });
}
