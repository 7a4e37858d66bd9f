import type { Finding } from '../../ground/finding.ts';
import { renderSarifLog, type SarifRule } from '../sarif.ts';
import type { SarifResult, SarifTool } from '../sarif-result.ts';
import { doubtText, type LintReport } from './report.ts';

/** Findings as SARIF, errors first. */
export function renderSarif(report: LintReport, tool: SarifTool): string {
  const sorted = [...report.findings].sort(errorsFirst);
  return renderSarifLog(
    {
      rules: rulesOf(report),
      results: sorted.map(findingResult),
      errors: [],
      warnings: report.unjudged.doubts.map(doubtText),
      properties: { notJudged: report.unjudged.doubts },
    },
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
    findings.filter(({ rule }) => !known.has(rule)).map(entry => [entry.rule, entry]),
  );
  const added = [...others.values()].map(({ rule, severity }) => ({
    id: rule,
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
  return { ...finding, level: finding.severity };
}
