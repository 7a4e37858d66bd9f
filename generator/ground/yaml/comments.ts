import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Path } from '../finding.ts';
import { offsetOf } from './event-offset.ts';
import { readEvents } from './yaml-text.ts';

/** What somebody wrote beside the values of a document. */
export interface Comment {
  /** The value it stands above, or behind; empty: the document. */
  readonly path: Path;
  /** Its lines, without their signs. */
  readonly lines: readonly string[];
  readonly isBehind: boolean;
}

/** A name of a map, or an item of a list, and where it begins. */
interface Spot {
  readonly path: Path;
  readonly offset: number;
}

/** The comments of a stream's documents, by their numbers; none of a text that is not YAML. */
export function commentsOf(text: string): ReadonlyMap<number, readonly Comment[]> {
  const events = text.includes('#') ? (readEvents(text).value ?? []) : [];
  if (events.length === 0) return new Map();
  const documents = new SpotReader(text, events).read();
  const starts = documents.map(([first], number) => (number === 0 ? 0 : headStart(text, first)));
  const lines = commentLines(text, events);
  return new Map(
    documents.map((spots, number) => {
      const [start = 0, end = text.length] = starts.slice(number);
      const own = lines.filter(({ offset }) => offset >= start && offset < end);
      return [number, attached(own, spots)];
    }),
  );
}

/** Where what stands above a document begins: at the marker before it. */
function headStart(text: string, first: Spot | undefined): number {
  return Math.max(0, text.lastIndexOf('\n---', first?.offset ?? text.length) + 1);
}

interface CommentLine {
  readonly text: string;
  readonly offset: number;
  readonly isBehind: boolean;
}

/** Signs of comments: at the start of a line or behind a space, and in no scalar. */
function commentLines(text: string, events: readonly Event[]): CommentLine[] {
  const scalars = events.flatMap(event =>
    event.type === EVENT_ID.SCALAR && event.valueStart >= 0
      ? [[event.valueStart, event.valueEnd] as const]
      : [],
  );
  let next = 0;
  const isInScalar = (at: number): boolean => {
    while (next < scalars.length && (scalars[next]?.[1] ?? 0) <= at) next += 1;
    return (scalars[next]?.[0] ?? Number.POSITIVE_INFINITY) <= at;
  };
  const found: CommentLine[] = [];
  let end = 0;
  for (const { index } of text.matchAll(/(?<=^|[ \t])#/gm)) {
    if (index < end || isInScalar(index)) continue;
    const next = text.indexOf('\n', index);
    end = next < 0 ? text.length : next;
    const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
    const content = text.slice(index, end).replace(/^#+ ?/, '').trimEnd();
    found.push({ text: content, offset: index, isBehind: before.trim() !== '' });
  }
  return found;
}

/** Each comment at its value: behind the last of its line, or above the next. */
function attached(lines: readonly CommentLine[], spots: readonly Spot[]): Comment[] {
  const comments: Comment[] = [];
  let above: string[] = [];
  let at: Spot | undefined;
  const close = (): void => {
    if (at !== undefined && above.length > 0)
      comments.push({ path: at === spots[0] ? [] : at.path, lines: above, isBehind: false });
    above = [];
  };
  for (const { text, offset, isBehind } of lines) {
    if (isBehind) {
      const own = spots.findLast(spot => spot.offset < offset);
      if (own !== undefined) comments.push({ path: own.path, lines: [text], isBehind });
      continue;
    }
    const next = spots.find(spot => spot.offset > offset) ?? spots[0];
    if (next !== at) close();
    at = next;
    above.push(text);
  }
  close();
  return comments;
}

/** Walks the parser's flat events, and takes down where names and items begin. */
class SpotReader {
  private next = 0;
  private spots: Spot[] = [];
  private readonly text: string;
  private readonly events: readonly Event[];

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
  }

  read(): Spot[][] {
    const documents: Spot[][] = [];
    while (this.next < this.events.length) {
      if (this.events[this.next++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.spots = [];
      this.value([]);
      documents.push(this.spots);
    }
    return documents;
  }

  /** Reads one value; false at the end of a collection. */
  private value(path: Path): boolean {
    const event = this.events[this.next++];
    if (event === undefined || event.type === EVENT_ID.POP) return false;
    if (event.type === EVENT_ID.MAPPING) while (this.entry(path));
    if (event.type === EVENT_ID.SEQUENCE) for (let at = 0; this.item([...path, at]); ) at += 1;
    return true;
  }

  private entry(path: Path): boolean {
    const name = this.events[this.next];
    if (name === undefined || name.type === EVENT_ID.POP) return this.value(path);
    const step = name.type === EVENT_ID.SCALAR ? getScalarValue(this.text, name) : '';
    const below = [...path, step];
    this.spot(name, below);
    this.value(below);
    return this.value(below);
  }

  private item(path: Path): boolean {
    const event = this.events[this.next];
    if (event !== undefined && event.type !== EVENT_ID.POP) this.spot(event, path);
    return this.value(path);
  }

  private spot(event: Event, path: Path): void {
    const offset = offsetOf(event, this.text);
    if (offset !== undefined) this.spots.push({ path, offset });
  }
}
