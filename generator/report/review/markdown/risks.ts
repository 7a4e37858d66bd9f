import type { Finding } from '../../../ground/finding.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { shortened } from '../../shortened.ts';
import { unusedText } from '../acknowledgements.ts';
import type { Acknowledgement, NewFinding, ReviewedRisk } from '../review.ts';
import { type RiskGroup, riskGroups } from '../risk-groups.ts';
import { type UnreadUnit, unreadName, unreadNote } from '../unread-units.ts';
import { sentence } from '../words.ts';
import { code, prose } from './escape.ts';
import type { Unit } from './fill.ts';
import { inEnvironments, objectCode, placeCode } from './words.ts';

/** So many objects are one unit of a page, which has it or not. */
const MOST = 20;

/** Risks, of which those that differ by a name stand together. */
export function riskUnits(risks: readonly ReviewedRisk[]): Unit[] {
  return riskGroups(risks).flatMap(group => partsOf(group).map(riskUnit));
}

function partsOf(group: RiskGroup): RiskGroup[] {
  const { risks } = group;
  if (risks.length <= MOST) return [group];
  const starts = Array.from({ length: Math.ceil(risks.length / MOST) }, (_, at) => at * MOST);
  return starts.flatMap(start => {
    const [first, ...others] = risks.slice(start, start + MOST);
    return first === undefined ? [] : [{ ...group, risks: [first, ...others] as const }];
  });
}

/** A risk on one line, and with its place, what else is concerned, and what to do; or several alike. */
function riskUnit({ risks, message, hint }: RiskGroup): Unit {
  const [first] = risks;
  if (risks.length > 1) return manyUnit({ risks, message, hint });
  const line = `- ${ruleAndObject(first)}: ${sentence(prose(message))}\n`;
  const details = [...riskDetails(first), adviceOf(hint)];
  return { text: line, full: line + details.map(detail => `  - ${detail}\n`).join('') };
}

/** One message and one advice, and below them the objects. */
function manyUnit({ risks, message, hint }: RiskGroup): Unit {
  const line = `- **${code(risks[0].rule)}** on ${risks.length} objects: ${sentence(prose(message))}\n`;
  const objects = risks.map(risk => {
    const name = `${objectCode(risk.object)}${inEnvironments(risk.environments)}`;
    return { name, full: [name, ...riskDetails(risk)].join(', ') };
  });
  const list = (texts: readonly string[]): string => texts.map(text => `  - ${text}\n`).join('');
  return {
    count: risks.length,
    text: line + list(objects.map(({ name }) => name)),
    full: line + list([...objects.map(({ full }) => full), adviceOf(hint)]),
  };
}

function ruleAndObject({ rule, object, environments }: ReviewedRisk): string {
  return `**${code(rule)}** ${objectCode(object)}${inEnvironments(environments)}`;
}

function riskDetails({ at, side, outcome, related }: ReviewedRisk): string[] {
  const others = related.map(
    other =>
      `${objectCode(other.object)}: ${prose(other.note)}${other.at === undefined ? '' : `, ${placeCode(other.at)}`}`,
  );
  return [
    ...(at === undefined ? [] : [`at ${placeCode(at)}${side === 'base' ? ' (base)' : ''}`]),
    ...(outcome === undefined ? [] : [`outcome: ${prose(outcome)}`]),
    ...shortened(others),
  ];
}

/** Begins with words of ours: a list item that begins with `1.` or `-` is a list. */
function adviceOf(hint: string): string {
  return `To do: ${sentence(prose(hint))}`;
}

/** A risk that somebody takes, and why. */
export function acknowledgedUnit(risk: ReviewedRisk): Unit {
  const { level, message, acknowledged } = risk;
  const where = acknowledged?.at === undefined ? '' : ` (${placeCode(acknowledged.at)})`;
  return {
    text: `- ${level}: ${ruleAndObject(risk)}: ${sentence(prose(message))}\n  - Acknowledged${where}: ${prose(acknowledged?.reason ?? '')}\n`,
  };
}

/** What lint finds on head and did not on base. */
export function findingUnit({ rule, severity, message, hint, at, environments }: NewFinding): Unit {
  const details = [
    ...(at === undefined ? [] : [`at ${placeCode(at)}`]),
    ...(hint === undefined ? [] : [adviceOf(hint)]),
  ];
  return {
    text: `- ${severity} **${code(rule)}**${inEnvironments(environments)}: ${sentence(prose(message))}\n${details.map(detail => `  - ${detail}\n`).join('')}`,
  };
}

/** A unit that could not be read. */
export function unreadUnit(unit: UnreadUnit): Unit {
  const { reason, at, hint } = unit;
  const place = at === undefined ? '' : `, at ${placeCode(at)}`;
  const advice = hint === undefined ? '' : `  - ${adviceOf(hint)}\n`;
  return {
    text: `- ${code(unreadName(unit))}${unreadNote(unit)}: ${prose(reason)}${place}\n${advice}`,
  };
}

/** What was not taken as it stands. */
export function noticeUnit({ at, severity, message, hint }: Finding): Unit {
  const place = at === undefined ? '' : `${placeCode(at)}: `;
  const advice = hint === undefined ? '' : ` ${prose(hint)}`;
  return { text: `- ${place}${severity}: ${sentence(prose(message))}${advice}\n` };
}

/** An acknowledgement that no risk needs. */
export function unusedUnit(entry: Acknowledgement): Unit {
  return noticeUnit({
    rule: 'acknowledgement',
    severity: 'warning',
    message: unusedText(entry),
    field: '',
    ...(entry.at !== undefined && { at: entry.at }),
  });
}

/** Many risks by their rules: how many, and the names that so many characters hold. */
export function groupUnits(risks: readonly ReviewedRisk[], room: number): Unit[] {
  const groups = groupBy(risks, ({ rule }) => rule);
  const share = Math.floor(room / groups.size);
  return [...groups].map(([rule, own]) => ({ text: groupText(rule, own, share) }));
}

function groupText(rule: string, risks: readonly ReviewedRisk[], room: number): string {
  let text = `- **${code(rule)}**, ${risks.length}: `;
  const last = `and ${risks.length} more\n`;
  for (const [index, { object, environments }] of risks.entries()) {
    const name = `${objectCode(object)}${inEnvironments(environments)}, `;
    if (text.length + name.length + last.length > room)
      return `${text}and ${risks.length - index} more\n`;
    text += name;
  }
  return `${text.slice(0, -2)}\n`;
}
