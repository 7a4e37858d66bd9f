import { page } from '#review/page';
import type { Finding } from '../../../core/finding.ts';
import { arrowHead, escaped, type LayoutOf } from '../../../report/svg.ts';
import { capital, oneLine, placeText, shownLines } from '../../../report/text.ts';
import { otherNotices, type Review } from '../../review.ts';
import { withShortNames } from '../groups.ts';
import {
  callsText,
  objectText,
  quietText,
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

/** A finding as sentences. */
interface Notice extends Pick<Finding, 'severity' | 'message'> {
  readonly hint: string;
  readonly place: string;
}

/** What lint finds on head only. */
interface FindingEntry extends Notice {
  readonly rule: string;
  readonly object: string;
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
    quiet: quietText(shownEnvironments(review)),
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

function notice({ severity, message, hint, at }: Finding): Notice {
  return {
    severity,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    place: at === undefined ? '' : placeText(at),
  };
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
