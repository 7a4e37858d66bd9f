import { groupBy } from '../../ground/group-by.ts';
import type { NamedFault } from '../../lint/locate-findings.ts';
import { called, type Expected, faultsAt } from './expected.ts';
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

/** How many names a message has. */
const MOST = 3;

/** What of entries is not known: once for each reason, at the first of them. */
export function unseenFaults(all: readonly Expected[]): NamedFault[] {
  const unseen = all.flatMap(expected => {
    const { found, entry } = expected;
    const reason = found === 'missing' ? undefined : unseenText(found);
    const [use] = entry.uses;
    return reason === undefined || use === undefined ? [] : [{ expected, reason, use }];
  });
  return [...groupBy(unseen, ({ reason }) => JSON.stringify(reason)).values()].flatMap(group => {
    const [first] = group;
    if (first === undefined) return [];
    const { use, reason } = first;
    const names = [...new Set(group.map(({ expected }) => called(expected)))];
    const rest = names.length - MOST;
    const who = names.slice(0, MOST).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    const [was, what] = names.length === 1 ? ['was', reason.of[0]] : ['were', reason.of[1]];
    const hint = `Nothing is known of ${what}.`;
    const at = faultsAt(use);
    return [at('unseen-entry', 'warning', `${who} ${was} ${reason.why}`, { hint })];
  });
}
