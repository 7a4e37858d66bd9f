import type { Finding, ObjectName } from '../../ground/finding.ts';
import { LEVELS } from '../../review/risks/risk-rule.ts';
import { oneLine } from '../one-line.ts';
import { shortened } from '../shortened.ts';
import { objectText as textOf } from '../text.ts';
import type { Review } from './review.ts';
import { unreadUnits } from './unread-units.ts';
import { isFirst, isOpen, isWhole } from './verdict.ts';

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
