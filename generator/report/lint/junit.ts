import type { Finding } from '../../ground/finding.ts';
import type { Rule } from '../../lint/rule.ts';
import { fieldText } from '../finding/finding-block.ts';
import { COMMAND } from '../one-line.ts';
import { placeText, withHint } from '../text.ts';
import { isFailure, type LintReport, summaryOf } from './report.ts';

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
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** What XML allows though nobody sees it. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

/** Text for XML 1.0, which has no other control characters and no halves of surrogate pairs. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"\t\n\r]/g, sign => ENTITIES[sign] ?? sign)
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll(UNSEEN, entity)
    .replaceAll(COMMAND, entity);
}
