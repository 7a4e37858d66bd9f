import type { Finding, Place } from '../../ground/finding.ts';
import { jsonText } from '../json-text.ts';
import type { Review } from './review.ts';
import { blockers } from './verdict.ts';

/** A review for programs. Names are as they are, values masked; null: there is none. */
export function renderReviewJson(review: Review): string {
  const {
    base,
    head,
    environments,
    risks,
    changes,
    secrets,
    findings,
    broken,
    unused,
    notices,
    unseen,
  } = review;
  const shown = {
    base,
    head,
    blockers: blockers(review).length,
    environments,
    risks: risks.map(({ at, related, ...risk }) => ({
      ...risk,
      ...flatPlace(at),
      related: related.map(({ at: place, ...other }) => ({ ...other, ...flatPlace(place) })),
    })),
    changes: changes.map(({ what, objects, fields }) => ({
      what,
      objects,
      fields,
    })),
    secrets,
    findings: findings.map(flatFinding),
    broken: broken.map(({ side, environment, finding: { message, at } }) => ({
      side,
      environment,
      message,
      ...flatPlace(at),
    })),
    unusedAcknowledgements: unused,
    notices: notices.map(flatFinding),
    unseen,
  };
  return jsonText(shown);
}

function flatFinding({ at, related: _, ...finding }: Finding): object {
  return { ...finding, ...flatPlace(at) };
}

function flatPlace(at: Place | undefined): object {
  return { file: at?.file ?? null, line: at?.line ?? null, column: at?.column ?? null };
}
