import type { Finding, ObjectName, Place } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import { objectName } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/placed-object.ts';
import { oneLine, shortened, objectText as textOf } from '../report/text.ts';
import {
  type BrokenSide,
  type Compared,
  type NewFinding,
  onceForAll,
  type Review,
  type ReviewedRisk,
} from './review.ts';
import { LEVELS } from './risk.ts';
import type { FoundRisk } from './risk-rules.ts';
import { isFirst, isOpen, isWhole } from './verdict.ts';

/**
 * What lint finds on head only. What a risk says already, at the same field or in place of a lint
 * rule, is not said again.
 */
export function untoldFindings(
  compared: readonly Compared[],
  risks: readonly ReviewedRisk[],
): NewFinding[] {
  const said = new Set(risks.map(({ object, field }) => placeKey(object, field)));
  const all = compared.flatMap(({ findings, risks: found }) => {
    const told = toldOf(found);
    return findings
      .filter(({ object, field }) => !said.has(placeKey(object, field)))
      .filter(({ object, rule }) => !told.has(placeKey(object, rule)));
  });
  return onceForAll(all, ({ rule, message, field, object }) =>
    JSON.stringify([rule, message, field, object?.kind, object?.name]),
  );
}

/** The objects that risks name, with the lint rules that the risks stand for. */
function toldOf(risks: readonly FoundRisk[]): Set<string> {
  return new Set(
    risks.flatMap(({ rule: { tells = [] }, object, related = [] }) =>
      [object, ...related.map(other => other.object)].flatMap(named =>
        tells.map(id => placeKey(objectName(writtenObject(named)), id)),
      ),
    ),
  );
}

function placeKey(object: Finding['object'], place: string): string {
  return JSON.stringify([object?.kind, object?.namespace, object?.name, place]);
}

/** `Deployment shop/web`, on one line whatever the names hold. */
export function objectText(object: ObjectName): string {
  return oneLine(textOf(object));
}

/** `shop/login`, or the name alone where no namespace is given. */
export function secretText({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return oneLine(namespace === '' ? name : `${namespace}/${name}`);
}

/** `dev, prod`; nothing where manifests belong to no environment. */
export function namesOf(environments: readonly string[]): string {
  return shortened(environments.filter(name => name !== '').map(oneLine)).join(', ');
}

/** What is said before all else. */
export function firstNotices({ notices }: Review): Finding[] {
  return notices.filter(isFirst);
}

/** A unit by its name; without one it is the folder that was asked for. */
export function unitText(environment: string): string {
  return environment === '' ? 'the folder itself' : oneLine(environment);
}

/** `base side of prod`. */
export function sideText(side: 'base' | 'head', environment: string): string {
  return environment === '' ? `${side} side` : `${side} side of ${environment}`;
}

/** `a, b and c`. */
export function inWords(texts: readonly string[]): string {
  const [last = '', ...others] = texts.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

/** A text as a sentence. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `origin/main → the working tree: 1 block, 2 warn; 3 added, 4 changed`. */
export function summaryLine(review: Review): string {
  const { base, head } = review;
  const unread = unreadText(review);
  const rest = unread === '' ? '' : `; ${unread}`;
  return `${oneLine(base)} → ${oneLine(head)}: ${levelsText(review)}; ${objectsText(review)}${rest}`;
}

/** `3 units were not read`; nothing where all were. */
export function unreadText(review: Review): string {
  const units = unreadUnits(review).length;
  if (units === 0) return '';
  return units === 1 ? '1 unit was not read' : `${units} units were not read`;
}

/** `1 block, 2 warn`: the risks that nobody acknowledged. */
export function levelsText(review: Review): string {
  const open = review.risks.filter(isOpen);
  const levels = LEVELS.map(level => ({
    count: open.filter(risk => risk.level === level).length,
    word: level,
  }));
  return listed(levels) || (isWhole(review) ? 'no risks' : 'no risks in what was read');
}

/** `3 added, 4 changed; 2 written differently and the same`. */
export function objectsText({ environments }: Review): string {
  const sum = (field: 'added' | 'removed' | 'changed' | 'noise'): number =>
    environments.reduce((total, environment) => total + environment[field], 0);
  const objects = (['added', 'removed', 'changed'] as const).map(field => ({
    count: sum(field),
    word: field,
  }));
  const noise = sum('noise');
  const text = listed(objects) || 'no object changes';
  return noise > 0 ? `${text}; ${noise} written differently and the same` : text;
}

function listed(counts: readonly { readonly count: number; readonly word: string }[]): string {
  return counts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(', ');
}

/** A unit that could not be read, and is compared on neither side. */
export interface UnreadUnit {
  /** Empty for the folder that was asked for. */
  readonly environment: string;
  /** The sides that the reason is true of. */
  readonly sides: Sides;
  /** The first sentence of the first reason. */
  readonly reason: string;
  readonly at?: Place;
  /** What to do, at the first unit that has it to do. */
  readonly hint?: string;
  /** How many reasons there are besides, and of which sides. */
  readonly more: number;
  readonly moreSides: Sides;
}

type Sides = BrokenSide['side'] | 'both';

/** The units that could not be read, one entry each, in the order of the review. */
export function unreadUnits({ broken }: Review): UnreadUnit[] {
  const told = new Set<string>();
  return [...groupBy(broken, ({ environment }) => environment)].map(([environment, all]) => {
    const reasons = groupBy(all, ({ finding }) => finding.message);
    const [[message, own] = ['', []], ...others] = reasons;
    const { at, hint = '' } = (own.find(({ side }) => side === 'head') ?? own[0])?.finding ?? {};
    const isNew = hint !== '' && !told.has(hint);
    told.add(hint);
    return {
      environment,
      sides: sidesOf(own),
      reason: firstSentence(message),
      ...(at !== undefined && { at }),
      ...(isNew && { hint }),
      more: others.length,
      moreSides: sidesOf(others.flatMap(([, other]) => other)),
    };
  });
}

function sidesOf(broken: readonly BrokenSide[]): Sides {
  const [side = 'head', other] = new Set(broken.map(one => one.side));
  return other === undefined ? side : 'both';
}

/** A unit by its name, or as the side that it is all of. */
export function unreadName({ environment, sides }: UnreadUnit): string {
  if (environment !== '') return oneLine(environment);
  return sides === 'both' ? 'both sides' : `the ${sides} side`;
}

/** Of which side alone it could not be read, and what else is wrong: ` (base side; 2 more reasons on the head side)`. */
export function unreadNote({ environment, sides, more, moreSides }: UnreadUnit): string {
  const where = moreSides === sides || moreSides === 'both' ? '' : ` on the ${moreSides} side`;
  const parts = [
    ...(sides === 'both' || environment === '' ? [] : [`${sides} side`]),
    ...(more === 0 ? [] : [`${more === 1 ? '1 more reason' : `${more} more reasons`}${where}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return (/^.*?[.!?](?=\s+[A-Z"])/.exec(line)?.[0] ?? line).replace(/\.$/, '');
}
