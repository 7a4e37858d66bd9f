import { flatFinding, flatPlace, jsonText } from '../json-text.ts';
import type { Acknowledgement, BrokenSide, Review, ReviewedRisk } from './review.ts';
import { blockers } from './verdict.ts';

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
