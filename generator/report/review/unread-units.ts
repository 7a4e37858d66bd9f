import type { Place } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { oneLine } from '../one-line.ts';
import type { BrokenSide, Review } from './review.ts';

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
