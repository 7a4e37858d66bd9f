import { BlockCursor, END, type LiteralLines, PLAIN } from './block-cursor.ts';
import { manifestScalar } from './manifest-scalars.ts';

/**
 * The values of a stream of documents in the style that kubectl, kustomize and Helm write: maps and
 * lists in lines, scalars on one line, texts below a `|`. Undefined where anything else is in it, or
 * anything is wrong: then it is for the parser, which takes five times as long. What both can read
 * they read alike: `test/ground/block-documents.test.ts` holds them against each other.
 */
export function blockDocuments(text: string, spots?: Spots): readonly unknown[] | undefined {
  if (!text.endsWith('\n') || ODD.test(text) || hasLongLine(text)) return undefined;
  return new BlockReader(text, spots).read();
}

/** Takes down where values stand: by their map or list, and the name or number that they have in it. */
export type Spots = Map<unknown, Map<string | number, Spot>>;

/** A value, and where it stands. */
export interface Spot {
  readonly value: unknown;
  /** Of an entry where its name is; of an item the item itself. */
  readonly name: number;
  readonly start: number;
  readonly lines: LiteralLines | undefined;
}

/** Tabs, other line ends, what is not printable, and what takes two units. */
const ODD = /[^\n\x20-\x7e\u00a0-\ud7ff]/;

/** Longer than a line people write: on one much longer a regular expression would run out of stack. */
const LONG = 100_000;

/** Finds each line that is longer than twice that, and none that is no longer than it. */
function hasLongLine(text: string): boolean {
  for (let at = 0; at < text.length; at += LONG)
    if (text.indexOf('\n', at) - at > LONG) return true;
  return false;
}

/** The name of a map's entry, and its colon; no word that means more than text. */
const NAME = /(?!(?:y|n|yes|no|on|off|true|false|null):)[a-z][\w./-]*:(?=[ \n])/iy;

/**
 * An entry as most are: its value is below it, or without quotes and alone on the line. Its name, the
 * value, and the spaces before the next content: read at once they take half the time.
 */
const USUAL = new RegExp(`${NAME.source}(?: ${PLAIN.source})?\\n(?!---) *(?=[^ \\n#])`, 'iy');

/** Deeper than anybody writes, and not as deep as the parser goes. */
const DEEPEST = 50;

/** Puts maps and lists together. */
class BlockReader extends BlockCursor {
  private readonly spots: Spots | undefined;
  private depth = 0;

  constructor(text: string, spots: Spots | undefined) {
    super(text);
    this.spots = spots;
  }

  read(): readonly unknown[] | undefined {
    const documents: unknown[] = [];
    const add = (value: unknown): void => {
      this.note(documents, documents.length, value);
      documents.push(value);
    };
    this.nextLine();
    if (this.column !== END) add(this.block());
    while (this.at < this.text.length) {
      if (this.column !== END) return undefined;
      this.at += '---\n'.length;
      this.nextLine();
      add(this.column === END ? this.nothing() : this.block());
    }
    return this.isOdd ? undefined : documents;
  }

  private note(parent: unknown, step: string | number, value: unknown, name?: number): void {
    if (this.spots === undefined) return;
    const { start = name ?? 0, lines } = this;
    const spot = { value, name: name ?? start, start, lines };
    const known = this.spots.get(parent);
    if (known === undefined) this.spots.set(parent, new Map([[step, spot]]));
    else known.set(step, spot);
  }

  private nothing(): null {
    this.start = undefined;
    this.lines = undefined;
    return null;
  }

  /** What begins here, at its own column. */
  private block(): unknown {
    const { at } = this;
    if (this.depth >= DEEPEST) return this.odd();
    this.depth += 1;
    const value = this.isItem() ? this.list(this.column) : this.map(this.column);
    this.depth -= 1;
    this.start = at;
    this.lines = undefined;
    return value;
  }

  private map(column: number): unknown {
    const map: Record<string, unknown> = {};
    do {
      const { at } = this;
      USUAL.lastIndex = at;
      const isUsual = USUAL.test(this.text);
      if (!isUsual && !this.isEntry()) return this.odd();
      const end = this.text.indexOf(':', at);
      const name = this.text.slice(at, end);
      if (name in map) return this.odd();
      this.at = end + 1;
      const value = isUsual ? this.usualValue(column) : this.value(column);
      map[name] = value;
      this.note(map, name, value, at);
    } while (this.column === column);
    if (this.column > column) this.odd();
    return map;
  }

  private isEntry(): boolean {
    NAME.lastIndex = this.at;
    return NAME.test(this.text);
  }

  /** What is behind a name and its colon. */
  private value(column: number): unknown {
    return this.isLineOver() ? this.below(column) : this.scalar(column);
  }

  private usualValue(column: number): unknown {
    const { at } = this;
    const end = this.text.indexOf('\n', at);
    this.start = at + 1;
    this.lines = undefined;
    this.at = USUAL.lastIndex;
    this.lineStart = end + 1;
    this.column = this.at - this.lineStart;
    return end === at ? this.below(column) : manifestScalar(this.text.slice(at + 1, end));
  }

  /** The value of an entry that has nothing on its line: a list may begin at the column of the map. */
  private below(column: number): unknown {
    const isOwn = this.column > column || (this.column === column && this.isItem());
    return isOwn ? this.block() : this.nothing();
  }

  private list(column: number): unknown[] {
    const list: unknown[] = [];
    do {
      this.at += 1;
      const value = this.item(column);
      this.note(list, list.length, value);
      list.push(value);
    } while (this.column === column && this.isItem());
    if (this.column > column) this.odd();
    return list;
  }

  private item(column: number): unknown {
    if (this.isLineOver()) return this.column > column ? this.block() : this.nothing();
    if (!this.isItem() && !this.isEntry()) return this.scalar(column);
    this.column = this.at - this.lineStart;
    return this.block();
  }
}
