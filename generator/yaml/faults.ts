import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, YAMLException } from 'js-yaml';
import type { Fault } from '../core/finding.ts';

/** Why the parser stopped, in words for people. The text is never quoted: it may be a secret. */
export function syntaxFault(error: unknown, text: string): Fault {
  if (!(error instanceof YAMLException)) throw error;
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  const found = EXPLANATIONS.find(
    ({ reason, before, after }) =>
      reason.test(error.reason) &&
      (before?.test(text.slice(line, offset)) ?? true) &&
      (after?.test(text.slice(offset, offset + 9)) ?? true),
  );
  const firstWord = line + Math.max(0, text.slice(line, offset + 1).search(/\S/));
  return {
    id: 'yaml-syntax',
    message: `not valid YAML: ${found?.message ?? withoutText(error.reason)}`,
    hint: found?.hint ?? 'Mend the YAML here or just before.',
    path: [],
    offset: found?.isAboutLine === true ? firstWord : offset,
  };
}

/** What a reason of the parser means, and what to do about it. */
interface Explanation {
  readonly reason: RegExp;
  readonly message: string;
  readonly hint: string;
  /** Match the line before the place, and the text behind it, where these tell more. */
  readonly before?: RegExp;
  readonly after?: RegExp;
  /** The parser stops behind the fault: point at the first word of the line. */
  readonly isAboutLine?: boolean;
}

