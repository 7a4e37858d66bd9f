import type { Finding } from '../../../ground/finding.ts';
import { doubtText } from '../../lint/report.ts';
import { oneLine } from '../../one-line.ts';
import { placeText } from '../../text.ts';
import { unusedText } from '../acknowledgements.ts';
import { callsText } from '../aws-calls.ts';
import { withShortNames } from '../below.ts';
import { bundlesOf } from '../bundles.ts';
import type { Review } from '../review.ts';
import { type UnreadUnit, unreadName, unreadNote, unreadUnits } from '../unread-units.ts';
import { toldNotices } from '../verdict.ts';
import { firstNotices, summaryLine } from '../words.ts';
import { bundleLines } from './changes.ts';
import { likeRisks, riskGroupLines } from './risks.ts';
import { secretLines } from './secrets.ts';
import { placed, where } from './words.ts';

/** A review for the terminal: what hurts first, then what changes. */
export function renderReviewText(whole: Review): string {
  const { review, below } = withShortNames(whole);
  const parts = [
    [
      ...firstNotices(review).flatMap(noticeLines),
      summaryLine(review),
      ...(below === '' ? [] : [`all below ${oneLine(below)}`]),
    ],
    toldNotices(review).flatMap(noticeLines),
    review.unused.map(entry => `${placed(entry.at)}warning: ${oneLine(unusedText(entry))}`),
    [...likeRisks(review.risks)].flatMap(riskGroupLines),
    review.findings.flatMap(({ severity, rule, message, at, environments }) => [
      `new ${severity}: ${oneLine(message)} [${rule}]${where(environments)}`,
      ...(at === undefined ? [] : [`  at ${placeText(at)}`]),
    ]),
    unreadUnits(review).flatMap(unreadLines),
    bundlesOf(review.changes).flatMap(bundleLines),
    review.secrets.flatMap(secretLines),
    review.awsCalls.map(one => `AWS${where([one.environment])}: ${callsText(one)}`),
    review.doubts.map(doubt => `not known: ${oneLine(doubtText(doubt))}`),
    review.unseen.map(text => `not seen: ${oneLine(text)}`),
  ];
  return `${parts
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`;
}

function noticeLines({ at, severity, message, hint }: Finding): string[] {
  return withHint(`${placed(at)}${severity}: ${oneLine(message)}`, hint);
}

function unreadLines(unit: UnreadUnit): string[] {
  const { at, reason, hint } = unit;
  const place = at === undefined ? '' : `; at ${placeText(at)}`;
  const text = `not read: ${unreadName(unit)}${unreadNote(unit)}: ${oneLine(reason)}${place}`;
  return withHint(text, hint);
}

function withHint(text: string, hint: string | undefined): string[] {
  return hint === undefined ? [text] : [text, `  hint: ${oneLine(hint)}`];
}
