import { shownLines } from '../../one-line.ts';
import type { ChangeEntry, View } from './change-entries.ts';
import type { Passage } from './sides.ts';

/** The changes of a page, and the manifests that are rendered when somebody opens them. */
export interface KeptViews {
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
