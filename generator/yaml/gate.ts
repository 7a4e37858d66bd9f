import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Fault } from '../core/finding.ts';
import { onceFor } from '../core/once.ts';
import { AMBIGUOUS, offsetOf, plainScalar } from './scalars.ts';

/**
 * The gate: what go-yaml could read otherwise than our parser is a fault, and not read. docs/yaml.md lists what is
 * refused; test/yaml/readers.slow.test.ts reads texts out of the corners of YAML with both.
 */

/** What is wrong with the lines of a text, whatever is in them: each of these can hide what follows it. */
export function textFaults(text: string): Fault[] {
  const faults = indentedMarker(text);
  for (const { index, 0: found } of text.matchAll(UNSAFE)) {
    if (found === '\uFEFF' && index === 0) continue;
    faults.push(unsafeLine(found, index));
    if (isControl(found) || faults.length >= MOST_FAULTS) break;
  }
  return faults;
}

/** What ends a line for one reader alone, byte order marks inside, ends of documents, directives, odd markers. */
const UNSAFE =
  /[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]|\r(?!\n)|^(?:\.\.\.(?=[ \t]|$)|%|---(?! *$| +#))/gm;

/** A marker that does not begin its line, where the first content is: for some readers it is text. */
function indentedMarker(text: string): Fault[] {
  const { index = 0, 0: indent = '' } = /^\ufeff?[ \t]+(?=[^\s#])|^(?=[^\s#])/m.exec(text) ?? {};
  const at = index + indent.length;
  if (indent === '' || !/^---(?:\s|$)/.test(text.slice(at, at + 4))) return [];
  return [unlike(at, 'a marker begins its line', 'Remove the spaces before it.')];
}

function isControl(found: string): boolean {
  return found.length === 1 && !/[%\r\u0085\u2028\u2029\ufeff]/.test(found);
}

function unsafeLine(found: string, offset: number): Fault {
  if (isControl(found)) return faultAt(offset, 'controlCharacter');
  if (found === '...' || found === '%' || found === '---') return faultAt(offset, found);
  const code = found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return unlike(
    offset,
    `the character U+${code} here ends a line for some readers and not for others`,
    'Remove it, or write it as an escape in double quotes.',
  );
}

/** How many values a stream may have when its aliases are written out: so many for each that is written, and `more`. */
const VALUES = { most: 2_000_000, each: 20, more: 10_000 } as const;

/** Nobody reads more, and one line may hold more faults than a book has words. */
const MOST_FAULTS = 10_000;

/** go-yaml takes no longer text for the name of an entry. */
const LONGEST_NAME = 1024;

/** What stands behind an anchor: how many values, and of a map the names. */
type Anchored = { readonly size: number; readonly names?: ReadonlySet<string> };

type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/** What is wrong with documents whose text parses. `ambiguous`: the values of each that readers take differently. */
export function documentFaults(
  text: string,
  events: readonly Event[],
): { readonly faults: readonly Fault[]; readonly ambiguous: readonly (readonly Fault[])[] } {
  const reader = new DocumentReader(text, events);
  reader.read();
  return { faults: first(reader.faults), ambiguous: reader.ambiguous.map(first) };
}

function first(faults: readonly Fault[]): Fault[] {
  const listed = faults.slice(0, MOST_FAULTS);
  const next = faults[MOST_FAULTS];
  if (next === undefined) return listed;
  const message = `from here on there are ${faults.length - MOST_FAULTS} more faults of this kind or the others, not listed`;
  const { id, offset = 0 } = next;
  return [...listed, { id, message, hint: 'Mend those before it first.', path: [], offset }];
}

/** Walks the parser's flat events once and counts values as if each alias were written out. */
class DocumentReader {
  readonly faults: Fault[] = [];
  readonly ambiguous: Fault[][] = [];
  private next = 0;
  private readonly text: string;
  private readonly events: readonly Event[];
  /** What stands behind an anchor; undefined while it is being read. */
  private anchors = new Map<string, Anchored | undefined>();
  /** Where each anchor of the text is; found when an alias asks for one that is not before it. */
  private readonly places = onceFor(() => {
    const anchored = this.events.filter(({ type }) => type !== EVENT_ID.ALIAS);
    return new Map(anchored.map(event => [this.anchorOf(event), this.at(event)] as const));
  });
  private hasBomb = false;
  private size = 0;
  private readonly most: number;
  /** The next tab of the text, and where the last scalar before it ended. */
  private tab: number;
  private scalarEnd = 0;
  private open = 0;

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
    const most = Math.min(VALUES.most, VALUES.more + VALUES.each * events.length);
    this.most = Math.max(most, events.length);
    this.tab = text.indexOf('\t');
  }

  read(): void {
    while (this.next < this.events.length) {
      if (this.events[this.next++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.anchors = new Map();
      this.ambiguous.push([]);
      const root = this.events[this.next++];
      if (root?.type === EVENT_ID.SCALAR && isBlock(root))
        this.unlike(this.at(root), 'a document that is text is no object', 'Write a map.');
      this.size += this.value(root);
    }
    this.tabsBefore(this.text.length);
  }

  private fault(offset: number, name: keyof typeof FAULTS, before?: number): void {
    this.faults.push(faultAt(offset, name, before));
  }

  private unlike(offset: number, message: string, hint: string): void {
    (this.ambiguous.at(-1) ?? this.faults).push(unlike(offset, message, hint));
  }

  private value(event: Event | undefined, isName = false): number {
    if (event === undefined) return 0;
    if (event.type === EVENT_ID.ALIAS) return this.alias(event);
    if (event.type === EVENT_ID.SCALAR) {
      this.scalar(event, isName);
      this.anchors.set(this.anchorOf(event), { size: 1 });
      return 1;
    }
    if (!('start' in event)) return 0;
    this.tag(event);
    const anchor = this.anchorOf(event);
    this.anchors.set(anchor, undefined);
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    if (isFlow) this.open += 1;
    const names = new Set<string>();
    const isList = event.type === EVENT_ID.SEQUENCE;
    const size = isList ? this.items() : this.entries(names);
    if (isFlow) this.open -= 1;
    this.anchors.set(anchor, { size, ...(!isList && { names }) });
    return size;
  }

  private scalar(event: Scalar, isName: boolean): void {
    const { valueStart, valueEnd, style } = event;
    this.tag(event);
    if (valueStart < 0) return;
    this.tabsBefore(valueStart);
    this.tabsInside(event);
    this.scalarEnd = valueEnd;
    if (isBlock(event) && isUnclearBlank(this.text, valueStart, valueEnd))
      this.unlike(valueStart, 'not all readers take these blanks alike', 'Write them in quotes.');
    if (style === SCALAR_STYLE.PLAIN) {
      const value = this.text.slice(valueStart, valueEnd);
      const isOdd = !isName && !hasTag(event) && plainScalar(value) === AMBIGUOUS;
      // Between braces or brackets a `?` is a sign for go-yaml wherever it is.
      if (isOdd || (this.open > 0 && /^:|\?/.test(value)))
        this.unlike(
          valueStart,
          'kubectl and kustomize do not read this value alike',
          'Put it in quotes if it is text; write true or false, or the number in plain digits.',
        );
    }
    if (style !== SCALAR_STYLE.DOUBLE_QUOTED) return;
    const at = badEscape(this.text, valueStart, valueEnd);
    if (at !== undefined)
      this.unlike(at, 'not all readers know this escape', 'Write the character itself.');
  }

  /** Only `!!str`, before text, means the same to all; kustomize writes `!!merge <<` for the text `<<`. */
  private tag(event: Event): void {
    if (!('tagStart' in event) || !hasTag(event)) return;
    const tag = this.text.slice(event.tagStart, event.tagEnd);
    if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) {
      const isMerge = this.text.slice(event.valueStart, event.valueEnd) === '<<';
      if (tag === '!!str' || (tag === '!!merge' && isMerge)) return;
    }
    this.unlike(
      event.tagStart,
      'a word that begins with ! is a tag, and not all readers know this one',
      'Put text that begins with ! in quotes; remove the tag.',
    );
  }

  /** Tabs that stand outside of values and comments, up to an offset: the first of each line. */
  private tabsBefore(end: number): void {
    for (; this.tab >= 0 && this.tab < end; this.nextTab()) {
      const line = this.text.lastIndexOf('\n', this.tab) + 1;
      const before = this.text.slice(Math.max(line, this.scalarEnd), this.tab);
      const isComment = /(?:^|[ \t])#/.test(before);
      if (!isComment)
        this.unlike(this.tab, 'not all readers take a tab for a space here', 'Write spaces.');
    }
  }

  /** Tabs in a value: one that begins a line of it is for each reader another thing, but below | and >. */
  private tabsInside(event: Scalar): void {
    const { valueStart, valueEnd } = event;
    if (this.tab < 0 || this.tab >= valueEnd) return;
    const content = valueStart + this.text.slice(valueStart, valueEnd).search(/\S/);
    for (; this.tab >= 0 && this.tab < valueEnd; this.nextTab(valueEnd)) {
      const before = this.text.slice(valueStart, this.tab);
      const line = before.lastIndexOf('\n') + 1;
      const isLineStart = line > 0 || this.text[valueStart - 1] === '\n';
      const isIndent = isLineStart && before.slice(line).trim() === '';
      if (isIndent && (this.tab < content || !isBlock(event)))
        this.unlike(this.tab, 'a tab indents this line', 'Indent with spaces.');
    }
  }

  /** The first tab of a later line, or behind a value: a line may have millions, and the others tell nothing. */
  private nextTab(valueEnd = this.text.length): void {
    const end = this.text.indexOf('\n', this.tab);
    this.tab = this.text.indexOf('\t', end < 0 ? valueEnd : Math.min(end, valueEnd));
  }

  private at(event: Event): number {
    return offsetOf(event, this.text) ?? 0;
  }

  /** Of `{{`, which people write for a template, the first brace. */
  private outer(name: Event): number {
    const at = this.at(name);
    return this.text[at - 1] === '{' ? at - 1 : at;
  }

  private anchorOf(event: Event): string {
    if (!('anchorStart' in event) || event.anchorStart < 0) return '';
    const name = this.text.slice(event.anchorStart, event.anchorEnd);
    if (!/^[\w-]+$/.test(name) && event.type !== EVENT_ID.ALIAS)
      this.unlike(
        event.anchorStart,
        'the name of an anchor has letters, digits, - and _ alone',
        'Give it another name, or put text that begins with & in quotes.',
      );
    return name;
  }

  private items(): number {
    let size = 1;
    for (let event = this.take(); event !== undefined; event = this.take())
      size = this.sum(size, this.value(event), event);
    return size;
  }

  private entries(all: Set<string>): number {
    let size = 1;
    const names = new Map<string, number>();
    for (let name = this.take(); name !== undefined; name = this.take()) {
      if (name.type === EVENT_ID.SCALAR) this.name(name, names, all);
      else if (name.type === EVENT_ID.ALIAS) this.fault(this.at(name), 'aliasAsName');
      else this.fault(this.outer(name), 'collectionAsName');
      this.value(name, true);
      const value = this.take();
      if (value === undefined) return size;
      if (isInline(value) && !this.text.slice(this.at(name), value.start).includes('\n'))
        this.unlike(
          value.start,
          'a map stands behind a name on its line',
          'Begin it on the next line.',
        );
      size = this.sum(size, this.value(value), value);
    }
    return size;
  }

  private take(): Event | undefined {
    const event = this.events[this.next++];
    return event?.type === EVENT_ID.POP ? undefined : event;
  }

  private name(event: Scalar, names: Map<string, number>, all: Set<string>): void {
    const name = getScalarValue(this.text, event);
    const at = this.at(event);
    const before = names.get(name);
    if (before !== undefined) this.fault(at, 'duplicateKey', before);
    else names.set(name, at);
    if (name === '<<') this.merge(event, names, all);
    else if (!isPlainName(event, this.text)) this.unlike(at, ...ODD_NAME);
    all.add(name);
  }

  /** `<<` takes the entries of maps that have an anchor; kubectl prefers them to those above it. */
  private merge(name: Scalar, above: ReadonlyMap<string, number>, all: Set<string>): void {
    if (this.hasBomb) return;
    const merged = this.mergedMaps();
    for (const names of merged)
      for (const entry of names ?? []) {
        const before = above.get(entry);
        if (before !== undefined) this.fault(this.at(name), 'mergedBelow', before);
        all.add(entry);
      }
    const isPlain = name.style === SCALAR_STYLE.PLAIN;
    if (!isPlain || merged.includes(undefined)) this.fault(this.at(name), 'oddMerge');
  }

  /** The names in the maps that come next, by their aliases; undefined for anything else. */
  private mergedMaps(): (ReadonlySet<string> | undefined)[] {
    const [first, ...rest] = this.events.slice(this.next, this.next + 100);
    const isList = first?.type === EVENT_ID.SEQUENCE;
    const end = rest.findIndex(({ type }) => type === EVENT_ID.POP);
    return (isList ? rest.slice(0, end) : [first]).map(event =>
      event?.type === EVENT_ID.ALIAS ? this.anchors.get(this.anchorOf(event))?.names : undefined,
    );
  }

  private alias(event: Event): number {
    const name = this.anchorOf(event);
    const anchored = this.anchors.get(name);
    if (anchored !== undefined) return anchored.size;
    const at = this.at(event);
    if (this.anchors.has(name)) this.fault(at, 'endlessAlias');
    else this.faults.push(unknownAlias(at, name, this.places().get(name)));
    return 1;
  }

  private sum(size: number, more: number, event: Event): number {
    if (this.size + size + more > this.most && !this.hasBomb) {
      this.hasBomb = true;
      const message = `with its aliases written out the file has more than ${this.most} values`;
      const hint = 'Take aliases out of what other aliases stand for.';
      this.faults.push({ id: 'alias-bomb', message, hint, path: [], offset: this.at(event) });
    }
    return size + more;
  }
}

function isInline(event: Event): event is Extract<Event, { type: typeof EVENT_ID.MAPPING }> {
  return event.type === EVENT_ID.MAPPING && event.style === COLLECTION_STYLE.BLOCK;
}

function isBlock({ style }: Scalar): boolean {
  return style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
}

/** A block of blanks alone: go-yaml refuses a tab in it, and at the end of a text keeps line breaks. */
function isUnclearBlank(text: string, start: number, end: number): boolean {
  const value = text.slice(start, end);
  const isOpen = end === text.length && /\n +$/.test(value);
  return value.trim() === '' && (isOpen || value.includes('\t'));
}

function hasTag(event: { readonly tagStart: number }): boolean {
  return event.tagStart >= 0;
}

/** Behind a line break that is escaped, blank lines are line breaks for go-yaml alone. */
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r?\n *\r?\n)|[\s\S])/g;

function badEscape(text: string, start: number, end: number): number | undefined {
  const escapes = text.slice(start, end).matchAll(ESCAPE);
  for (const { index, 0: found, 1: short, 2: long, 3: blank } of escapes) {
    const code = Number.parseInt(short ?? long ?? '0', 16);
    const isCharacter = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
    if (found === '\\/' || blank !== undefined || !isCharacter) return start + index;
  }
  return undefined;
}

const ODD_NAME = [
  'not all readers take this for the same name',
  'Write the name on one line before its colon, in quotes where it could be a number or a boolean.',
] as const;

function isPlainName(event: Scalar, text: string): boolean {
  const { valueStart, valueEnd, style } = event;
  if (valueStart < 0 || valueEnd - valueStart > LONGEST_NAME) return false;
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  const behind = text.slice(valueEnd + (isQuoted ? 1 : 0), valueEnd + 100);
  if (!(isQuoted ? /^ *[:,}]/ : /^ *(?::\s|[,}])/).test(behind)) return false;
  const written = text.slice(valueStart, valueEnd);
  if (isQuoted || written.includes('\n')) return !written.includes('\n');
  const value = plainScalar(written);
  return typeof value === 'string' || (String(value) === written && value !== null);
}

