import type { Finding, Place } from '../../core/finding.ts';
import { findingResult } from '../../lint/formats.ts';
import { rules as lintRules } from '../../lint/rules.ts';
import {
  renderSarifLog,
  type SarifResult,
  type SarifRule,
  type SarifTool,
} from '../../report/sarif.ts';
import { flatFinding, flatPlace, jsonText, placeText } from '../../report/text.ts';
import {
  type Acknowledgement,
  type BrokenSide,
  blockers,
  isOpen,
  type Review,
  type ReviewedRisk,
} from '../review.ts';
import type { Level } from '../risk.ts';
import { riskRules } from '../risk-rules.ts';
import { namesOf, sideText } from './words.ts';

/** A review for programs. Names are as they are, values masked. */
export function renderReviewJson(review: Review): string {
  const { base, head, environments, risks, changes, secrets, awsCalls } = review;
  const { findings, doubts, broken, unused, notices, unseen } = review;
  return jsonText({
    base,
    head,
    blockers: blockers(review).length,
    environments,
    risks: risks.map(flatRisk),
    changes: changes.map(({ what, objects, fields }) => ({ what, objects, fields })),
    secrets,
    awsCalls,
    findings: findings.map(found => ({
      ...flatFinding(found),
      environments: found.environments,
    })),
    doubts,
    broken: broken.map(flatBroken),
    unusedAcknowledgements: unused.map(flatAcknowledgement),
    notices: notices.map(flatFinding),
    unseen,
  });
}

/** A finding, and what only a change has. */
function flatRisk(risk: ReviewedRisk): object {
  const { environments, level, side, outcome = null, acknowledged } = risk;
  return {
    ...flatFinding(risk),
    environments,
    level,
    side,
    outcome,
    acknowledged: acknowledged === undefined ? null : flatAcknowledgement(acknowledged),
  };
}

function flatAcknowledgement({ environment, at, ...said }: Acknowledgement): object {
  return { ...said, environment: environment ?? null, ...flatPlace(at) };
}

/** What keeps an environment from being compared has no severity. */
function flatBroken({ side, environment, finding }: BrokenSide): object {
  return { ...flatFinding(finding), severity: undefined, side, environment };
}

const LEVEL = { block: 'error', high: 'warning', warn: 'note' } as const;

/**
 * Risks and new findings as SARIF, the worst first. Code scanning knows the files of head only, so
 * what base alone has is shown at the top of the nearest file that head has.
 */
export function renderReviewSarif(review: Review, tool: SarifTool): string {
  const { risks, findings, broken, notices, fileOnHead } = review;
  const [open, acknowledged] = [risks.filter(isOpen), risks.filter(risk => !isOpen(risk))];
  const ofLevel = (...levels: readonly Level[]): SarifResult[] =>
    open.filter(({ level }) => levels.includes(level)).map(risk => riskResult(risk, fileOnHead));
  const ofSeverity = (wanted: Finding['severity']): SarifResult[] =>
    findings.filter(({ severity }) => severity === wanted).map(findingResult);
  const results = [
    ...ofLevel('block', 'high'),
    ...ofSeverity('error'),
    ...ofLevel('warn'),
    ...ofSeverity('warning'),
    ...acknowledged.map(risk => riskResult(risk, fileOnHead)),
  ];
  const noticesOf = (wanted: Finding['severity']): string[] =>
    notices.filter(({ severity }) => severity === wanted).map(finding => faultText(finding, ''));
  const errors = [
    ...broken.map(({ side, environment, finding }) =>
      faultText(finding, sideText(side, environment)),
    ),
    ...noticesOf('error'),
  ];
  const warnings = noticesOf('warning');
  return renderSarifLog({ rules: rulesOf(findings), results, errors, warnings }, tool);
}

/** The risk rules, and the rules of lint that found something new. */
function rulesOf(findings: readonly Finding[]): SarifRule[] {
  const found = new Set(findings.map(({ rule }) => rule));
  return [
    ...riskRules.map(({ id, level, summary }) => ({ id, level: LEVEL[level], summary })),
    ...lintRules
      .filter(({ id }) => found.has(id))
      .map(({ id, severity, summary }) => ({ id, level: severity, summary })),
  ];
}

/** What is said beyond the message is advice. */
function riskResult(risk: ReviewedRisk, fileOnHead: Review['fileOnHead']): SarifResult {
  const { rule, level, message, hint, outcome, object, field, related, acknowledged } = risk;
  const environments = namesOf(risk.environments);
  const at = placeOf(risk, fileOnHead);
  const advice = [...(outcome === undefined ? [] : [`outcome: ${outcome}`]), ...basePlace(risk)];
  return {
    rule,
    level: LEVEL[level],
    message: environments === '' ? message : `${message} (${environments})`,
    hint: [...advice, hint].join('. '),
    ...(at !== undefined && { at }),
    object,
    field,
    related: related.filter(({ side }) => side === 'head'),
    ...(acknowledged !== undefined && { suppression: acknowledged }),
  };
}

function basePlace({ side, at }: ReviewedRisk): string[] {
  return side === 'base' && at !== undefined ? [`On the base side: ${placeText(at)}`] : [];
}

function placeOf(
  { side, at, environments }: ReviewedRisk,
  fileOnHead: Review['fileOnHead'],
): Place | undefined {
  if (at === undefined || side === 'head') return at;
  const file = fileOnHead(at.file, environments);
  return file === undefined ? undefined : { file, line: 1, column: 1 };
}

function faultText({ at, message }: Finding, where: string): string {
  return [where, ...(at === undefined ? [] : [placeText(at)]), message]
    .filter(text => text !== '')
    .join(': ');
}
