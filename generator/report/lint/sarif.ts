import type { Finding } from '../../ground/finding.ts';
import { renderSarifLog, type SarifRule } from '../sarif.ts';
import type { SarifResult, SarifTool } from '../sarif-result.ts';
import type { LintReport } from './report.ts';

/** Findings as SARIF, errors first. */
export function renderSarif(report: LintReport, tool: SarifTool): string {
  const sorted = [...report.findings].sort(errorsFirst);
  return renderSarifLog(
    { rules: rulesOf(report), results: sorted.map(findingResult), errors: [] },
    tool,
  );
}

function errorsFirst(a: Finding, b: Finding): number {
  return Number(a.severity === 'warning') - Number(b.severity === 'warning');
}

/** The rules, and what stands for those ids that are no rule, as of a file that is no YAML. */
function rulesOf({ rules, findings }: LintReport): SarifRule[] {
  const known = new Set(rules.map(({ id }) => id));
  const others = new Map(
    findings.filter(({ id }) => !known.has(id)).map(entry => [entry.id, entry]),
  );
  const added = [...others.values()].map(({ id, severity }) => ({
    id,
    level: severity,
    summary: 'The input can be read.',
  }));
  return [
    ...rules.map(({ id, severity, summary }) => ({ id, level: severity, summary })),
    ...added,
  ];
}

/** A finding as a result. */
export function findingResult(finding: Finding): SarifResult {
  const { id, severity, message, hint, at, field, object, related = [] } = finding;
  return {
    rule: id,
    level: severity,
    message,
    advice: hint === undefined ? [] : [hint],
    ...(at !== undefined && { at }),
    ...(object !== undefined && { object }),
    field,
    related,
  };
}
