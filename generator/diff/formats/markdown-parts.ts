import type { Finding, ObjectName, Place } from '../../core/finding.ts';
import { groupBy } from '../../core/json.ts';
import { code, diffBlock, prose } from '../../report/markdown.ts';
import { placeText, shortened } from '../../report/text.ts';
import type {
  AwsCalls,
  ChangedObject,
  ChangeGroup,
  NewFinding,
  ReviewedRisk,
  SecretEffect,
  ShownField,
} from '../review.ts';
import {
  type Bundle,
  bundleFacts,
  bundleNames,
  bundleTitle,
  moveOf,
  type RiskGroup,
  riskGroups,
} from './groups.ts';
import { linesOf, valueLines } from './line-diff.ts';
import {
  callsText,
  fateOf,
  nameText,
  noteOf,
  objectText,
  refreshChange,
  riskPlace,
  sentence,
  signedKeys,
  sourceChanges,
  type UnreadUnit,
  unitText,
  unreadName,
  unreadNote,
} from './words.ts';

/** A part of a page that is on it whole or not at all. */
export interface Unit {
  readonly text: string;
  readonly full?: string;
  /** How many entries it stands for. Absent: one. */
  readonly count?: number;
}

export interface Section {
  /** What its units and their details are called if some are left out. */
  readonly noun: string;
  readonly details?: string;
  readonly before: string;
  readonly units: readonly Unit[];
  readonly after: string;
}

/** Changes on one line, and with the fields that differ or the manifests of new objects. */
export function bundleUnit(bundle: Bundle): Unit {
  const { what, groups } = bundle;
  const [first] = groups;
  const line = groups.length > 1 ? manyText(bundle) : changeText(first);
  const text = `${line}\n\n`;
  const count = groups.length;
  const { before, after } = closed(line);
  const full = (content: string): Unit => ({ text, count, full: `${before}${content}${after}` });
  if (first.fields.length > 0) return full(diffBlock(first.fields.flatMap(fieldLines)));
  if (what !== 'added') return { text, count };
  return full(groups.map(group => diffBlock(manifestLines(group))).join('\n'));
}

function changeText(group: ChangeGroup): string {
  const { what, objects } = group;
  const move = moveOf(group);
  if (move === undefined)
    return `${what} ${shortened(objects.map(object => changedText(what, object))).join('; ')}`;
  const names = shortened(objects.map(objectCode)).join(', ');
  return `moved ${objects.length} objects from ${code(unitText(move.from))} to ${code(unitText(move.to))}: ${names}`;
}

function manyText(bundle: Bundle): string {
  const { environments, outcome } = bundleFacts(bundle);
  const names = bundleNames(bundle).map(name => code(name));
  const some = bundle.what === 'removed' ? names : shortened(names);
  const fate = outcome === undefined ? '' : `; ${prose(outcome)}`;
  return `${bundle.what} ${code(bundleTitle(bundle))}${inEnvironments(environments)}: ${some.join(', ')}${fate}`;
}

/** A new object, as lines of a diff. */
function manifestLines({ manifests }: ChangeGroup): string[] {
  const { head } = manifests();
  return head === undefined ? [] : linesOf(head).map(line => `+ ${line}`);
}

function changedText(
  what: ChangeGroup['what'],
  { environment, movedFrom, pair, outcome, ...object }: ChangedObject,
): string {
  const other =
    pair === undefined ? '' : `, ${what === 'removed' ? 'becomes' : 'was'} ${objectCode(pair)}`;
  const old = what === 'replaced' ? '; the old one is ' : ': ';
  const fate = outcome === undefined ? '' : `${old}${prose(outcome)}`;
  const move = movedFrom === undefined ? '' : `, until now applied by ${code(unitText(movedFrom))}`;
  return `${objectCode(object)}${inEnvironments([environment])}${other}${move}${fate}`;
}

function fieldLines(shown: ShownField): string[] {
  const title = `@@ ${shown.field} @@`;
  const note = noteOf(shown);
  if (note !== undefined) return [`${title} ${note}`];
  return [
    title,
    ...valueLines(shown).map(({ sign, text }) =>
      sign === '…' ? `@@ ${text} @@` : `${sign} ${text}`,
    ),
  ];
}

/** What becomes of a Secret, on one line. */
export function effectUnit(effect: SecretEffect): Unit {
  const { environments, base, head, addedKeys, removedKeys } = effect;
  const secret = head ?? base;
  if (secret === undefined) return { text: '' };
  const keys = signedKeys(addedKeys, removedKeys, '−', code);
  const sources = sourceChanges(effect).map(
    ({ source, added, removed }) =>
      `from ${code(source)} ${shortened(signedKeys(added, removed, '−', code)).join(' ')}`,
  );
  const refresh = refreshChange(effect);
  const readers = secret.readers.map(
    ({ pickup, ...reader }) => `${objectCode(reader)} (${pickup})`,
  );
  const parts = [
    fateOf(effect).text,
    ...(keys.length > 0 ? [`keys ${shortened(keys).join(' ')}`] : []),
    ...sources,
    ...(refresh === undefined ? [] : [`refresh ${code(refresh)}`]),
    ...(readers.length > 0 ? [`read by ${shortened(readers).join(', ')}`] : []),
  ];
  const name = code(nameText(secret));
  return { text: `- ${name}${inEnvironments(environments)}: ${parts.join('; ')}\n` };
}

