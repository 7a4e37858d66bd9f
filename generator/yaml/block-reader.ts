import type { Path } from '../core/finding.ts';
import { AMBIGUOUS, plainScalar } from './scalars.ts';

/** The values of documents in the style of kubectl and Helm, or undefined: then the parser, five times slower, reads them. */
export function blockDocuments(
  text: string,
  reader: BlockReader = new BlockReader(text),
): readonly unknown[] | undefined {
  if (!text.endsWith('\n') || UNSUPPORTED.test(text) || hasLongLine(text)) return undefined;
  return reader.read();
}

/** Where a field of the one document of a text begins; undefined: it is empty, a block or not there, or the parser has to tell. */
export function blockOffset(text: string, path: Path, isAboutName: boolean): number | undefined {
  const reader = new BlockReader(text, path);
  const { length } = blockDocuments(text, reader) ?? [];
  const { entry } = reader;
  if (length !== 1 || entry === undefined) return undefined;
  const [name = ''] = path.slice(-1);
  if (isAboutName && typeof name === 'string') return entry;
  const start = entry + (typeof name === 'string' ? name.length : 0) + 1;
  const at = start + text.slice(start).search(/[^ ]/);
  return '\n#|{['.includes(text.charAt(at)) ? undefined : at;
}

/** Tabs, other line ends, what is not printable, and characters of two UTF-16 units. */
const UNSUPPORTED = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff]/;

/** On a line much longer than this a regular expression would run out of stack. */
const LONG = 100_000;

/** Finds each line that is longer than twice that, and none that is no longer than it. */
function hasLongLine(text: string): boolean {
  for (let at = 0; at < text.length; at += LONG)
    if (text.indexOf('\n', at) - at > LONG) return true;
  return false;
}

const [NEWLINE, SPACE, HASH, DASH] = [0x0a, 0x20, 0x23, 0x2d];

/** The column at the end of a document, where no content has one. */
const END = -1;

/** The parser goes deeper, and nobody writes as deep. */
const DEEPEST = 50;

