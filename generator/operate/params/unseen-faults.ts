import { groupBy } from '../../ground/group-by.ts';
import type { ObjectFault } from '../../lint/locate-findings.ts';
import { type At, called, type Expected, placed } from './expected.ts';
import type { Found } from './facts.ts';

/** What is told of an entry, or why not. */
type Known = Exclude<Found, 'missing'>;

/** Why something of an entry is not known. */
interface Unseen {
  /** `was not looked at: AWS …` */
  readonly why: string;
  /** Of one, and of several. */
  readonly of: readonly [string, string];
}

const VALUE = ['its value', 'their values'] as const;
const LABELS = ['its labels', 'their labels'] as const;

function unseenText(found: Known): Unseen | undefined {
  if ('unknown' in found) return { why: `not looked at: ${found.unknown}`, of: ['it', 'them'] };
  const { unread, value } = found;
  if (unread === undefined) return undefined;
  const of = value === undefined ? VALUE : LABELS;
  return { why: `not read: ${unread}`, of };
}

function unseenFault(expected: Expected, { why, of }: Unseen, at: At, more = 0): ObjectFault {
  const [who, what] = more === 0 ? ['was', of[0]] : [`and ${more} more were`, of[1]];
  const hint = `Nothing is known of ${what}.`;
  return at('unseen-entry', 'warning', `${called(expected)} ${who} ${why}`, { hint });
}

/** What of an entry is not known for want of a right. */
export function unseenFaults(expected: Expected, found: Known): ObjectFault[] {
  const [use] = expected.entry.uses;
  const unseen = unseenText(found);
  const isOwn = use !== undefined && unseen !== undefined && found.isCut !== true;
  return isOwn ? [unseenFault(expected, unseen, placed(use))] : [];
}

/** Of all that was cut off by one refusal: one fault, at the first. */
export function cutFaults(all: readonly Expected[]): ObjectFault[] {
  const cut = all.flatMap(expected => {
    const { found, entry } = expected;
    const unseen = found === 'missing' || found.isCut !== true ? undefined : unseenText(found);
    const [use] = entry.uses;
    return unseen === undefined || use === undefined ? [] : [{ expected, unseen, use }];
  });
  return [...groupBy(cut, ({ unseen }) => JSON.stringify(unseen)).values()].flatMap(group => {
    const names = new Set(group.map(({ expected }) => called(expected)));
    const [first] = group;
    if (first === undefined) return [];
    const { expected, unseen, use } = first;
    return [unseenFault(expected, unseen, placed(use), names.size - 1)];
  });
}