/** What ESO asks AWS for, on one line. */
export function callsUnit(calls: AwsCalls): Unit {
  const name = calls.environment === '' ? 'manifests' : code(calls.environment);
  return { text: `- ${name}: ${prose(callsText(calls))}\n` };
}

/** So many objects are in one unit. */
const MOST = 20;

/** Risks; those that differ only by a name are one unit. */
export function riskUnits(risks: readonly ReviewedRisk[]): Unit[] {
  return riskGroups(risks).flatMap(group => partsOf(group).map(riskUnit));
}

function partsOf(group: RiskGroup): RiskGroup[] {
  const { risks } = group;
  const starts = Array.from({ length: Math.ceil(risks.length / MOST) }, (_, at) => at * MOST);
  return starts.flatMap(start => {
    const [first, ...others] = risks.slice(start, start + MOST);
    return first === undefined ? [] : [{ ...group, risks: [first, ...others] as const }];
  });
}

/** One risk or several alike: on one line, and with its place, related objects and hint. */
function riskUnit({ risks, message, hint }: RiskGroup): Unit {
  const [first] = risks;
  if (risks.length > 1) return manyUnit({ risks, message, hint });
  const line = `- ${ruleAndObject(first)}: ${sentence(prose(message))}\n`;
  const details = [...riskDetails(first), adviceOf(hint)];
  return { text: line, full: line + details.map(detail => `  - ${detail}\n`).join('') };
}

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

function riskDetails(risk: ReviewedRisk): string[] {
  const { outcome, related } = risk;
  const place = riskPlace(risk, placeCode);
  const others = related.map(
    other =>
      `${objectCode(other.object)}: ${prose(other.note)}${other.at === undefined ? '' : `, ${placeCode(other.at)}`}`,
  );
  return [
    ...(place === '' ? [] : [`at ${place}`]),
    ...(outcome === undefined ? [] : [`outcome: ${prose(outcome)}`]),
    ...shortened(others),
  ];
}

/** Begins with our own words: a list item that begins with `1.` or `-` would be a list. */
function adviceOf(hint: string): string {
  return `To do: ${sentence(prose(hint))}`;
}

/** An acknowledged risk, and the reason. */
export function acknowledgedUnit(risk: ReviewedRisk): Unit {
  const { level, message, acknowledged } = risk;
  const where = acknowledged?.at === undefined ? '' : ` (${placeCode(acknowledged.at)})`;
  return {
    text: `- ${level}: ${ruleAndObject(risk)}: ${sentence(prose(message))}\n  - Acknowledged${where}: ${prose(acknowledged?.reason ?? '')}\n`,
  };
}

export function findingUnit({ rule, severity, message, hint, at, environments }: NewFinding): Unit {
  const details = [
    ...(at === undefined ? [] : [`at ${placeCode(at)}`]),
    ...(hint === undefined ? [] : [adviceOf(hint)]),
  ];
  return {
    text: `- ${severity} **${code(rule)}**${inEnvironments(environments)}: ${sentence(prose(message))}\n${details.map(detail => `  - ${detail}\n`).join('')}`,
  };
}

export function unreadUnit(unit: UnreadUnit): Unit {
  const { reason, at, hint } = unit;
  const place = at === undefined ? '' : `, at ${placeCode(at)}`;
  const advice = hint === undefined ? '' : `  - ${adviceOf(hint)}\n`;
  return {
    text: `- ${code(unreadName(unit))}${unreadNote(unit)}: ${prose(reason)}${place}\n${advice}`,
  };
}

export function noticeUnit({ at, severity, message, hint }: Finding): Unit {
  const place = at === undefined ? '' : `${placeCode(at)}: `;
  const advice = hint === undefined ? '' : ` ${prose(hint)}`;
  return { text: `- ${place}${severity}: ${sentence(prose(message))}${advice}\n` };
}

/** Many risks by their rules: how many there are, and as many names as fit. */
export function groupUnits(risks: readonly ReviewedRisk[], room: number): Unit[] {
  const groups = groupBy(risks, ({ rule }) => rule);
  const share = Math.floor(room / groups.size);
  return [...groups].map(([rule, group]) => ({ text: groupText(rule, group, share) }));
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

/** `Deployment shop/web`. */
function objectCode(object: ObjectName): string {
  return code(objectText(object));
}

/** `rem-secrets.yaml:12:3`. */
function placeCode(place: Place): string {
  return code(placeText(place));
}

/** ` (dev, prod)`. Empty for manifests that belong to no environment. */
function inEnvironments(environments: readonly string[]): string {
  const names = environments.filter(name => name !== '').map(name => code(name));
  return names.length === 0 ? '' : ` (${shortened(names).join(', ')})`;
}

/** A heading that opens its content. */
export function closed(title: string): { readonly before: string; readonly after: string } {
  return {
    before: `<details><summary>${title}</summary>\n\n`,
    after: '\n</details>\n\n',
  };
}
