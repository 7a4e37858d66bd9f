import { page } from '#review/page';
import type { Finding } from '../../../core/finding.ts';
import { sortBy } from '../../../core/json.ts';
import { arrowHead, escaped, type LayoutOf } from '../../../report/svg.ts';
import { capital, counted, oneLine, placeText, shownLines } from '../../../report/text.ts';
import {
  type Acknowledgement,
  blockers,
  type EnvironmentReview,
  isBroken,
  isOpen,
  isWhole,
  otherNotices,
  type Review,
  type ReviewedRisk,
} from '../../review.ts';
import { LEVELS, type Level } from '../../risk.ts';
import { riskGroups, withShortNames } from '../groups.ts';
import {
  brokenText,
  callsText,
  MEANING,
  namesOf,
  objectCounts,
  objectText,
  PRESENCE,
  quietText,
  riskPlace,
  sentence,
  shownEnvironments,
  shownNames,
  summaryLine,
  type UnreadUnit,
  unreadName,
  unreadNote,
  unreadUnits,
} from '../words.ts';
import { type ChangeEntry, changeEntries, withKeptViews } from './changes.ts';
import {
  type Coded,
  coded,
  type FilterChoices,
  type FilterLevel,
  type FilterTags,
  filterChoices,
  filterValues,
  levelOf,
  risksByObject,
} from './filter-tags.ts';
import { type FlowFigure, flowFigures } from './flow.ts';
import { type SecretEntry, secretEntries } from './secret-entries.ts';

/**
 * A review as one page of HTML that needs no network, and no script to be read. The templates escape all values
 * (`templates/`, compiled by the build).
 */
export function renderReviewHtml(review: Review, layoutOf: LayoutOf): string {
  return page.render(pageOf(review, layoutOf), shownEscaped);
}

function shownEscaped(value: unknown): string {
  return escaped(shownLines(String(value)));
}

/**
 * What the templates show: names on one line, masked values, nothing escaped. The build names it as the type of the
 * compiled page.
 * @public
 */
export interface Page {
  readonly title: string;
  readonly base: string;
  readonly head: string;
  readonly verdict: Verdict;
  readonly cards: EnvironmentCards;
  readonly choices: FilterChoices;
  /** The values that the tags of entries are indexes of, as JSON. */
  readonly values: string;
  /** The environments without cards, in words. */
  readonly quiet: string;
  /** The folder that environments are below. Their names are without it. */
  readonly below: string;
  readonly unread: readonly {
    readonly name: string;
    readonly reason: string;
    readonly note: string;
    readonly place: string;
    readonly hint: string;
  }[];
  readonly notices: readonly Notice[];
  readonly risks: readonly RiskSection<Coded<RiskEntry>>[];
  readonly acknowledged: readonly Coded<RiskEntry>[];
  readonly unused: readonly string[];
  readonly findings: readonly Coded<FindingEntry>[];
  readonly arrowHeads: string;
  readonly figures: readonly Coded<FlowFigure>[];
  readonly secrets: readonly Coded<SecretEntry>[];
  readonly changes: readonly Coded<ChangeEntry>[];
  /** Manifests that are rendered when they are opened, as JSON. */
  readonly kept: string;
  /** The environments that only one side has. */
  readonly wholesale: readonly string[];
  readonly calls: readonly { readonly environment: string; readonly text: string }[];
  readonly unseen: readonly string[];
}