function unlike(offset: number, message: string, hint: string): Fault {
  return { id: 'ambiguous-yaml', message, hint, path: [], offset };
}

function faultAt(offset: number, name: keyof typeof FAULTS, before?: number): Fault {
  const [id, message, hint, note = ''] = FAULTS[name];
  const related = before === undefined ? [] : [{ note, path: [], offset: before }];
  return { id, message, hint, path: [], offset, related };
}

/** Quotes only the name of an anchor: other text that begins with * may be a secret. */
function unknownAlias(offset: number, name: string, anchor: number | undefined): Fault {
  if (anchor === undefined) return faultAt(offset, 'unknownAlias');
  return {
    id: 'yaml-syntax',
    message: `not valid YAML: the alias *${name} stands for the anchor &${name}, which is not before it`,
    hint: `Write &${name} where the value is first in the document, and *${name} where it is again.`,
    path: [],
    offset,
    related: [{ note: `the anchor &${name}`, path: [], offset: anchor }],
  };
}

/** By their names: the id, the message, the hint, and what the second place is. */
const FAULTS = {
  '...': [
    'ambiguous-yaml',
    'what follows "..." is not read by kustomize and kubectl',
    'Begin the next document with ---, or remove the line.',
  ],
  '%': [
    'ambiguous-yaml',
    'a line that begins with % is a directive, which not all readers know',
    'Remove the line; text that begins with % needs quotes.',
  ],
  '---': [
    'ambiguous-yaml',
    'what stands behind --- is not read alike by kustomize and kubectl',
    'Begin the document on the next line.',
  ],
  aliasAsName: ['ambiguous-yaml', 'an alias cannot be the name of an entry', 'Write the name out.'],
  collectionAsName: [
    'yaml-syntax',
    'not valid YAML: a map or list cannot be the name of an entry',
    "Put text that begins with { or [ in quotes, a template too: '{{ .password }}'.",
  ],
  controlCharacter: [
    'yaml-syntax',
    'not valid YAML: there is a control character, which no text may hold',
    'Remove it, or write it as an escape in double quotes.',
  ],
  duplicateKey: [
    'duplicate-key',
    'this name is in the map already',
    'Keep one of the two entries.',
    'the first one',
  ],
  endlessAlias: [
    'alias-bomb',
    'this alias stands inside what it stands for, so it would have no end',
    'Write out what is meant here.',
  ],
  mergedBelow: [
    'ambiguous-yaml',
    '<< brings an entry that stands above it, and readers differ about which of the two counts',
    'Write << first in its map.',
    'the entry',
  ],
  oddMerge: [
    'ambiguous-yaml',
    '<< takes an alias, or a list of aliases, and readers differ about anything else',
    'Write the entries out; text that is << needs another name.',
  ],
  unknownAlias: [
    'yaml-syntax',
    'not valid YAML: the alias stands for an anchor (&name) that is not before it',
    'Put text that begins with * in quotes.',
  ],
} satisfies Record<string, readonly [id: string, message: string, hint: string, note?: string]>;
