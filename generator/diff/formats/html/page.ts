import { page } from '#review/page';
import type { Finding } from '../../../core/finding.ts';
import { sortBy } from '../../../core/json.ts';
import { arrowHead, escaped, type LayoutOf } from '../../../report/svg.ts';
import { capital, counted, oneLine, placeText, shownLines } from '../../../report/text.ts';
import {
  type Acknowledgement,
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
  blockText,
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
  coded,
  type FilterLevel,
  filterChoices,
  filterValues,
  levelOf,
  risksByObject,
} from './filter-tags.ts';
import { flowFigures } from './flow.ts';
import { secretEntries } from './secret-entries.ts';

/**
 * A review as one page of HTML that needs no network, and no script to be read. The templates escape all values
 * (`templates/`, compiled by the build).
 */
export function renderReviewHtml(review: Review, layoutOf: LayoutOf): string {
  return page.render(pageOf(review, layoutOf), value => escaped(shownLines(String(value))));
}

/** What the templates show: names on one line, masked values, nothing escaped. */
function pageOf(whole: Review, layoutOf: LayoutOf) {
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
    // The tags of entries are indexes of these.
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
    // The environments that only one side has.
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

/** How the review ends: whether something keeps the change from being merged, and how large it is. */
function verdictOf(review: Review) {
  const open = review.risks.filter(isOpen);
  const detail = detailOf(review);
  const blocking = blockText(review);
  if (isBroken(review)) return { tone: 'block', text: capital(brokenText(review)), detail };
  if (blocking !== '') return { tone: 'block', text: `${blocking} in this change`, detail };
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

/** So many cards are open. */
const MOST_CARDS = 8;

/** The cards of environments, in their order; if there are many, the worst first, and some are closed at first. */
function environmentCards(review: Review) {
  const cards = shownEnvironments(review).map(environment => cardOf(environment, review));
  if (cards.length <= MOST_CARDS + 1) return { open: cards, closed: [] };
  const worstFirst = sortBy(cards, ({ tone }) => String(TONES.indexOf(tone)));
  return { open: worstFirst.slice(0, MOST_CARDS), closed: worstFirst.slice(MOST_CARDS) };
}

const TONES: readonly string[] = [...LEVELS, 'lint error', 'lint warning', 'ok'];

function cardOf(environment: EnvironmentReview, review: Review) {
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
    // Else the card does not say that it has no risk and no changes: nobody knows.
    isRead: presence !== 'broken',
  };
}

/** How many risks and findings there are of each level, the worst first. */
function levelsIn({ name, risks }: EnvironmentReview, { findings }: Review) {
  const ofSeverity = (severity: Finding['severity']): number =>
    findings.filter(finding => finding.severity === severity && finding.environments.includes(name))
      .length;
  const counts: { readonly level: FilterLevel; readonly count: number }[] = [
    ...LEVELS.map(level => ({ level, count: risks[level] })),
    { level: 'lint error', count: ofSeverity('error') },
    { level: 'lint warning', count: ofSeverity('warning') },
  ];
  return counts.filter(({ count }) => count > 0);
}

/** A finding as sentences. */
function notice({ severity, message, hint, at }: Finding) {
  return {
    severity,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    place: at === undefined ? '' : placeText(at),
  };
}

function unreadEntry(unit: UnreadUnit) {
  const { reason, at, hint } = unit;
  return {
    name: unreadName(unit),
    reason: capital(oneLine(reason)),
    note: unreadNote(unit),
    place: at === undefined ? '' : placeText(at),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
  };
}

const TITLES: Readonly<Record<Level, readonly [title: string, meaning: string]>> = {
  block: ['Blockers', 'data is lost, or the cluster rejects the change'],
  high: ['High', MEANING.high],
  warn: ['Worth a look', MEANING.warn],
};

/** All risks, in the review's order; those that differ only by their objects are one. */
function riskEntries({ risks }: Review, changes: readonly ChangeEntry[]) {
  const byRisk = new Map<string, string[]>();
  for (const change of changes)
    for (const { id } of change.risks) byRisk.set(id, [...(byRisk.get(id) ?? []), change.id]);
  const ids = new Map(risks.map((risk, index) => [risk, `risk-${index + 1}`]));
  // A case has the ids of the changes that cause it.
  const caseOf = (risk: ReviewedRisk) => {
    const id = ids.get(risk) ?? '';
    return { id, ...riskCase(risk), changes: byRisk.get(id) ?? [] };
  };
  return riskGroups(risks).map(({ risks: [first, ...others], message, hint }) => ({
    level: first.level,
    rule: first.rule,
    message: capital(sentence(oneLine(message))),
    hint: capital(sentence(oneLine(hint))),
    cases: [caseOf(first), ...others.map(caseOf)],
    // Why it was acknowledged. Empty: it was not.
    reason: first.acknowledged === undefined ? '' : oneLine(first.acknowledged.reason) || '—',
    tags: {
      environments: [first, ...others].flatMap(({ environments }) => environments),
      kinds: [first, ...others].map(({ object }) => object.kind),
      levels: [levelOf(first)],
    },
  }));
}

function riskCase(risk: ReviewedRisk) {
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
function riskSections<Entry extends { readonly level: Level; readonly reason: string }>(
  risks: readonly Entry[],
) {
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
function findingEntries({ findings }: Review) {
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
        levels: [`lint ${severity}` as const],
      },
    };
  });
}
