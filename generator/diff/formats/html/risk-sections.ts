import { capital, oneLine, placeText } from '../../../report/text.ts';
import type { Acknowledgement, Review, ReviewedRisk } from '../../review.ts';
import { LEVELS, type Level } from '../../risk.ts';
import { riskGroups } from '../groups.ts';
import { MEANING, namesOf, objectText, riskPlace, sentence, shownNames } from '../words.ts';
import type { ChangeEntry } from './changes.ts';
import { type FilterTags, levelOf } from './filter-tags.ts';

/** The open risks of one level. */
export interface RiskSection<Entry> {
  readonly level: Level;
  readonly title: string;
  readonly meaning: string;
  readonly risks: readonly Entry[];
}

/** A risk on the page, or several that differ only by their objects. */
export interface RiskEntry {
  readonly level: Level;
  readonly rule: string;
  readonly message: string;
  readonly hint: string;
  readonly cases: readonly [RiskCase, ...RiskCase[]];
  /** Why it was acknowledged. Empty: it was not. */
  readonly reason: string;
  readonly tags: FilterTags;
}

/** An object that a risk is about. */
interface RiskCase {
  readonly id: string;
  readonly object: string;
  readonly environments: readonly string[];
  readonly outcome: string;
  readonly related: readonly { readonly object: string; readonly note: string }[];
  readonly field: string;
  readonly place: string;
  /** The entries of the changes that cause it. */
  readonly changes: readonly string[];
}

const TITLES: Readonly<Record<Level, readonly [title: string, meaning: string]>> = {
  block: ['Blockers', 'data is lost, or the cluster rejects the change'],
  high: ['High', MEANING.high],
  warn: ['Worth a look', MEANING.warn],
};

/** The open risks, the worst level first. */
export function riskSections<Entry extends Pick<RiskEntry, 'level' | 'reason'>>(
  risks: readonly Entry[],
): RiskSection<Entry>[] {
  return LEVELS.flatMap(level => {
    const open = risks.filter(risk => risk.level === level && risk.reason === '');
    const [title, meaning] = TITLES[level];
    return open.length === 0 ? [] : [{ level, title, meaning, risks: open }];
  });
}

/** All risks, in the review's order. */
export function riskEntries({ risks }: Review, changes: readonly ChangeEntry[]): RiskEntry[] {
  const byRisk = new Map<string, string[]>();
  for (const change of changes)
    for (const { id } of change.risks) byRisk.set(id, [...(byRisk.get(id) ?? []), change.id]);
  const ids = new Map(risks.map((risk, index) => [risk, `risk-${index + 1}`]));
  const caseOf = (risk: ReviewedRisk): RiskCase => {
    const id = ids.get(risk) ?? '';
    return { id, ...riskCase(risk), changes: byRisk.get(id) ?? [] };
  };
  return riskGroups(risks).map(({ risks: [first, ...others], message, hint }) => ({
    level: first.level,
    rule: first.rule,
    message: capital(sentence(oneLine(message))),
    hint: capital(sentence(oneLine(hint))),
    cases: [caseOf(first), ...others.map(caseOf)],
    reason: first.acknowledged === undefined ? '' : oneLine(first.acknowledged.reason) || '—',
    tags: {
      environments: [first, ...others].flatMap(({ environments }) => environments),
      kinds: [first, ...others].map(({ object }) => object.kind),
      levels: [levelOf(first)],
    },
  }));
}

function riskCase(risk: ReviewedRisk): Omit<RiskCase, 'id' | 'changes'> {
  const { object, environments, outcome = '' } = risk;
  return {
    object: objectText(object),
    environments: shownNames(environments),
    outcome: capital(oneLine(outcome)),
    related: risk.related.map(other => ({
      object: objectText(other.object),
      note: oneLine(other.note),
    })),
    field: oneLine(risk.field),
    place: riskPlace(risk),
  };
}

/** An acknowledgement that no risk needs, on one line. */
export function unusedText({ rule, object, environment, at }: Acknowledgement): string {
  const where = environment === undefined ? '' : ` in ${namesOf([environment])}`;
  return oneLine(`${rule}: ${object}${where}${at === undefined ? '' : ` (${placeText(at)})`}`);
}
