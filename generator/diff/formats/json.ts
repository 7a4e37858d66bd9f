import type { Finding } from '../../core/finding.ts';
import { findingResult } from '../../lint/formats.ts';
import { rules as lintRules } from '../../lint/rules.ts';
import { renderSarifLog, type SarifResult, type SarifTool } from '../../report/sarif.ts';
import { flatFinding, flatPlace, jsonText, placeText, shortened } from '../../report/text.ts';
import type { Acknowledgement, Review, ReviewedRisk } from '../review.ts';
import { blockers, isOpen, shownNames } from '../review.ts';
import type { Level } from '../risk.ts';
import { riskRules } from '../risk-rules.ts';

/** A review for programs, with masked values. */
export function renderReviewJson(review: Review): string {
  const { base, head, environments, risks, changes, versions, secrets, awsCalls } = review;
  const { findings, doubts, broken, unused, notices, unseen } = review;
  return jsonText({
    base,
    head,
    blockers: blockers(review).length,
    environments,
    risks: risks.map(flatRisk),
    changes: changes.map(({ what, objects, fields }) => ({ what, objects, fields })),
    versions,
    secrets,
    awsCalls,
    findings: findings.map(({ environments, namespaces, ...found }) => {
      return { ...flatFinding(found), environments, namespaces };
    }),
    doubts,
    broken: broken.map(({ side, environment, finding }) => {
      return { ...flatFinding(finding), severity: undefined, side, environment };
    }),
    unusedAcknowledgements: unused.map(flatAcknowledgement),
    notices: notices.map(flatFinding),
    unseen,
  });
}

function flatRisk(risk: ReviewedRisk): object {
  const { environments, namespaces, level, side, outcome = null, acknowledged } = risk;
  return {
    ...flatFinding(risk),
    environments,
    namespaces,
    level,
    side,
    outcome,
    acknowledged: acknowledged === undefined ? null : flatAcknowledgement(acknowledged),
  };
}

function flatAcknowledgement({ environment, at, ...entry }: Acknowledgement): object {
  return { ...entry, environment: environment ?? null, ...flatPlace(at) };
}

const LEVEL = { block: 'error', high: 'warning', warn: 'note' } as const;

/** Risks and new findings as SARIF, the worst first. A risk of a file of base is shown at the top of a file of head. */
export function renderReviewSarif(review: Review, tool: SarifTool): string {
  const { risks, findings, broken, notices, fileOnHead } = review;
  const [open, acknowledged] = [risks.filter(isOpen), risks.filter(risk => !isOpen(risk))];
  const ofLevel = (...levels: readonly Level[]): SarifResult[] =>
    open.filter(({ level }) => levels.includes(level)).map(risk => riskResult(risk, fileOnHead));
  const of = (severity: Finding['severity'], all: readonly Finding[]): Finding[] =>
    all.filter(finding => finding.severity === severity);
  const results = [
    ...ofLevel('block', 'high'),
    ...of('error', findings).map(findingResult),
    ...ofLevel('warn'),
    ...of('warning', findings).map(findingResult),
    ...acknowledged.map(risk => riskResult(risk, fileOnHead)),
  ];
  const errors = [
    ...broken.map(({ side, environment, finding }) =>
      faultText(finding, `${side} side${environment === '' ? '' : ` of ${environment}`}`),
    ),
    ...of('error', notices).map(finding => faultText(finding)),
  ];
  const warnings = of('warning', notices).map(finding => faultText(finding));
  const ids = new Set([...findings, ...acknowledged].map(({ rule }) => rule));
  const fired = lintRules.filter(({ id }) => ids.has(id));
  const rules = [
    ...riskRules.map(({ id, level }) => ({ id, level: LEVEL[level] })),
    ...fired.map(({ id, severity }) => ({ id, level: severity })),
  ];
  return renderSarifLog({ rules, results, errors, warnings }, tool);
}

function riskResult(risk: ReviewedRisk, fileOnHead: Review['fileOnHead']): SarifResult {
  const { rule, level, message, hint, outcome, object, field, related, acknowledged } = risk;
  const environments = shortened(shownNames(risk.environments)).join(', ');
  const at = placeOf(risk, fileOnHead);
  const advice = [
    ...(outcome === undefined ? [] : [`outcome: ${outcome}`]),
    ...(risk.side === 'base' && risk.at ? [`On the base side: ${placeText(risk.at)}`] : []),
    hint,
  ];
  return {
    rule,
    level: LEVEL[level],
    message: environments === '' ? message : `${message} (${environments})`,
    hint: advice.join('. '),
    ...(at !== undefined && { at }),
    object,
    field,
    related: related.filter(({ side }) => side === 'head'),
    ...(acknowledged !== undefined && { suppression: acknowledged }),
  };
}

function placeOf({ side, at, environments }: ReviewedRisk, fileOnHead: Review['fileOnHead']) {
  if (at === undefined || side === 'head') return at;
  const file = fileOnHead(at.file, environments);
  return file === undefined ? undefined : { file, line: 1, column: 1 };
}

function faultText({ at, message }: Finding, where = ''): string {
  return [where, at ? placeText(at) : '', message].filter(Boolean).join(': ');
}
