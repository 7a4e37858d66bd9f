import type { Finding } from '../../../core/finding.ts';
import { sortBy } from '../../../core/json.ts';
import { capital, counted, oneLine, shownLines } from '../../../report/text.ts';
import type { EnvironmentReview, Review } from '../../review.ts';
import { LEVELS, type Level } from '../../risk.ts';
import { toldEnvironments } from '../../shown-changes.ts';
import { unreadText } from '../../unread.ts';
import { blockers, isBroken, isOpen, isWhole } from '../../verdict.ts';
import type { ChangeEntry, View } from './changes.ts';
import type { FilterLevel } from './filter-tags.ts';
import type { Passage } from './sides.ts';

/** The changes of a page, and the manifests that are rendered when somebody opens them. */
interface KeptViews {
  readonly changes: readonly ChangeEntry[];
  /** JSON for `script/views.js`; empty where all manifests stand in the page. */
  readonly kept: string;
}

/** So many characters of manifests are in the page as they are: to be read without a script. */
const ROOM = 200_000;

/**
 * Leaves the manifests of a large change out of the page, from where the first ones have filled its
 * room: they are kept as data, each line once, and the script renders what is opened.
 */
export function withKeptViews(all: readonly ChangeEntry[], room: number = ROOM): KeptViews {
  const numbers = new Map<string, number>();
  const views: string[][] = [];
  let rest = room;
  const changes = all.map(change => ({
    ...change,
    views: change.views.map(view => {
      rest -= sizeOf(view);
      if (rest >= 0) return view;
      views.push(codeOf(view, numbers));
      return { title: view.title, parts: [], manifest: '', kept: views.length - 1 };
    }),
  }));
  const lines = [...numbers.keys()].map(shownLines);
  // In a script only this sign could end it, or begin a comment.
  const kept = JSON.stringify({ lines, views }).replaceAll('<', '\\u003c');
  return views.length === 0 ? { changes: all, kept: '' } : { changes, kept };
}

/** What a view costs in the page: unchanged lines stand there on both sides. */
function sizeOf({ parts, manifest }: View): number {
  const lengths = parts.map(part =>
    part.what === 'replaced'
      ? [...part.base, ...part.head].reduce((sum, line) => sum + textOf(line).length + FRAME, 0)
      : part.text.length * (part.what === 'same' ? 2 : 1) + FRAME,
  );
  return lengths.reduce((sum, length) => sum + length, manifest.length);
}

/** The tags around a passage. */
const FRAME = 60;

/** A letter for what a passage is, and its lines: `s0+3 7`, or of what is replaced `r1|2`. */
function codeOf({ parts, manifest }: View, numbers: Map<string, number>): string[] {
  const runs = (lines: readonly string[]): string => runsOf(lines, numbers);
  if (parts.length === 0) return [`m${runs(manifest.split('\n'))}`];
  return parts.map(part => {
    if (part.what === 'replaced')
      return `r${runs(part.base.map(textOf))}|${runs(part.head.map(textOf))}`;
    return `${part.what === 'same' ? 's' : 'f'}${runs(part.text.split('\n'))}`;
  });
}

function textOf({
  before,
  middle,
  after,
}: (Passage & { what: 'replaced' })['base'][number]): string {
  return before + middle + after;
}

/** Lines by their numbers; `4+2` are three that follow each other. */
function runsOf(lines: readonly string[], numbers: Map<string, number>): string {
  const runs: { readonly from: number; more: number }[] = [];
  for (const line of lines) {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    const last = runs.at(-1);
    if (last !== undefined && last.from + last.more + 1 === number) last.more += 1;
    else runs.push({ from: number, more: 0 });
  }
  return runs.map(({ from, more }) => (more === 0 ? `${from}` : `${from}+${more}`)).join(' ');
}

/** How a review ends, in one sentence. */
export interface Verdict {
  readonly tone: Level | 'ok';
  readonly text: string;
  readonly detail: string;
}

/** What a reader looks for first: whether something keeps the change from being merged. */
export function verdictOf(review: Review): Verdict {
  const open = review.risks.filter(isOpen);
  const detail = detailOf(review);
  const blocking = blockers(review).length;
  if (isBroken(review)) return { tone: 'block', text: brokenText(review, blocking), detail };
  if (blocking > 0)
    return { tone: 'block', text: `${counted(blocking, 'blocker')} in this change`, detail };
  const [first] = open;
  if (first !== undefined)
    return { tone: first.level, text: `No blocker, ${counted(open.length, 'risk')}`, detail };
  if (review.findings.length > 0)
    return {
      tone: 'warn',
      text: `No risk, ${counted(review.findings.length, 'new finding')}`,
      detail,
    };
  const text = review.changes.length > 0 ? 'No risk found' : 'Nothing changes';
  return { tone: 'ok', text: isWhole(review) ? text : `${text} in what was read`, detail };
}

