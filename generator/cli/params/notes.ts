import type { Host } from '../../ground/host.ts';
import type { EntryFacts } from '../../operate/params/facts.ts';
import type { ListedSoFar } from '../../operate/params/kept-check.ts';
import type { AwsPlace } from '../aws/services.ts';

/** What an earlier run had learned of a place. */
export interface KnownPlace {
  /** That it is in. */
  readonly account?: string;
  /** Entries that were as they should be: they are not asked for. */
  readonly fine: ReadonlySet<string>;
  /** How far the listings of prefixes came. */
  readonly listings: ReadonlyMap<string, ListedSoFar>;
}

/** What is known of one region of one service, written down as AWS tells it. */
export interface PlaceNotes extends KnownPlace {
  /** What is there, by name. */
  readonly told: Map<string, EntryFacts>;
  readonly listings: Map<string, ListedSoFar>;
}

/** Where a look-up tells what it hears. */
export interface Asked {
  readonly done: Done;
  readonly notes: PlaceNotes;
}

/** The notes of a run, by place. */
export type NotesAt = (place: AwsPlace) => PlaceNotes;

/** A place in one text. */
export function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}

/** The notes of a run that knows this much. */
export function notesOf(known: ReadonlyMap<string, KnownPlace> = new Map()): NotesAt {
  const all = new Map<string, PlaceNotes>();
  return place => {
    const id = placeId(place);
    const before = known.get(id) ?? NOTHING;
    const notes = all.get(id) ?? { ...before, told: new Map(), listings: new Map(before.listings) };
    all.set(id, notes);
    return notes;
  };
}

const NOTHING: KnownPlace = { fine: new Set(), listings: new Map() };

/** Is told how many more entries are done. */
export type Done = (count: number) => void;

/** Characters of the bar. */
const WIDTH = 20;

/** Shows people at a terminal how far a long run is with so many entries. */
export function progressOf(total: number, what: string, host: Host): Done {
  let at = 0;
  return count => {
    at = Math.min(total, at + count);
    const filled = total === 0 ? WIDTH : Math.floor((at / total) * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    host.progress(`[${bar}] ${at} of ${total} entries ${what}`);
  };
}
