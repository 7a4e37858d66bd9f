import { manifestScalar } from './manifest-scalars.ts';

/** A scalar without quotes, up to what ends it: no item of a list. */
export const PLAIN: RegExp =
  /(?!-[ \n])[\w./~$(+=\\-][^ \n:#]*(?:(?::(?=[^ \n])|(?<=[^ ])#| +(?=[^ \n#]))[^ \n:#]*)*/y;

const [NEWLINE, SPACE, HASH, DASH] = [0x0a, 0x20, 0x23, 0x2d];

/** The column at the end of a document, where no content has one. */
export const END = -1;

/** The lines of a text written line by line, without their indentation. */
export interface LiteralLines {
  readonly start: number;
  readonly end: number;
}

/** Goes over a text in lines once, from content to content, and reads the scalars in it. */
export class BlockCursor {
  protected readonly text: string;
  /** Where the next content is, where its line begins, and how far it is from there. */
  protected at = 0;
  protected lineStart = 0;
  protected column: number = END;
  /** Something is not in this style: nothing that is read counts. */
  protected isOdd = false;
  /** Where the value that was read last begins; undefined: it has no text. */
  protected start: number | undefined;
  /** Of a text written line by line its lines. */
  protected lines: LiteralLines | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Ends all that is open. */
  protected odd(): void {
    this.isOdd = true;
    this.at = this.text.length;
    this.column = END;
  }

  /** From the beginning of a line to the next content, or the end of the document. */
  protected nextLine(): void {
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
    else this.odd();
  }

  /** Whether a list's item begins here. */
  protected isItem(): boolean {
    if (this.text.charCodeAt(this.at) !== DASH) return false;
    const next = this.text.charCodeAt(this.at + 1);
    return next === SPACE || next === NEWLINE;
  }

  /** Goes behind spaces; where only a comment is left of the line, to the next content. */
  protected isLineOver(): boolean {
    const { text, at } = this;
    while (text.charCodeAt(this.at) === SPACE) this.at += 1;
    const code = text.charCodeAt(this.at);
    if (code !== NEWLINE && (code !== HASH || this.at === at)) return false;
    this.at = text.indexOf('\n', this.at) + 1;
    this.nextLine();
    return true;
  }

  /** A scalar in a map or list at a column, with nothing but a comment behind it. */
  protected scalar(column: number): unknown {
    const first = this.text[this.at];
    this.start = this.at;
    this.lines = undefined;
    if (first === '|') return this.literal(column);
    const value = first === '"' || first === "'" ? this.quoted(first) : this.plain();
    if (!this.isLineOver() || this.column > column) this.odd();
    return value;
  }

  private plain(): unknown {
    const { text, at } = this;
    if (text.startsWith('{}', at) || text.startsWith('[]', at)) {
      this.at += 2;
      return text[at] === '{' ? {} : [];
    }
    PLAIN.lastIndex = at;
    if (!PLAIN.test(text)) return this.odd();
    this.at = PLAIN.lastIndex;
    return manifestScalar(text.slice(at, this.at));
  }

  /** Without escapes: another quote behind it is one. */
  private quoted(quote: string): unknown {
    const start = this.at + 1;
    const end = this.text.indexOf(quote, start);
    const value = this.text.slice(start, end);
    const isEscaped = quote === '"' && value.includes('\\');
    if (end < 0 || isEscaped || value.includes('\n')) return this.odd();
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
    if (!isPlain || this.text.charCodeAt(start + indent) === NEWLINE) return this.odd();
    this.at = start;
    const lines = this.linesIn(indent);
    this.start = start + indent;
    this.lines = { start, end: this.at };
    this.nextLine();
    if (this.column > column) this.odd();
    while (lines.at(-1) === '') lines.pop();
    return lines.join('\n') + (isStripped ? '' : '\n');
  }

  /** The lines up to one with less before its content; without that. */
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