function brokenText(review: Review, blocking: number): string {
  const unread = unreadText(review) || 'not everything could be read';
  return blocking === 0 ? capital(unread) : `${counted(blocking, 'blocker')}, and ${unread}`;
}

function detailOf({ environments }: Review): string {
  const sum = (field: 'added' | 'removed' | 'changed' | 'noise'): number =>
    environments.reduce((total, environment) => total + environment[field], 0);
  const counts = (['added', 'removed', 'changed'] as const)
    .filter(field => sum(field) > 0)
    .map(field => `${sum(field)} ${field}`);
  const noise = sum('noise');
  const touched = environments.filter(
    ({ added, removed, changed }) => added + removed + changed > 0,
  );
  return [
    counts.length === 0
      ? 'Both sides render the same objects.'
      : `Objects: ${counts.join(', ')}, in ${counted(touched.length, 'environment')}.`,
    ...(noise === 0
      ? []
      : [
          `${counted(noise, 'object')} more ${noise === 1 ? 'is' : 'are'} written differently and ${noise === 1 ? 'means' : 'mean'} the same.`,
        ]),
  ].join(' ');
}

/** An environment as a card. */
interface EnvironmentCard {
  readonly name: string;
  /** What is special about it: it is new, gone, or could not be read. */
  readonly note: string;
  readonly tone: FilterLevel | 'ok';
  readonly levels: readonly { readonly level: FilterLevel; readonly count: number }[];
  readonly counts: readonly {
    readonly what: string;
    readonly sign: string;
    readonly count: number;
  }[];
  readonly noise: number;
  /** Of what was not read nothing is known: neither that it is harmless nor that nothing changes. */
  readonly isRead: boolean;
}

const NOTES: Readonly<Record<EnvironmentReview['presence'], string>> = {
  both: '',
  'only head': 'new',
  'only base': 'removed',
  broken: 'not read',
};

/** Cards, and those of many that are closed at first. */
export interface EnvironmentCards {
  readonly open: readonly EnvironmentCard[];
  readonly closed: readonly EnvironmentCard[];
}

/** So many cards stand above the risks. */
const MOST_CARDS = 8;

/** The cards of the environments that a reader looks at, in their order; of many the worst come first. */
export function environmentCards(review: Review): EnvironmentCards {
  const cards = allCards(review);
  if (cards.length <= MOST_CARDS + 1) return { open: cards, closed: [] };
  const worstFirst = sortBy(cards, ({ tone }) => String(TONES.indexOf(tone)));
  return { open: worstFirst.slice(0, MOST_CARDS), closed: worstFirst.slice(MOST_CARDS) };
}

const TONES: readonly EnvironmentCard['tone'][] = [...LEVELS, 'lint error', 'lint warning', 'ok'];

function allCards(review: Review): EnvironmentCard[] {
  return toldEnvironments(review).told.map(environment => {
    const { name, presence, noise, added, removed, changed } = environment;
    const levels = levelsIn(environment, review);
    const counts = [
      { what: 'added', sign: '+', count: added },
      { what: 'removed', sign: '−', count: removed },
      { what: 'changed', sign: '~', count: changed },
    ];
    return {
      name: name === '' ? 'manifests' : oneLine(name),
      note: NOTES[presence],
      tone: presence === 'broken' ? 'block' : (levels[0]?.level ?? 'ok'),
      levels,
      counts: counts.filter(({ count }) => count > 0),
      noise,
      isRead: presence !== 'broken',
    };
  });
}

/** How many risks and findings there are of each level, the worst first. */
function levelsIn(
  { name, risks }: EnvironmentReview,
  { findings }: Review,
): EnvironmentCard['levels'] {
  const own = findings.filter(({ environments }) => environments.includes(name));
  const ofSeverity = (severity: Finding['severity']): number =>
    own.filter(finding => finding.severity === severity).length;
  const counts = [
    ...LEVELS.map(level => ({ level, count: risks[level] })),
    { level: 'lint error' as const, count: ofSeverity('error') },
    { level: 'lint warning' as const, count: ofSeverity('warning') },
  ];
  return counts.filter(({ count }) => count > 0);
}
