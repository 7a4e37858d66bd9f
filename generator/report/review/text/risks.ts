import { groupBy } from '../../../ground/group-by.ts';
import { oneLine } from '../../one-line.ts';
import { placeText } from '../../text.ts';
import type { ReviewedRisk } from '../review.ts';
import { nameless, type RiskGroup, riskGroups, sharedText } from '../risk-groups.ts';
import { isOpen } from '../verdict.ts';
import { objectText, sentence } from '../words.ts';
import { where } from './words.ts';

/** Risks of one rule about which the same is to be done, in the place of the first. */
export function likeRisks(risks: readonly ReviewedRisk[]): Iterable<readonly ReviewedRisk[]> {
  return groupBy(risks, risk =>
    JSON.stringify([risk.level, risk.rule, nameless(risk, 'hint')]),
  ).values();
}

/** Their lines, and once what is to be done. */
export function riskGroupLines(risks: readonly ReviewedRisk[]): string[] {
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

/** What is true of several objects once, and below it the objects. */
function alikeLines({ risks, message }: RiskGroup): string[] {
  const [{ level, rule }] = risks;
  return [
    `${level}: ${risks.length} objects: ${oneLine(message)} [${rule}]`,
    ...risks.flatMap(risk => [
      `  ${objectText(risk.object)}${where(risk.environments)}${riskPlace(risk)}`,
      ...riskDetails(risk).map(line => `  ${line}`),
    ]),
  ];
}

function riskLines(risk: ReviewedRisk): string[] {
  const { level, rule, message, object, environments, acknowledged } = risk;
  const place = riskPlace(risk);
  return [
    `${acknowledged === undefined ? level : `${level}, acknowledged`}: ${objectText(object)}: ${oneLine(message)} [${rule}]${where(environments)}`,
    ...(place === '' ? [] : [` ${place}`]),
    ...riskDetails(risk),
    ...(acknowledged === undefined ? [] : [`  reason: ${oneLine(acknowledged.reason)}`]),
  ];
}

function riskPlace({ at, side }: ReviewedRisk): string {
  return at === undefined ? '' : ` at ${placeText(at)}${side === 'base' ? ' (base)' : ''}`;
}

function riskDetails({ outcome, related }: ReviewedRisk): string[] {
  return [
    ...(outcome === undefined ? [] : [`  outcome: ${oneLine(outcome)}`]),
    ...related.map(({ object: other, note }) => `  ${objectText(other)}: ${oneLine(note)}`),
  ];
}
