import type { Finding } from '../../ground/finding.ts';
import { oneLine } from '../one-line.ts';
import { type LintReport, summaryOf } from './report.ts';

/**
 * Workflow commands, which GitHub Actions shows beside the line of a change
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
export function renderGithub(report: LintReport): string {
  return `${report.findings.map(command).join('')}${summaryOf(report)}\n`;
}

function command({ rule, severity, message, hint, at, object }: Finding): string {
  const place = at === undefined ? [] : [`file=${property(at.file)}`, `line=${at.line}`];
  const properties = [
    ...place,
    ...(at === undefined ? [] : [`col=${at.column}`]),
    `title=${property(rule)}`,
  ];
  const subject = at === undefined && object !== undefined ? `${object.kind} ${object.name}: ` : '';
  const lines = [`${subject}${message}`, ...(hint === undefined ? [] : [hint])];
  return `::${severity} ${properties.join(',')}::${lines.map(data).join('%0A')}\n`;
}

/** The escapes of actions/toolkit, command.ts; a text of one line needs no others. */
function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