const EXPLANATIONS: readonly Explanation[] = [
  { reason: /^tab characters/, message: 'a tab indents this line', hint: 'Indent with spaces.' },
  {
    reason: /^bad indentation of a mapping entry/,
    after: /^\s*:/,
    message: 'a colon stands in text without quotes',
    hint: 'Put the text in quotes, or mend the indentation of the line.',
  },
  {
    reason: /^bad indentation of a mapping entry/,
    after: /^[@`%]/,
    message: 'text cannot begin with this character',
    hint: 'Put the text in quotes.',
  },
  {
    reason: /^bad indentation of a mapping entry/,
    before: /\S/,
    message: 'this cannot stand behind what is before it',
    hint: 'Put the whole text in quotes, begin a new line, or remove what is too much.',
  },
  {
    reason: /^bad indentation/,
    message: 'this line is indented otherwise than its neighbours',
    hint: 'Entries of one map, and items of one list, begin in the same column.',
  },
  {
    reason: /^deficient indentation/,
    message: 'a quote or bracket above is still open, or this line is indented too little',
    hint: 'Close the quote, { or [ that is open, or indent this line further.',
  },
  {
    reason: /^expected ':' after a mapping key|^can not read a block mapping entry/,
    message: 'this line is no entry of the map around it',
    hint: 'Write "name: value" with a space after the colon, or "- value" with a space after the dash.',
    isAboutLine: true,
  },
  {
    reason: /^a whitespace character is expected after the key-value/,
    message: 'a space is missing after the colon',
    hint: 'Write "name: value".',
  },
  {
    reason: /^unknown escape sequence|^expected hexadecimal/,
    message: 'there is no such escape in double quotes',
    hint: 'Use single quotes, in which a backslash is a character like others, or write \\\\.',
  },
  {
    reason: /^unexpected end of the (stream|document) within a (single|double) quoted/,
    message: 'the file ends inside quotes',
    hint: 'Close the quote.',
  },
  {
    reason: /^unexpected end of the stream within a flow/,
    message: 'the file ends inside { or [',
    hint: 'Close the bracket.',
  },
  {
    reason: /^missed comma/,
    message: 'a comma is missing before this',
    hint: 'Separate entries by commas; text with , : { } [ or ] in it needs quotes.',
  },
  {
    reason: /^expected the node content/,
    message: 'a value is missing before this comma',
    hint: 'Write the value, or remove the comma.',
  },
  {
    reason: /tag/,
    message: 'a word that begins with ! is a tag, and this one is not known',
    hint: 'Put text that begins with ! in quotes.',
  },
  {
    reason: /^nesting exceeded/,
    message: 'values are nested more than 200 deep',
    hint: 'Take the nesting apart.',
  },
  {
    reason: /^end of the stream or a document separator/,
    message: 'this belongs to nothing that is open',
    hint: 'Check its indentation, and the brackets and quotes before it.',
  },
  {
    reason: /^the stream contains non-printable|^null byte|^expected valid JSON character/,
    message: 'there is a control character, which no text may hold',
    hint: 'Remove it, or write it as an escape in double quotes.',
  },
  {
    reason: /^can not read a document/,
    message: 'text cannot begin with this character',
    hint: 'Put the text in quotes.',
  },
];

function withoutText(reason: string): string {
  return reason.replaceAll(/"[^"]{0,1000}"|<[^>]{0,1000}>/g, '…');
}

/** How many values a stream may have when its aliases are written out: so many for each that is written, and `more`. */
const VALUES = { most: 2_000_000, each: 20, more: 10_000 } as const;

/** Nobody reads more, and one line may hold more faults than a book has words. */
const MOST_FAULTS = 10_000;

type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/**
 * What is wrong with documents whose text parses, while the parser stops at the first fault: names that stand twice,
 * collections as names, aliases that lead nowhere, to themselves, or to too many values.
 */
export function documentFaults(text: string, events: readonly Event[]): Fault[] {
  const reader = new DocumentReader(text, events);
  reader.read();
  const [next, ...others] = reader.faults.slice(MOST_FAULTS);
  const listed = reader.faults.slice(0, MOST_FAULTS);
  return next === undefined ? listed : [...listed, notListed(next, others.length + 1)];
}

/** Walks the parser's flat events once and counts values as if each alias were written out. */
class DocumentReader {
  readonly faults: Fault[] = [];
  private next = 0;
  private readonly text: string;
  private readonly events: readonly Event[];
  /** How many values stand behind an anchor; undefined while it is being read. */
  private anchors = new Map<string, number | undefined>();
  /** Where each anchor of the text is; found when an alias asks for one that is not before it. */
  private places: Map<string, number> | undefined;
  private hasBomb = false;
  /** What the documents before this one have grown to. */
  private size = 0;
  private readonly most: number;

  constructor(text: string, events: readonly Event[]) {
    this.text = text;
    this.events = events;
    const most = Math.min(VALUES.most, VALUES.more + VALUES.each * events.length);
    this.most = Math.max(most, events.length);
  }

  read(): void {
    while (this.next < this.events.length) {
      if (this.events[this.next++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.anchors = new Map();
      this.size += this.value(this.events[this.next++]);
    }
  }

  /** Reads one value; returns how many values it holds, itself included. */
  private value(event: Event | undefined): number {
    if (event === undefined) return 0;
    if (event.type === EVENT_ID.ALIAS) return this.alias(event);
    if (event.type === EVENT_ID.SCALAR) {
      this.anchors.set(this.anchorOf(event), 1);
      return 1;
    }
    if (!('start' in event)) return 0;
    const anchor = this.anchorOf(event);
    this.anchors.set(anchor, undefined);
    const size = event.type === EVENT_ID.SEQUENCE ? this.items() : this.entries();
    this.anchors.set(anchor, size);
    return size;
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
    const isNamed = 'anchorStart' in event && event.anchorStart >= 0;
    return isNamed ? this.text.slice(event.anchorStart, event.anchorEnd) : '';
  }

  private items(): number {
    let size = 1;
    for (let event = this.take(); event !== undefined; event = this.take()) {
      size = this.sum(size, this.value(event), event);
    }
    return size;
  }

  private entries(): number {
    let size = 1;
    const names = new Map<string, number>();
    for (let name = this.take(); name !== undefined; name = this.take()) {
      if (name.type === EVENT_ID.SCALAR) this.name(name, names);
      else if (name.type !== EVENT_ID.ALIAS) this.faults.push(collectionAsName(this.outer(name)));
      this.value(name);
      const value = this.take();
      if (value === undefined) return size;
      size = this.sum(size, this.value(value), value);
    }
    return size;
  }

  /** The next event, or nothing at the end of the collection. */
  private take(): Event | undefined {
    const event = this.events[this.next++];
    return event?.type === EVENT_ID.POP ? undefined : event;
  }

  private name(event: Scalar, names: Map<string, number>): void {
    const name = getScalarValue(this.text, event);
    const at = this.at(event);
    const before = names.get(name);
    if (before === undefined) names.set(name, at);
    else if (name !== '<<') this.faults.push(duplicateKey(at, before));
  }

  private alias(event: Event): number {
    const name = this.anchorOf(event);
    const size = this.anchors.get(name);
    if (size !== undefined) return size;
    const at = this.at(event);
    const isInside = this.anchors.has(name);
    this.faults.push(isInside ? endlessAlias(at) : unknownAlias(at, name, this.placeOf(name)));
    return 1;
  }

  private placeOf(anchor: string): number | undefined {
    const anchored = (event: Event): [string, number][] =>
      event.type === EVENT_ID.ALIAS ? [] : [[this.anchorOf(event), this.at(event)]];
    this.places ??= new Map(this.events.flatMap(anchored));
    return this.places.get(anchor);
  }

  private sum(size: number, more: number, event: Event): number {
    if (this.size + size + more > this.most && !this.hasBomb) {
      this.hasBomb = true;
      this.faults.push(aliasBomb(this.at(event), this.most));
    }
    return size + more;
  }
}

/** A fault at an offset, in a document whose paths are not known. */
function faultAt(offset: number, fault: Omit<Fault, 'path' | 'offset'>): Fault {
  return { ...fault, path: [], offset };
}

function notListed({ id, offset = 0 }: Fault, count: number): Fault {
  return faultAt(offset, {
    id,
    message: `from here on there are ${count} more faults of this kind or the others, not listed`,
    hint: 'Mend those before it first.',
  });
}

function duplicateKey(offset: number, before: number): Fault {
  return faultAt(offset, {
    id: 'duplicate-key',
    message: 'this name is in the map already',
    hint: 'Keep one of the two entries.',
    related: [{ note: 'the first one', path: [], offset: before }],
  });
}

function collectionAsName(offset: number): Fault {
  return faultAt(offset, {
    id: 'yaml-syntax',
    message: 'not valid YAML: a map or list cannot be the name of an entry',
    hint: "Put text that begins with { or [ in quotes, a template too: '{{ .password }}'.",
  });
}

/** Quotes only the name of an anchor: other text that begins with * may be a secret. */
function unknownAlias(offset: number, name: string, anchor: number | undefined): Fault {
  if (anchor === undefined)
    return faultAt(offset, {
      id: 'yaml-syntax',
      message: 'not valid YAML: the alias stands for an anchor (&name) that is not before it',
      hint: 'Put text that begins with * in quotes.',
    });
  return faultAt(offset, {
    id: 'yaml-syntax',
    message: `not valid YAML: the alias *${name} stands for the anchor &${name}, which is not before it`,
    hint: `Write &${name} where the value is first in the document, and *${name} where it is again.`,
    related: [{ note: `the anchor &${name}`, path: [], offset: anchor }],
  });
}

function endlessAlias(offset: number): Fault {
  return faultAt(offset, {
    id: 'alias-bomb',
    message: 'this alias stands inside what it stands for, so it would have no end',
    hint: 'Write out what is meant here.',
  });
}

function aliasBomb(offset: number, most: number): Fault {
  return faultAt(offset, {
    id: 'alias-bomb',
    message: `with its aliases written out the file has more than ${most} values`,
    hint: 'Take aliases out of what other aliases stand for.',
  });
}

/** Where a value begins for a reader: at its quote, or at the first word of a block. */
export function offsetOf(event: Event, text: string): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return 'start' in event ? event.start : undefined;
  const { valueStart, valueEnd, style } = event;
  if (valueStart < 0) return undefined;
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
    return valueStart - 1;
  const indent = text.slice(valueStart, valueEnd).search(/\S/);
  return indent < 0 ? beforeEmpty(text, valueStart) : valueStart + indent;
}

/** The sign of an empty block, which ends the line before. */
function beforeEmpty(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - 100), at);
  return at - Math.min(before.length, before.length - before.trimEnd().length + 1);
}
