import { copyFileSync, renameSync, rmdirSync } from 'node:fs';
import { cannot } from '../core/host.ts';
import { attempt } from '../core/json.ts';

/** The renames that make an old tree a new one. */
export interface Plan {
  readonly moves: readonly Move[];
  /** Folders to remove if nothing is left in them, the deepest first. */
  readonly folders: readonly string[];
}

/** A staged file or folder that comes to its place, or a file that leaves it. */
export interface Move {
  /** For people. */
  readonly place: string;
  readonly from: string;
  readonly to: string;
  /** Where the file is kept that this one replaces. */
  readonly before?: string;
}

/** Moves all files to their places. Renames are over at once; if one fails, all are undone. */
export function switchOver({ moves, folders }: Plan): void {
  const done: Move[] = [];
  for (const move of moves) {
    try {
      renameSync(move.from, move.to);
      done.push(move);
    } catch (error) {
      done.toReversed().forEach(undo);
      throw cannot('write', move.place, error);
    }
  }
  // One that is not empty stays.
  for (const folder of folders) attempt(() => rmdirSync(folder));
}

function undo({ from, to, before }: Move): void {
  renameSync(to, from);
  if (before !== undefined) copyFileSync(before, to);
}
