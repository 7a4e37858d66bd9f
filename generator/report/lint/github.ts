import type { Finding } from '../../source/finding.ts';
import { type LintReport, summaryOf } from './report.ts';

/**
 * Workflow commands, which GitHub Actions shows beside the line of a change
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
export function renderGithub(report: LintReport): string {
  return `${report.findings.map(command).join('')}${summaryOf(report)}\n`;
}

function command({ id, severity, message, hint, at, object }: Finding): string {
  const place = at === undefined ? [] : [`file=${property(at.file)}`, `line=${at.line}`];
  const properties = [
    ...place,
    ...(at === undefined ? [] : [`col=${at.column}`]),
    `title=${property(id)}`,
  ];
  const subject = at === undefined && object !== undefined ? `${object.kind} ${object.name}: ` : '';
  const text = `${subject}${message}${hint === undefined ? '' : `\n${hint}`}`;
  return `::${severity} ${properties.join(',')}::${data(text)}\n`;
}

/** The escapes of actions/toolkit, command.ts. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
