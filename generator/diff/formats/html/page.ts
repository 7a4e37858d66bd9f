import { page } from '#review/page';
import type { Finding } from '../../../core/finding.ts';
import { arrowHead, escaped, type LayoutOf } from '../../../report/svg.ts';
import { capital, oneLine, placeText, shownLines } from '../../../report/text.ts';
import { type Review, toldNotices } from '../../review.ts';
import { withShortNames } from '../groups.ts';
import {
  callsText,
  objectText,
  quietText,
  sentence,
  summaryLine,
  toldEnvironments,
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
  type FilterTags,
  filterChoices,
  filterValues,
  risksByObject,
} from './filter-tags.ts';
import { type FlowFigure, flowFigures } from './flow.ts';
import {
  type RiskEntry,
  type RiskSection,
  riskEntries,
  riskSections,
  unusedText,
} from './risk-sections.ts';
import { type SecretEntry, secretEntries } from './secret-entries.ts';
import { type EnvironmentCards, environmentCards, type Verdict, verdictOf } from './summary.ts';

/**
 * A review as one page of HTML that needs nothing else: no network, and no script to be read. All
 * that comes from manifests is escaped by the templates (`templates/`, compiled by the build).
 */
export function renderReviewHtml(review: Review, layoutOf: LayoutOf): string {
  return page.render(pageOf(review, layoutOf), shownEscaped);
}

function shownEscaped(value: unknown): string {
  return escaped(shownLines(String(value)));
}

/**
 * What the templates show: names are on one line, values masked, nothing is escaped yet. The build names it as the type of the compiled page.
 * @public
 */
export interface Page {
  readonly title: string;
  readonly base: string;
  readonly head: string;
  readonly verdict: Verdict;
  readonly cards: EnvironmentCards;
  readonly choices: FilterChoices;
  /** What the tags of entries count in, as JSON. */
  readonly values: string;
  /** The environments without cards, in words. */
  readonly quiet: string;
  /** The folder that environments are below, and that their names go without. */
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
  /** Manifests that are rendered when somebody opens them, as JSON. */
  readonly kept: string;
  /** The environments that only one side has. */
  readonly wholesale: readonly string[];
  readonly calls: readonly { readonly environment: string; readonly text: string }[];
  readonly unseen: readonly string[];
}

/** Something that was not taken as it stands. */
interface Notice {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string;
  readonly place: string;
}

/** What lint finds on head only. */
interface FindingEntry {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
  readonly hint: string;
  readonly object: string;
  readonly place: string;
  readonly environments: readonly string[];
  readonly tags: FilterTags;
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
    quiet: quietText(toldEnvironments(review)),
    below: oneLine(below),
    unread: unreadUnits(review).map(unreadEntry),
    notices: toldNotices(review).map(notice),
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

function notice({ severity, message, hint, at }: Finding): Notice {
  return {
    severity,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    place: at === undefined ? '' : placeText(at),
  };
}

function findingEntries({ findings }: Review): FindingEntry[] {
  return findings.map(({ severity, rule, message, hint, object, at, environments }) => ({
    severity,
    rule,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    object: object === undefined ? '' : objectText(object),
    place: at === undefined ? '' : placeText(at),
    environments: environments.filter(name => name !== '').map(oneLine),
    tags: {
      environments,
      kinds: object === undefined ? [] : [object.kind],
      levels: [`lint ${severity}`],
    },
  }));
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
