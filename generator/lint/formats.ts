import type { Finding } from '../core/finding.ts';
import { type Cause, fingerprints, furtherPlaces, placesOf } from '../report/causes.ts';
import { colorsFor, type Formats, fieldText, findingBlock, type Shown } from '../report/finding.ts';
import type { SarifResult, SarifRule, SarifTool } from '../report/sarif.ts';
import { renderSarifLog } from '../report/sarif.ts';
import {
  COMMAND,
  flatFinding,
  jsonText,
  objectText,
  oneLine,
  placeText,
  sentenceOf,
  someOf,
  withHint,
} from '../report/text.ts';
import { countsOf, doubtText, isFailure, type LintReport, noticesOf, summaryOf } from './report.ts';

/** Workflow commands of GitHub (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). */
export function renderGithub(report: LintReport): string {
  return `${report.shownCauses.map(command).join('')}${summaryOf(report)}\n`;
}

function command(cause: Cause): string {
  const { rule, severity, message, hint, at, object } = cause.finding;
  const place = at ? [`file=${property(at.file)}`, `line=${at.line}`, `col=${at.column}`] : [];
  const properties = [...place, `title=${property(rule)}`];
  const subject = at === undefined && object !== undefined ? `${object.kind} ${object.name}: ` : '';
  const lines = [`${subject}${message}`, ...(hint ? [hint] : []), ...furtherText(cause)];
  return `::${severity} ${properties.join(',')}::${lines.map(data).join('%0A')}\n`;
}

function furtherText(cause: Cause): string[] {
  const { at: first } = cause.finding;
  const places = furtherPlaces(cause).flatMap(({ at, object }) => {
    const isSame = JSON.stringify(at) === JSON.stringify(first);
    if (at !== undefined && !isSame) return placeText(at);
    return object === undefined ? [] : objectText(object);
  });
  if (places.length === 0) return [];
  const shownPlaces = someOf([...new Set(places)], 2);
  return [`Here too: ${shownPlaces.join(', ')}${shownPlaces.length > 2 ? ' places' : ''}`];
}

/** The escapes of actions/toolkit, command.ts; a text of one line needs no others. */
function data(text: string): string {
  return oneLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Findings for programs, each place by itself, and what was looked at. */
export function renderLintJson(report: LintReport): string {
  const { causes, shownCauses, objects, reads, accepted, unjudged, baseline, versions } = report;
  const { excluded, slow, builds: _, ...counts } = report.coverage;
  const fingerprint = fingerprints();
  const all = causes.flatMap(placesOf);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  return jsonText({
    findings: shownCauses.flatMap(cause => {
      const places = placesOf(cause).map(finding => ({
        ...flatFinding(finding),
        fingerprint: fingerprint(finding),
      }));
      return places.map(place => ({ ...place, cause: places[0]?.fingerprint }));
    }),
    summary: {
      errors,
      warnings: all.length - errors,
      causes: causes.length,
      accepted,
      ...baseline,
      objects,
      reads,
      ...counts,
      ...(excluded.length > 0 && { excluded }),
      ...(slow.length > 0 && { slow }),
      unjudged,
      ...(versions.length > 0 && { versions }),
    },
  });
}

/** JUnit XML: a test for each finding, failed when it fails the run, and a passed one for each rule without any. */
export function renderJunit(report: LintReport, { pageOf }: Pick<Shown, 'pageOf'>): string {
  const { causes, shownCauses, rules, failOn } = report;
  const found = new Set(causes.map(({ finding }) => finding.rule));
  const passed = rules.filter(({ id }) => !found.has(id));
  const failures = shownCauses.filter(({ finding }) => isFailure(finding, failOn)).length;
  const counts = `tests="${shownCauses.length + passed.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rem-secrets lint" ${counts}>`,
    `  <testsuite name="rem-secrets lint" ${counts} skipped="0">`,
    ...shownCauses.map(cause => findingCase(cause, failOn)),
    ...passed.map(
      ({ id }) =>
        `    <testcase classname="${escaped(id)}" name="${escaped(sentenceOf(pageOf(id) ?? ''))}"/>`,
    ),
    `    <system-out>${escaped(summaryOf(report))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function findingCase(cause: Cause, failOn: Finding['severity']): string {
  const { finding } = cause;
  const { rule, severity, message, at } = finding;
  const place = at === undefined ? '' : placeText(at);
  const name = fieldText(finding) || place;
  const file = at === undefined ? '' : ` file="${escaped(at.file)}" line="${at.line}"`;
  const sentences = [withHint(finding), ...furtherText(cause)].join('. ');
  const text = escaped([place, sentences].filter(part => part !== '').join(': '));
  const body = isFailure(finding, failOn)
    ? `<failure type="${severity}" message="${escaped(message)}">${text}</failure>`
    : `<system-out>${severity}: ${text}</system-out>`;
  return `    <testcase classname="${escaped(rule)}" name="${escaped(name)}"${file}>${body}</testcase>`;
}

const ENTITIES = new Map(Object.entries({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }));

function entity(character: string): string {
  return ENTITIES.get(character) ?? `&#${character.codePointAt(0)};`;
}

/** Characters that XML allows though nobody sees them. */
const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text for XML 1.0, which allows no other control characters and no halves of surrogate pairs. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"\t\n\r]/g, entity)
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll(UNSEEN, entity)
    .replaceAll(COMMAND, entity);
}

export function renderSarif(report: LintReport, tool: SarifTool): string {
  return renderSarifLog(
    {
      rules: rulesOf(report),
      results: report.shownCauses.map(causeResult),
      errors: [],
      warnings: [...report.unjudged.doubts.map(doubtText), ...noticesOf(report)],
      properties: { notJudged: report.unjudged.doubts },
    },
    tool,
  );
}

function rulesOf({ rules, shownCauses }: LintReport): SarifRule[] {
  const ids = new Set(rules.map(({ id }) => id));
  const others = shownCauses.map(({ finding: { rule: id, severity } }) => ({ id, severity }));
  const levels = [...rules, ...others.filter(({ id }) => !ids.has(id))];
  return [...new Map(levels.map(({ id, severity: level }) => [id, { id, level }])).values()];
}

export function findingResult(finding: Finding): SarifResult {
  return { ...finding, level: finding.severity };
}

/** A cause as one result, at its first place. Code scanning shows a hundred others. */
function causeResult(cause: Cause): SarifResult {
  const { finding } = cause;
  const related = [...(finding.related ?? []), ...furtherPlaces(cause).slice(0, 100)];
  return findingResult({ ...finding, related });
}

/** Findings for people: each with its line of the file, the hint and the second places. */
export function renderLintText(report: LintReport, shown: Pick<Shown, 'hasColors'>): string {
  const { shownCauses, textOf, unjudged, isQuiet } = report;
  const colors = colorsFor(shown.hasColors());
  const doubts = isQuiet ? [] : unjudged.doubts;
  return [
    ...(shownCauses.length > A_SCREEN ? [`${countsOf(report)}\n`] : []),
    ...shownCauses.map(cause => findingBlock(cause, textOf, colors)),
    ...doubts.map(doubt => oneLine(doubtText(doubt))),
    summaryOf(report),
    '',
  ].join('\n');
}

/** With more findings than fit a screen the summary stands above them too. */
const A_SCREEN = 10;

export const lintFormats: Formats<LintReport> = {
  text: renderLintText,
  json: renderLintJson,
  sarif: renderSarif,
  github: renderGithub,
  junit: renderJunit,
};
