import { validate as validateReview } from '#validators/rem-secrets-review';
import type { Outcome } from '../core/finding.ts';
import { checkDocument, type Entry, type EntryFault, invalidEntry } from '../lint/accept.ts';
import { riskRules } from './risk-rules.ts';

/** What `.rem-secrets-review.yaml` says. */
export interface ReviewConfig {
  /** Risks that somebody knows and takes. */
  readonly acknowledge?: readonly AcknowledgeEntry[];
}

export interface AcknowledgeEntry extends Entry {
  /** With `*` and `?`; absent: every one. */
  readonly environment?: string;
}

const words = {
  noun: 'acknowledgement',
  verb: 'acknowledges',
  rules: new Set(riskRules.map(({ id }) => id)),
};

/** A document as a config; an empty one says nothing. */
export function checkReviewConfig(document: unknown): Outcome<ReviewConfig> {
  return checkDocument<ReviewConfig>(document, validateReview);
}

/** What keeps an acknowledgement from having any effect. */
export function invalidAcknowledgement(entry: AcknowledgeEntry): EntryFault | undefined {
  return invalidEntry(entry, words);
}
