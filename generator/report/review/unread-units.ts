import type { Place } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { oneLine } from '../one-line.ts';
import type { Review } from './review.ts';

/** A unit that could not be read, and is compared on neither side. */
export interface UnreadUnit {
  /** Empty for the folder that was asked for. */
  readonly environment: string;
  /** The sides that the reason is true of. */
  readonly sides: 'base' | 'head' | 'both';
  /** The first sentence of the first reason. */
  readonly reason: string;
  readonly at?: Place;
  /** How many reasons there are besides. */
  readonly more: number;
}

/** The units that could not be read, one entry each, in the order of the review. */
export function unreadUnits({ broken }: Review): UnreadUnit[] {
  return [...groupBy(broken, ({ environment }) => environment)].map(([environment, all]) => {
    const reasons = groupBy(all, ({ finding }) => finding.message);
    const [[message, own] = ['', []]] = reasons;
    const sides = new Set(own.map(({ side }) => side));
    const at = (own.find(({ side }) => side === 'head') ?? own[0])?.finding.at;
    return {
      environment,
      sides: sides.size === 2 ? 'both' : (own[0]?.side ?? 'head'),
      reason: firstSentence(message),
      ...(at !== undefined && { at }),
      more: reasons.size - 1,
    };
  });
}

/** A unit by its name, or as the side that it is all of. */
export function unreadName({ environment, sides }: UnreadUnit): string {
  if (environment !== '') return oneLine(environment);
  return sides === 'both' ? 'both sides' : `the ${sides} side`;
}

/** Of which side alone it could not be read, and what else is wrong: ` (base side; 2 more reasons)`. */
export function unreadNote({ environment, sides, more }: UnreadUnit): string {
  const parts = [
    ...(sides === 'both' || environment === '' ? [] : [`${sides} side`]),
    ...(more === 0 ? [] : [more === 1 ? '1 more reason' : `${more} more reasons`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return (/^.*?[.!?](?=\s+[A-Z"])/.exec(line)?.[0] ?? line).replace(/\.$/, '');
}