/** A review as the page shows it. */
function pageOf(whole: Review, layoutOf: LayoutOf): Page {
  const { review, below } = withShortNames(whole);
  const risksOf = risksByObject(review);
  const { changes, kept } = withKeptViews(changeEntries(review, risksOf));
  const risks = riskEntries(review, changes);
  const findings = findingEntries(review);
  const secrets = secretEntries(review, risksOf);
  const choices = filterChoices(
    [...risks, ...findings, ...secrets, ...changes].map(({ tags }) => tags),
  );
  const values = filterValues(choices);
  const codedRisks = risks.map(coded(values));
  return {
    title: summaryLine(review),
    base: oneLine(review.base),
    head: oneLine(review.head),
    verdict: verdictOf(review),
    cards: environmentCards(review),
    choices,
    values: JSON.stringify(values),
    quiet: quietText(review),
    below: oneLine(below),
    unread: unreadUnits(review).map(unreadEntry),
    notices: otherNotices(review).map(notice),
    risks: riskSections(codedRisks),
    acknowledged: codedRisks.filter(({ reason }) => reason !== ''),
    unused: review.unused.map(unusedText),
    findings: findings.map(coded(values)),
    arrowHeads: ['good', 'bad', 'added', 'removed', 'changed'].map(arrowHead).join(''),
    figures: flowFigures(review, layoutOf).map(coded(values)),
    secrets: secrets.map(coded(values)),
    changes: changes.map(coded(values)),
    kept,
    wholesale: review.environments
      .filter(({ presence }) => presence.startsWith('only'))
      .map(({ name }) => oneLine(name)),
    calls: review.awsCalls.map(calls => ({
      environment: oneLine(calls.environment),
      text: callsText(calls),
    })),
    unseen: review.unseen.map(text => capital(oneLine(text))),
  };
}

/** How a review ends, in one sentence. */
interface Verdict {
  readonly tone: Level | 'ok';
  readonly text: string;
  readonly detail: string;
}

/** Whether something keeps the change from being merged, and how large it is. */
function verdictOf(review: Review): Verdict {
  const open = review.risks.filter(isOpen);
  const detail = detailOf(review);
  const blocking = blockers(review).length;
  if (isBroken(review)) return { tone: 'block', text: capital(brokenText(review)), detail };
  if (blocking > 0)
    return { tone: 'block', text: `${counted(blocking, 'blocker')} in this change`, detail };
  const [first] = open;
  if (first !== undefined)
    return { tone: first.level, text: `No blocker, ${counted(open.length, 'risk')}`, detail };
  if (review.findings.length > 0)
    return {
      tone: 'warn',
      text: `No risk, ${counted(review.findings.length, 'new finding')}`,
      detail,
    };
  const text = review.changes.length > 0 ? 'No risk found' : 'Nothing changes';
  return { tone: 'ok', text: isWhole(review) ? text : `${text} in what was read`, detail };
}

function detailOf(review: Review): string {
  const { changed, noise } = objectCounts(review);
  const { length } = review.environments.filter(
    environment => environment.added + environment.removed + environment.changed > 0,
  );
  const objects =
    changed === ''
      ? 'Both sides render the same objects.'
      : `Objects: ${changed}, in ${counted(length, 'environment')}.`;
  if (noise === 0) return objects;
  const [are, mean] = noise === 1 ? ['is', 'means'] : ['are', 'mean'];
  return `${objects} ${counted(noise, 'object')} more ${are} written differently and ${mean} the same.`;
}

/** An environment as a card. */
interface EnvironmentCard {
  readonly name: string;
  /** That it is new, removed or not read. */
  readonly note: string;
  readonly tone: FilterLevel | 'ok';
  readonly levels: readonly { readonly level: FilterLevel; readonly count: number }[];
  readonly counts: readonly {
    readonly what: string;
    readonly sign: string;
    readonly count: number;
  }[];
  readonly noise: number;
  /** Else the card does not say that it has no risk and no changes: nobody knows. */
  readonly isRead: boolean;
}

/** Cards; if there are many, some are closed at first. */
interface EnvironmentCards {
  readonly open: readonly EnvironmentCard[];
  readonly closed: readonly EnvironmentCard[];
}

/** So many cards are open. */
const MOST_CARDS = 8;

/** The cards of environments, in their order; if there are many, the worst first. */
function environmentCards(review: Review): EnvironmentCards {
  const cards = shownEnvironments(review).map(environment => cardOf(environment, review));
  if (cards.length <= MOST_CARDS + 1) return { open: cards, closed: [] };
  const worstFirst = sortBy(cards, ({ tone }) => String(TONES.indexOf(tone)));
  return { open: worstFirst.slice(0, MOST_CARDS), closed: worstFirst.slice(MOST_CARDS) };
}

