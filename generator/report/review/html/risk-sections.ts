import { LEVELS, type Level } from '../../../review/risks/risk-rule.ts';
import { oneLine } from '../../one-line.ts';
import type { Acknowledgement, Review, ReviewedRisk } from '../review.ts';
import { namesOf, objectText, placeText, sentence } from '../words.ts';
import type { ChangeEntry } from './change-entries.ts';
import { type FilterTags, levelOf } from './filter-tags.ts';
import { capital } from './prose.ts';

/** The open risks of one level. */
export interface RiskSection {
  readonly level: Level;
  readonly title: string;
  readonly meaning: string;
  readonly risks: readonly RiskEntry[];
}

/** A risk on the page. */
export interface RiskEntry {
  readonly id: string;
  readonly level: Level;
  readonly rule: string;
  readonly object: string;
  readonly environments: readonly string[];
  readonly message: string;
  readonly hint: string;
  readonly outcome: string;
  readonly related: readonly { readonly object: string; readonly note: string }[];
  readonly field: string;
  readonly place: string;
  /** Why somebody wants it all the same; empty where nobody said so. */
  readonly reason: string;
  /** The entries of the changes that bring it. */
  readonly changes: readonly string[];
  readonly tags: FilterTags;
}

const TITLES: Readonly<Record<Level, readonly [title: string, meaning: string]>> = {
  block: ['Blockers', 'data is lost, or the cluster rejects the change'],
  high: ['High', 'an outage is likely'],
  warn: ['Worth a look', 'something restarts or behaves differently'],
};

/** The open risks, the worst level first. */
export function riskSections(risks: readonly RiskEntry[]): RiskSection[] {
  return LEVELS.flatMap(level => {
    const own = risks.filter(risk => risk.level === level && risk.reason === '');
    const [title, meaning] = TITLES[level];
    return own.length === 0 ? [] : [{ level, title, meaning, risks: own }];
  });
}

/** All risks, in the review's order. */
export function riskEntries({ risks }: Review, changes: readonly ChangeEntry[]): RiskEntry[] {
  const byRisk = new Map<string, string[]>();
  for (const change of changes)
    for (const { id } of change.risks) byRisk.set(id, [...(byRisk.get(id) ?? []), change.id]);
  return risks.map((risk, index) => {
    const id = `risk-${index + 1}`;
    return { ...riskEntry(risk), id, changes: byRisk.get(id) ?? [] };
  });
}

function riskEntry(risk: ReviewedRisk): Omit<RiskEntry, 'id' | 'changes'> {
  const { level, rule, object, environments, message, hint, outcome = '', at, side } = risk;
  return {
    level,
    rule,
    object: objectText(object),
    environments: environments.filter(name => name !== '').map(oneLine),
    message: capital(sentence(oneLine(message))),
    hint: capital(sentence(oneLine(hint))),
    outcome: capital(oneLine(outcome)),
    related: risk.related.map(other => ({
      object: objectText(other.object),
      note: oneLine(other.note),
    })),
    field: oneLine(risk.field),
    place: at === undefined ? '' : `${placeText(at)}${side === 'base' ? ' (base)' : ''}`,
    reason: risk.acknowledged === undefined ? '' : oneLine(risk.acknowledged.reason) || '—',
    tags: { environments, kinds: [object.kind], levels: [levelOf(risk)] },
  };
}

/** An acknowledgement that nothing needs, in a line. */
export function unusedText({ rule, object, environment, at }: Acknowledgement): string {
  const where = environment === undefined ? '' : ` in ${namesOf([environment])}`;
  return oneLine(`${rule}: ${object}${where}${at === undefined ? '' : ` (${placeText(at)})`}`);
}
