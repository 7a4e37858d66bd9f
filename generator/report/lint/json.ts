import type { Finding, Place } from '../../ground/finding.ts';
import { jsonText } from '../json-text.ts';
import type { LintReport } from './report.ts';

/** Findings for programs, as flat objects, and what was looked at. */
export function renderLintJson({ findings, objects, accepted, unjudged }: LintReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const report = {
    findings: findings.map(flat),
    summary: { errors, warnings: findings.length - errors, accepted, objects, unjudged },
  };
  return jsonText(report);
}

/** Every field is always there, so that nobody has to ask; null: there is none. */
function flat({ id, severity, message, hint, field, at, object, related = [] }: Finding): object {
  return {
    rule: id,
    severity,
    kind: object?.kind ?? null,
    namespace: object?.namespace ?? null,
    name: object?.name ?? null,
    field,
    message,
    hint: hint ?? null,
    ...flatPlace(at),
    related: related.map(place => ({ note: place.note, ...flatPlace(place.at) })),
  };
}

function flatPlace(at: Place | undefined): object {
  return { file: at?.file ?? null, line: at?.line ?? null, column: at?.column ?? null };
}