const TONES: readonly EnvironmentCard['tone'][] = [...LEVELS, 'lint error', 'lint warning', 'ok'];

function cardOf(environment: EnvironmentReview, review: Review): EnvironmentCard {
  const { name, presence, noise, added, removed, changed } = environment;
  const levels = levelsIn(environment, review);
  const counts = [
    { what: 'added', sign: '+', count: added },
    { what: 'removed', sign: '−', count: removed },
    { what: 'changed', sign: '~', count: changed },
  ];
  return {
    name: name === '' ? 'manifests' : oneLine(name),
    note: PRESENCE[presence],
    tone: presence === 'broken' ? 'block' : (levels[0]?.level ?? 'ok'),
    levels,
    counts: counts.filter(({ count }) => count > 0),
    noise,
    isRead: presence !== 'broken',
  };
}

/** How many risks and findings there are of each level, the worst first. */
function levelsIn(
  { name, risks }: EnvironmentReview,
  { findings }: Review,
): EnvironmentCard['levels'] {
  const ofSeverity = (severity: Finding['severity']): number =>
    findings.filter(finding => finding.severity === severity && finding.environments.includes(name))
      .length;
  const counts = [
    ...LEVELS.map(level => ({ level, count: risks[level] })),
    { level: 'lint error' as const, count: ofSeverity('error') },
    { level: 'lint warning' as const, count: ofSeverity('warning') },
  ];
  return counts.filter(({ count }) => count > 0);
}

/** A finding as sentences. */
interface Notice extends Pick<Finding, 'severity' | 'message'> {
  readonly hint: string;
  readonly place: string;
}

function notice({ severity, message, hint, at }: Finding): Notice {
  return {
    severity,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    place: at === undefined ? '' : placeText(at),
  };
}

function unreadEntry(unit: UnreadUnit): Page['unread'][number] {
  const { reason, at, hint } = unit;
  return {
    name: unreadName(unit),
    reason: capital(oneLine(reason)),
    note: unreadNote(unit),
    place: at === undefined ? '' : placeText(at),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
  };
}

/** The open risks of one level. */
interface RiskSection<Entry> {
  readonly level: Level;
  readonly title: string;
  readonly meaning: string;
  readonly risks: readonly Entry[];
}

/** A risk on the page, or several that differ only by their objects. */
interface RiskEntry extends Pick<Notice, 'message' | 'hint'> {
  readonly level: Level;
  readonly rule: string;
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

/** All risks, in the review's order. */
function riskEntries({ risks }: Review, changes: readonly ChangeEntry[]): RiskEntry[] {
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

/** The open risks, the worst level first. */
function riskSections<Entry extends Pick<RiskEntry, 'level' | 'reason'>>(
  risks: readonly Entry[],
): RiskSection<Entry>[] {
  return LEVELS.flatMap(level => {
    const open = risks.filter(risk => risk.level === level && risk.reason === '');
    const [title, meaning] = TITLES[level];
    return open.length === 0 ? [] : [{ level, title, meaning, risks: open }];
  });
}

/** An acknowledgement that no risk needs, on one line. */
function unusedText({ rule, object, environment, at }: Acknowledgement): string {
  const where = environment === undefined ? '' : ` in ${namesOf([environment])}`;
  return oneLine(`${rule}: ${object}${where}${at === undefined ? '' : ` (${placeText(at)})`}`);
}

/** What lint finds on head only. */
interface FindingEntry extends Notice {
  readonly rule: string;
  readonly object: string;
  readonly environments: readonly string[];
  readonly tags: FilterTags;
}

function findingEntries({ findings }: Review): FindingEntry[] {
  return findings.map(finding => {
    const { severity, rule, object, environments } = finding;
    return {
      ...notice(finding),
      rule,
      object: object === undefined ? '' : objectText(object),
      environments: shownNames(environments),
      tags: {
        environments,
        kinds: object === undefined ? [] : [object.kind],
        levels: [`lint ${severity}`],
      },
    };
  });
}
