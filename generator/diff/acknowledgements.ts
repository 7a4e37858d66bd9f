import { type Document, validate as validateReview } from '#validators/rem-secrets-review';
import type { Fault, Finding, Outcome, Place } from '../core/finding.ts';
import { matchesGlob } from '../core/names.ts';
import { maskMessage } from '../core/shown.ts';
import { checkDocument, invalidEntry, objectPattern } from '../lint/accept.ts';
import { rules } from '../lint/rules.ts';
import { type IsAllowed, isAt } from '../report/shown.ts';
import { locate, placesIn, type SourceFile } from '../yaml/places.ts';
import type { Acknowledgement, ReviewedRisk } from './review.ts';
import { riskRules } from './risk-rules.ts';

/** What `.rem-secrets-review.yaml` says: its schema explains it. */
export type ReviewConfig = Document;

/** A risk that somebody knows of and accepts. */
type AcknowledgeEntry = NonNullable<ReviewConfig['acknowledge']>[number];

/** Whether a config allows the texts of a field to be shown. */
export function allowedBy({ shows = [] }: ReviewConfig): IsAllowed {
  return (kind, path) =>
    shows.some(entry => entry.kind === kind && entry.paths.some(field => isAt(path, field)));
}

/** A document as a config; an empty one says nothing. */
export function checkReviewConfig(document: unknown): Outcome<ReviewConfig> {
  return checkDocument<ReviewConfig>(document, validateReview);
}

/** An acknowledgement, and the risks and new findings that it is about. */
export interface AcknowledgementEntry extends Acknowledgement {
  readonly covers: (risk: Pick<ReviewedRisk, 'rule' | 'object'>, environment: string) => boolean;
}

/** The acknowledgements of a change, and what is wrong with those that have no effect. */
export interface Acknowledgements {
  readonly entries: readonly AcknowledgementEntry[];
  readonly findings: readonly Finding[];
}

/** The acknowledgements that a file lists. */
export function acknowledgementsOf(
  { acknowledge = [] }: ReviewConfig,
  source: SourceFile | undefined,
): Acknowledgements {
  const places = source === undefined ? undefined : placesIn(source);
  const faults: Fault[] = [];
  const entries: AcknowledgementEntry[] = [];
  for (const [index, entry] of acknowledge.entries()) {
    const path = ['acknowledge', index];
    const fault = invalidEntry(entry, WORDS);
    if (fault === undefined) entries.push(covering(entry, places?.({ path })));
    else faults.push({ id: 'acknowledgement', ...fault, path: [...path, ...fault.path] });
  }
  return { entries, findings: locate(faults, source) };
}

const WORDS = {
  noun: 'acknowledgement',
  verb: 'acknowledges',
  rules: new Set([...riskRules, ...rules].map(({ id }) => id)),
};

function covering(entry: AcknowledgeEntry, at: Place | undefined): AcknowledgementEntry {
  const { reason = '', environment: pattern = '*' } = entry;
  const isAbout = objectPattern(entry.object);
  return {
    ...entry,
    reason: maskMessage(reason.trim()),
    covers: ({ rule, object }, environment) =>
      rule === entry.rule && isAbout(object) && matchesGlob(pattern, environment),
    ...(at !== undefined && { at }),
  };
}

/** An acknowledgement as it is shown. */
export function acknowledgementOf({ covers: _, ...shown }: AcknowledgementEntry): Acknowledgement {
  return shown;
}
