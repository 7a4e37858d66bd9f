import type { Finding } from '../core/finding.ts';
import { colorsFor, fieldText, findingBlock } from '../report/finding.ts';
import type { Formats, Shown } from '../report/format.ts';
import {
  renderSarifLog,
  type SarifResult,
  type SarifRule,
  type SarifTool,
} from '../report/sarif.ts';
import { COMMAND, flatFinding, jsonText, oneLine, placeText, withHint } from '../report/text.ts';
import { doubtText, isFailure, type LintReport, summaryOf } from './report.ts';
import type { Rule } from './rule.ts';

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

/**
 * JUnit XML, as CI servers read it: a test for each finding, failed when it fails the run, and a
 * passed one for each rule without any.
 */
export function renderJunit(report: LintReport): string {
  const { findings, rules, failOn } = report;
  const found = new Set(findings.map(({ rule }) => rule));
  const passed = rules.filter(({ id }) => !found.has(id));
  const failures = findings.filter(finding => isFailure(finding, failOn)).length;
  const counts = `tests="${findings.length + passed.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rem-secrets lint" ${counts}>`,
    `  <testsuite name="rem-secrets lint" ${counts} skipped="0">`,
    ...findings.map(finding => findingCase(finding, failOn)),
    ...passed.map(passedCase),
    `    <system-out>${escaped(summaryOf(report))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function findingCase(finding: Finding, failOn: Finding['severity']): string {
  const { rule, severity, message, at } = finding;
  const place = at === undefined ? '' : placeText(at);
  const name = fieldText(finding) || place;
  const file = at === undefined ? '' : ` file="${escaped(at.file)}" line="${at.line}"`;
  const text = escaped([place, withHint(finding)].filter(part => part !== '').join(': '));
  const body = isFailure(finding, failOn)
    ? `<failure type="${severity}" message="${escaped(message)}">${text}</failure>`
    : `<system-out>${severity}: ${text}</system-out>`;
  return `    <testcase classname="${escaped(rule)}" name="${escaped(name)}"${file}>${body}</testcase>`;
}

function passedCase({ id, summary }: Rule): string {
  return `    <testcase classname="${escaped(id)}" name="${escaped(summary)}"/>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

/** Characters that XML allows though nobody sees them. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text for XML 1.0, which allows no other control characters and no halves of surrogate pairs. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"\t\n\r]/g, sign => ENTITIES[sign] ?? entity(sign))
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll(UNSEEN, entity)
    .replaceAll(COMMAND, entity);
}

/** Findings as SARIF. */
export function renderSarif(report: LintReport, tool: SarifTool): string {
  return renderSarifLog(
    {
      rules: rulesOf(report),
      results: report.findings.map(findingResult),
      errors: [],
      warnings: report.unjudged.doubts.map(doubtText),
      properties: { notJudged: report.unjudged.doubts },
    },
    tool,
  );
}

/** The rules, and one for each id that is no rule's, as of a file that is no YAML. */
function rulesOf({ rules, findings }: LintReport): SarifRule[] {
  const ids = new Set(rules.map(({ id }) => id));
  const others = new Map(
    findings.filter(({ rule }) => !ids.has(rule)).map(({ rule, severity }) => [rule, severity]),
  );
  const summary = 'The input can be read.';
  return [
    ...rules.map(rule => ({ id: rule.id, level: rule.severity, summary: rule.summary })),
    ...[...others].map(([id, level]) => ({ id, level, summary })),
  ];
}

export function findingResult(finding: Finding): SarifResult {
  return { ...finding, level: finding.severity };
}

/** Findings for people: each with its line of the file, the hint and the second places. */
export function renderLintText(
  report: LintReport,
  { hasColors }: Pick<Shown, 'hasColors'>,
): string {
  const colors = colorsFor(hasColors());
  const blocks = report.findings.map(
    finding => `${findingBlock(finding, report.textOf, colors)}\n`,
  );
  const doubts = report.unjudged.doubts.map(doubt => `${oneLine(doubtText(doubt))}\n`);
  return `${blocks.join('')}${doubts.join('')}${summaryOf(report)}\n`;
}

/** `lint`. */
export const lintFormats: Formats<LintReport> = {
  text: { render: renderLintText },
  json: { render: renderLintJson },
  sarif: { render: renderSarif },
  github: { render: renderGithub },
  junit: { render: renderJunit },
};
