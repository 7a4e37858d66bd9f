import type { Finding } from '../../../ground/finding.ts';
import { doubtText } from '../../lint/report.ts';
import { oneLine } from '../../one-line.ts';
import { unusedText } from '../acknowledgements.ts';
import { callsText } from '../aws-calls.ts';
import { withShortNames } from '../below.ts';
import { bundlesOf } from '../bundles.ts';
import type { Review } from '../review.ts';
import { type UnreadUnit, unreadName, unreadNote, unreadUnits } from '../unread-units.ts';
import { toldNotices } from '../verdict.ts';
import { firstNotices, placeText, summaryLine } from '../words.ts';
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
    unreadUnits(review).map(unreadLine),
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
  const text = `${placed(at)}${severity}: ${oneLine(message)}`;
  return hint === undefined ? [text] : [text, `  hint: ${oneLine(hint)}`];
}

function unreadLine(unit: UnreadUnit): string {
  const place = unit.at === undefined ? '' : `; at ${placeText(unit.at)}`;
  return `not read: ${unreadName(unit)}${unreadNote(unit)}: ${oneLine(unit.reason)}${place}`;
}
