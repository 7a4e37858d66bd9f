import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf } from '../../machine.ts';
import { write } from '../../review/repository.ts';

export const MARKER = '<!-- rem-secrets -->';
export const REVIEW: string = `${MARKER}\n### rem-secrets: nothing blocks\n`;

/** What stands above the text of a fork. */
export const BY_FORK =
  'The text below comes from the run of `fork/r@abc`. That is a fork, which can change what it says.\n\n';

/** Puts files into the folder of what a run has uploaded. */
export type Fill = (folder: string) => void;

export const withText =
  (text: string | Uint8Array): Fill =>
  folder =>
    write(folder, 'review.md', text);

/** What is no review in any forge. */
export const NO_REVIEW: readonly (readonly [what: string, fill: Fill])[] = [
  ['is missing', folder => write(folder, 'x', '')],
  ['has no marker', withText('hello @everyone\n')],
  ['has the marker later', withText(`\n${REVIEW}`)],
  ['is a link', folder => symlinkSync('/proc/self/environ', join(folder, 'review.md'))],
  ['is a folder', folder => write(folder, 'review.md/x', '')],
  ['is 70 MB large', withText(REVIEW + 'x'.repeat(70_000_000))],
];

/** Notes as a forge shows them: pages of a hundred, one at least. */
export function pagesOf<T>(notes: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(notes.length / 100) || 1 }, (_, page) =>
    notes.slice(page * 100, page * 100 + 100),
  );
}

/** A folder in which a program stands for the forge. */
export function forgeOf(program: string, files: Readonly<Record<string, string>>): string {
  const folder = folderOf(files);
  chmodSync(join(folder, program), 0o755);
  return folder;
}