/** A scalar without quotes, up to what ends it: no item of a list. */
const PLAIN =
  /(?!-[ \n])[\w./~$(+=\\-][^ \n:#]*(?:(?::(?=[^ \n])|(?<=[^ ])#| +(?=[^ \n#]))[^ \n:#]*)*/y;

/** The name of a map's entry, and its colon; no word that means more than text. */
const NAME = /(?!(?:y|n|yes|no|on|off|true|false|null):)[a-z][\w./-]*:(?=[ \n])/iy;

/** The same in brackets, where fewer characters are no marks; without spaces. */
const PLAIN_IN_BRACKETS = /(?:[\w./$(+\\]|-(?=[\w-]))(?:[\w./$()+=@\\-]|:(?=[\w/]))*(?= *[,}\]])/y;

/** A usual entry: its value is below, or unquoted and alone on the line. Reading it at once takes half the time. */
const USUAL = new RegExp(`${NAME.source}(?: ${PLAIN.source})?\\n(?!---) *(?=[^ \\n#])`, 'iy');

/** Goes over a text in lines once, from content to content. */
class BlockReader {
  private readonly text: string;
  private at = 0;
  private lineStart = 0;
  private column: number = END;
  private depth = 0;
  /** Something is not in this style: nothing that is read counts. */
  private isUnsupported = false;
  /** The field that is looked for, how many steps to it were found, and where the last of them is. */
  private readonly path: Path;
  private steps = 0;
  entry: number | undefined;

  constructor(text: string, path: Path = []) {
    this.text = text;
    this.path = path;
  }

  read(): readonly unknown[] | undefined {
    const documents: unknown[] = [];
    this.nextLine();
    if (this.column !== END) documents.push(this.block());
    while (this.at < this.text.length) {
      if (this.column !== END) return undefined;
      this.at += '---\n'.length;
      this.nextLine();
      documents.push(this.column === END ? null : this.block());
    }
    return this.isUnsupported ? undefined : documents;
  }

  private block(): unknown {
    if (this.depth >= DEEPEST) return this.unsupported();
    this.depth += 1;
    const value = this.isItem() ? this.list(this.column) : this.map(this.column);
    this.depth -= 1;
    return value;
  }

  private map(column: number): unknown {
    const map: Record<string, unknown> = {};
    do {
      const { at } = this;
      USUAL.lastIndex = at;
      const isUsual = USUAL.test(this.text);
      if (!isUsual && !this.isEntry()) return this.unsupported();
      const end = this.text.indexOf(':', at);
      const name = this.text.slice(at, end);
      if (name in map) return this.unsupported();
      this.pass(name);
      this.at = end + 1;
      map[name] = isUsual ? this.usualValue(column) : this.value(column);
    } while (this.column === column);
    if (this.column > column) this.unsupported();
    return map;
  }

  private pass(step: string | number): void {
    const { path, steps, depth } = this;
    const isNext = depth === steps + 1 && step === path[steps];
    if (steps === path.length || (depth > steps && !isNext)) return;
    this.steps = isNext ? depth : path.length;
    if (isNext && depth === path.length) this.entry = this.at;
  }

  private isEntry(): boolean {
    NAME.lastIndex = this.at;
    return NAME.test(this.text);
  }

  private value(column: number): unknown {
    return this.isLineOver() ? this.below(column) : this.scalar(column);
  }

  private usualValue(column: number): unknown {
    const { at } = this;
    const end = this.text.indexOf('\n', at);
    this.at = USUAL.lastIndex;
    this.lineStart = end + 1;
    this.column = this.at - this.lineStart;
    return end === at ? this.below(column) : this.plainValue(at + 1, end);
  }

  /** The value of an entry that has nothing on its line: a list may begin at the column of the map. */
  private below(column: number): unknown {
    const isBelow = this.column > column || (this.column === column && this.isItem());
    return isBelow ? this.block() : null;
  }

  private list(column: number): unknown[] {
    const list: unknown[] = [];
    do {
      this.pass(list.length);
      this.at += 1;
      list.push(this.item(column));
    } while (this.column === column && this.isItem());
    if (this.column > column) this.unsupported();
    return list;
  }

  private item(column: number): unknown {
    if (this.isLineOver()) return this.column > column ? this.block() : null;
    if (!this.isItem() && !this.isEntry()) return this.scalar(column);
    this.column = this.at - this.lineStart;
    return this.block();
  }

  private unsupported(): void {
    this.isUnsupported = true;
    this.at = this.text.length;
    this.column = END;
  }

  private nextLine(): void {
    const { text } = this;
    for (let at = this.at; at < text.length; ) {
      const start = at;
      while (text.charCodeAt(at) === SPACE) at += 1;
      const code = text.charCodeAt(at);
      if (code === NEWLINE) at += 1;
      else if (code === HASH) at = text.indexOf('\n', at) + 1;
      else {
        this.goTo(at, start);
        return;
      }
    }
    this.at = text.length;
    this.column = END;
  }

  private goTo(at: number, lineStart: number): void {
    this.at = at;
    this.lineStart = lineStart;
    this.column = at - lineStart;
    if (this.column !== 0 || !this.text.startsWith('---', at)) return;
    if (this.text.charCodeAt(at + 3) === NEWLINE) this.column = END;
    else this.unsupported();
  }

  private isItem(): boolean {
    if (this.text.charCodeAt(this.at) !== DASH) return false;
    const next = this.text.charCodeAt(this.at + 1);
    return next === SPACE || next === NEWLINE;
  }

  /** Goes behind spaces; where only a comment is left of the line, to the next content. */
  private isLineOver(): boolean {
    const { text, at } = this;
    this.passSpaces();
    const code = text.charCodeAt(this.at);
    if (code !== NEWLINE && (code !== HASH || this.at === at)) return false;
    this.at = text.indexOf('\n', this.at) + 1;
    this.nextLine();
    return true;
  }

  private scalar(column: number): unknown {
    const first = this.text[this.at];
    if (first === '|') return this.literal(column);
    const value = this.valueHere(PLAIN);
    if (!this.isLineOver() || this.column > column) this.unsupported();
    return value;
  }

  /** What begins here and ends on this line; `plain` is what may be without quotes. */
  private valueHere(plain: RegExp): unknown {
    const { text, at } = this;
    const first = text[at];
    if (first === '"' || first === "'") return this.quoted(first);
    if (first === '{' || first === '[') return this.inBrackets(first === '{');
    plain.lastIndex = at;
    if (!plain.test(text)) return this.unsupported();
    this.at = plain.lastIndex;
    return this.plainValue(at, this.at);
  }

  /** A map or a list in brackets, all on this line. */
  private inBrackets(isMap: boolean): unknown {
    if (this.depth >= DEEPEST) return this.unsupported();
    this.depth += 1;
    const map: Record<string, unknown> = {};
    const list: unknown[] = [];
    const end = isMap ? '}' : ']';
    this.passMark();
    while (this.text[this.at] !== end) {
      const name = isMap ? this.nameInBrackets(map) : '';
      if (name === undefined) return this.unsupported();
      const value = this.valueHere(PLAIN_IN_BRACKETS);
      if (isMap) map[name] = value;
      else list.push(value);
      if (!this.isBeforeNext(end)) return this.unsupported();
    }
    this.at += 1;
    this.depth -= 1;
    return isMap ? map : list;
  }

  /** The name of the next entry, if the map does not have it. */
  private nameInBrackets(map: object): string | undefined {
    const { text, at } = this;
    if (!this.isEntry()) return undefined;
    this.at = text.indexOf(':', at);
    const name = text.slice(at, this.at);
    this.passMark();
    return name in map ? undefined : name;
  }

  /** Goes behind a comma with something after it, or to the bracket that ends a value. */
  private isBeforeNext(end: string): boolean {
    this.passSpaces();
    if (this.text[this.at] === end) return true;
    if (this.text[this.at] !== ',') return false;
    this.passMark();
    return this.text[this.at] !== end;
  }

  private passMark(): void {
    this.at += 1;
    this.passSpaces();
  }

  private passSpaces(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at += 1;
  }

  private plainValue(start: number, end: number): unknown {
    const value = plainScalar(this.text.slice(start, end));
    return value === AMBIGUOUS ? this.unsupported() : value;
  }

  /** Without escapes: another quote behind it is one. */
  private quoted(quote: string): unknown {
    const start = this.at + 1;
    const end = this.text.indexOf(quote, start);
    const value = this.text.slice(start, end);
    const isEscaped = quote === '"' && value.includes('\\');
    if (end < 0 || isEscaped || value.includes('\n')) return this.unsupported();
    this.at = end + 1;
    return value;
  }

  /** Lines that begin with the spaces of the first of them. */
  private literal(column: number): unknown {
    const isStripped = this.text[this.at + 1] === '-';
    this.at += isStripped ? 2 : 1;
    const start = this.at + 1;
    const indent = this.spacesAt(start);
    const isPlain = this.text.charCodeAt(this.at) === NEWLINE && indent > column;
    if (!isPlain || this.text.charCodeAt(start + indent) === NEWLINE) return this.unsupported();
    this.at = start;
    const lines = this.linesIn(indent);
    this.nextLine();
    if (this.column > column) this.unsupported();
    while (lines.at(-1) === '') lines.pop();
    return lines.join('\n') + (isStripped ? '' : '\n');
  }

  private linesIn(indent: number): string[] {
    const lines: string[] = [];
    for (;;) {
      const end = this.text.indexOf('\n', this.at);
      const isOver = this.spacesAt(this.at) < Math.min(indent, end - this.at);
      if (isOver || end < 0) return lines;
      lines.push(this.text.slice(Math.min(this.at + indent, end), end));
      this.at = end + 1;
    }
  }

  private spacesAt(start: number): number {
    let at = start;
    while (this.text.charCodeAt(at) === SPACE) at += 1;
    return at - start;
  }
}
