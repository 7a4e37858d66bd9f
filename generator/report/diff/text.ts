import type { Finding, Place } from '../../source/finding.ts';
import { oneLine } from '../one-line.ts';
import { unusedText } from './acknowledgements.ts';
import type { ChangeGroup, Review, ReviewedRisk, SecretEffect, ShownField } from './review.ts';
import {
  fateOf,
  namesOf,
  objectText,
  placeText,
  secretText,
  sentence,
  sideText,
  summaryLine,
} from './words.ts';

/** A review for the terminal: what hurts first, then what changes. */
export function renderReviewText(review: Review): string {
  const parts = [
    [summaryLine(review)],
    review.broken.flatMap(({ side, environment, finding }) =>
      noticeLines({ ...finding, message: `${sideText(side, environment)}: ${finding.message}` }),
    ),
    review.notices.flatMap(noticeLines),
    review.unused.map(entry => `${placed(entry.at)}warning: ${oneLine(unusedText(entry))}`),
    review.risks.flatMap(riskLines),
    review.findings.flatMap(({ severity, id, message, at, environments }) => [
      `new ${severity}: ${oneLine(message)} [${id}]${where(environments)}`,
      ...(at === undefined ? [] : [`  at ${placeText(at)}`]),
    ]),
    review.changes.flatMap(changeLines),
    review.secrets.flatMap(secretLines),
    review.unseen.map(text => `not seen from Git: ${text}`),
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

function placed(at: Place | undefined): string {
  return at === undefined ? '' : `${placeText(at)}: `;
}

function riskLines(risk: ReviewedRisk): string[] {
  const { level, rule, message, hint, outcome, object, environments, at, side, acknowledged } =
    risk;
  const place =
    at === undefined ? [] : [`  at ${placeText(at)}${side === 'base' ? ' (base)' : ''}`];
  return [
    `${acknowledged === undefined ? level : `${level}, acknowledged`}: ${objectText(object)}: ${oneLine(message)} [${rule}]${where(environments)}`,
    ...place,
    ...(outcome === undefined ? [] : [`  Argo CD: ${oneLine(outcome)}`]),
    ...risk.related.map(({ object: other, note }) => `  ${objectText(other)}: ${oneLine(note)}`),
    ...(acknowledged === undefined
      ? [`  ${sentence(oneLine(hint))}`]
      : [`  reason: ${oneLine(acknowledged.reason)}`]),
  ];
}

function where(environments: readonly string[]): string {
  const names = namesOf(environments);
  return names === '' ? '' : ` (${names})`;
}

const SIGNS = { added: '+', removed: '-', changed: '~', reordered: '~' } as const;

function changeLines({ what, objects, fields }: ChangeGroup): string[] {
  return [
    ...objects.map(({ environment, pair, outcome, ...object }) => {
      const other =
        pair === undefined
          ? ''
          : what === 'added'
            ? `, was ${objectText(pair)}`
            : `, becomes ${objectText(pair)}`;
      const fate = outcome === undefined ? '' : `; ${outcome}`;
      return `${SIGNS[what]} ${objectText(object)}${other}${where([environment])}${fate}`;
    }),
    ...fields.flatMap(fieldLines),
  ];
}

function fieldLines({ what, field, base, head, isHidden }: ShownField): string[] {
  if (what === 'reordered') return [`    ~ ${oneLine(field)}: another order`];
  if (isHidden && base === head) return [`    ~ ${oneLine(field)}: changed, not shown`];
  const lines = (text: string): string => text.split('\n').map(oneLine).join('\n        ');
  return [
    `    ${SIGNS[what]} ${oneLine(field)}`,
    ...(base === undefined ? [] : [`      - ${lines(base)}`]),
    ...(head === undefined ? [] : [`      + ${lines(head)}`]),
  ];
}

function secretLines(effect: SecretEffect): string[] {
  const { environments, base, head, addedKeys, removedKeys } = effect;
  const secret = head ?? base;
  if (secret === undefined) return [];
  const keys = [...addedKeys.map(key => `+${key}`), ...removedKeys.map(key => `-${key}`)];
  const readers = secret.readers.map(
    ({ pickup, ...reader }) => `${objectText(reader)} (${pickup})`,
  );
  return [
    `Secret ${secretText(secret)}${where(environments)}: ${fateOf(effect).text}`,
    ...(keys.length > 0 ? [`    keys: ${oneLine(keys.join(' '))}`] : []),
    ...(readers.length > 0 ? [`    read by ${readers.join(', ')}`] : []),
  ];
}
