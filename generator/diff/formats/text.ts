import type { Finding } from '../../core/finding.ts';
import { groupBy } from '../../core/json.ts';
import { doubtText } from '../../lint/report.ts';
import { oneLine, placeText, someOf } from '../../report/text.ts';
import {
  type ChangedObject,
  type ChangeGroup,
  firstNotices,
  isOpen,
  otherNotices,
  type Review,
  type ReviewedRisk,
  type SecretEffect,
  type ShownField,
} from '../review.ts';
import {
  type Bundle,
  bundleFacts,
  bundleNames,
  bundlesOf,
  bundleTitle,
  moveOf,
  nameless,
  type RiskGroup,
  riskGroups,
  sharedText,
  withShortNames,
} from './groups.ts';
import { valueLines } from './line-diff.ts';
import {
  callsText,
  fateOf,
  inWords,
  namesOf,
  nameText,
  noteOf,
  objectText,
  refreshChange,
  riskPlace,
  sentence,
  signedKeys,
  sourceChanges,
  summaryLine,
  type UnreadUnit,
  unitText,
  unreadName,
  unreadNote,
  unreadUnits,
  unusedFinding,
} from './words.ts';

/** A review for the terminal: what hurts first, then what changes. */
export function renderReviewText(whole: Review): string {
  const { review, below } = withShortNames(whole);
  const parts = [
    [
      ...firstNotices(review).flatMap(noticeLines),
      summaryLine(review),
      ...(below === '' ? [] : [`all below ${oneLine(below)}`]),
    ],
    otherNotices(review).flatMap(noticeLines),
    review.unused.map(unusedFinding).flatMap(noticeLines),
    [...risksByHint(review.risks)].flatMap(riskGroupLines),
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
  const place = at === undefined ? '' : `${placeText(at)}: `;
  return withHint(`${place}${severity}: ${oneLine(message)}`, hint);
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

const SIGNS = { added: '+', removed: '-', changed: '~', reordered: '~', replaced: '±' } as const;

/** Names all objects that go, and the first few of those that come or move. */
function bundleLines(bundle: Bundle): string[] {
  const { what, groups } = bundle;
  if (groups.length === 1) return changeLines(groups[0]);
  const { environments, outcome } = bundleFacts(bundle);
  const all = bundleNames(bundle);
  const names = what === 'removed' ? all : someOf(all, NAMED);
  const fate = outcome === undefined ? '' : `; ${oneLine(outcome)}`;
  return [`${SIGNS[what]} ${bundleTitle(bundle)}${where(environments)}: ${inWords(names)}${fate}`];
}

/** So many objects that come are named. */
const NAMED = 3;

/** So many objects that move, or change in the same way, are listed. */
const LISTED = 8;

function changeLines(group: ChangeGroup): string[] {
  const { objects, fields } = group;
  const move = moveOf(group);
  if (move !== undefined)
    return [
      `~ ${objects.length} objects${where([move.to])}, until now applied by ${unitText(move.from)}`,
      ...someOf(objects.map(objectText), LISTED).map(text => `    ${text}`),
    ];
  return [...objectLines(group), ...fields.flatMap(fieldLines)];
}

/** All objects that come or go. Of those that change the first few, as what changes is shown below them. */
function objectLines({ what, objects }: ChangeGroup): string[] {
  const lines = objects.map(object => objectLine(what, object));
  const more = lines.length - LISTED;
  if (what !== 'changed' || more < 2) return lines;
  return [...lines.slice(0, LISTED), `${SIGNS[what]} ${more} more, in the same way`];
}

function objectLine(what: ChangeGroup['what'], object: ChangedObject): string {
  const { environment, movedFrom, pair, outcome } = object;
  const becomes = what === 'removed' ? 'becomes' : 'was';
  return [
    `${SIGNS[what]} ${objectText(object)}`,
    ...(pair === undefined ? [] : [`, ${becomes} ${objectText(pair)}`]),
    where([environment]),
    ...(movedFrom === undefined ? [] : [`, until now applied by ${unitText(movedFrom)}`]),
    ...(outcome === undefined
      ? []
      : [`; ${what === 'replaced' ? 'the old one is ' : ''}${oneLine(outcome)}`]),
  ].join('');
}

function fieldLines(shown: ShownField): string[] {
  const { what, field } = shown;
  const note = noteOf(shown);
  if (note !== undefined) return [`    ~ ${oneLine(field)}: ${note}`];
  return [
    `    ${SIGNS[what]} ${oneLine(field)}`,
    ...valueLines(shown).map(({ sign, text }) => `      ${sign} ${oneLine(text)}`),
  ];
}

function risksByHint(risks: readonly ReviewedRisk[]): Iterable<readonly ReviewedRisk[]> {
  return groupBy(risks, risk =>
    JSON.stringify([risk.level, risk.rule, nameless(risk, 'hint')]),
  ).values();
}

function riskGroupLines(risks: readonly ReviewedRisk[]): string[] {
  const [first, ...others] = risks.filter(isOpen);
  const groups = riskGroups(risks);
  const lines = groups.flatMap(group =>
    group.risks.length === 1 ? riskLines(group.risks[0]) : alikeLines(group),
  );
  if (first === undefined) return lines;
  const advice = sentence(oneLine(sharedText([first, ...others], 'hint')));
  const isMany = others.length > 0 && groups.length > 1;
  return [...lines, isMany ? `  all ${others.length + 1}: ${advice}` : `  ${advice}`];
}

/** The message of several risks once, and below it their objects. */
function alikeLines({ risks, message }: RiskGroup): string[] {
  const [{ level, rule }] = risks;
  return [
    `${level}: ${risks.length} objects: ${oneLine(message)} [${rule}]`,
    ...risks.flatMap(risk => [
      `  ${objectText(risk.object)}${where(risk.environments)}${atPlace(risk)}`,
      ...riskDetails(risk).map(line => `  ${line}`),
    ]),
  ];
}

function riskLines(risk: ReviewedRisk): string[] {
  const { level, rule, message, object, environments, acknowledged } = risk;
  const place = atPlace(risk);
  return [
    `${acknowledged === undefined ? level : `${level}, acknowledged`}: ${objectText(object)}: ${oneLine(message)} [${rule}]${where(environments)}`,
    ...(place === '' ? [] : [` ${place}`]),
    ...riskDetails(risk),
    ...(acknowledged === undefined ? [] : [`  reason: ${oneLine(acknowledged.reason)}`]),
  ];
}

function atPlace(risk: ReviewedRisk): string {
  const place = riskPlace(risk);
  return place === '' ? '' : ` at ${place}`;
}

function riskDetails({ outcome, related }: ReviewedRisk): string[] {
  return [
    ...(outcome === undefined ? [] : [`  outcome: ${oneLine(outcome)}`]),
    ...related.map(({ object: other, note }) => `  ${objectText(other)}: ${oneLine(note)}`),
  ];
}

function secretLines(effect: SecretEffect): string[] {
  const { environments, base, head, addedKeys, removedKeys } = effect;
  const secret = head ?? base;
  if (secret === undefined) return [];
  const keys = signedKeys(addedKeys, removedKeys).join(' ');
  const sources = sourceChanges(effect).map(
    ({ source, added, removed }) => `${source}: ${signedKeys(added, removed).join(' ')}`,
  );
  const refresh = refreshChange(effect);
  const readers = secret.readers.map(
    ({ pickup, ...reader }) => `${objectText(reader)} (${pickup})`,
  );
  return [
    `Secret ${nameText(secret)}${where(environments)}: ${fateOf(effect).text}`,
    ...(keys === '' ? [] : [`    keys: ${oneLine(keys)}`]),
    ...sources.map(text => `    from ${oneLine(text)}`),
    ...(refresh === undefined ? [] : [`    refresh: ${oneLine(refresh)}`]),
    ...(readers.length > 0 ? [`    read by ${readers.join(', ')}`] : []),
  ];
}

/** The environments after the text about them: ` (dev, prod)`. */
function where(environments: readonly string[]): string {
  const names = namesOf(environments);
  return names === '' ? '' : ` (${names})`;
}
