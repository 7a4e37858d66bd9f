import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import type { Fault } from '../core/finding.ts';
import { offsetOf } from './syntax.ts';

/**
 * Values that a stream may grow to when its aliases are written out: so many for each that is
 * written, and some more, as small ones are cheap.
 */
const VALUES = { most: 2_000_000, each: 20, more: 10_000 } as const;

/** Nobody reads on: one line may hold more faults than a book has words. */
const MOST_FAULTS = 10_000;

type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/**
 * What is wrong with documents whose text parses: names given twice, collections as names, aliases
 * that lead nowhere, to themselves, or to too many values. All of it; the parser stops at the first.
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

function notListed({ id, offset = 0 }: Fault, count: number): Fault {
  return {
    id,
    message: `from here on there are ${count} more faults of this kind or the others, not listed`,
    hint: 'Mend those before it first.',
    path: [],
    offset,
  };
}

function duplicateKey(offset: number, before: number): Fault {
  return {
    id: 'duplicate-key',
    message: 'this name is in the map already',
    hint: 'Keep one of the two entries.',
    path: [],
    offset,
    related: [{ note: 'the first one', path: [], offset: before }],
  };
}

function collectionAsName(offset: number): Fault {
  return {
    id: 'yaml-syntax',
    message: 'not valid YAML: a map or list cannot be the name of an entry',
    hint: "Put text that begins with { or [ in quotes, a template too: '{{ .password }}'.",
    path: [],
    offset,
  };
}

/** Only of a name that some anchor has: other text that begins with * may be a secret. */
function unknownAlias(offset: number, name: string, anchor: number | undefined): Fault {
  const fault = { id: 'yaml-syntax', path: [], offset };
  if (anchor === undefined)
    return {
      ...fault,
      message: 'not valid YAML: the alias stands for an anchor (&name) that is not before it',
      hint: 'Put text that begins with * in quotes.',
    };
  return {
    ...fault,
    message: `not valid YAML: the alias *${name} stands for the anchor &${name}, which is not before it`,
    hint: `Write &${name} where the value is first in the document, and *${name} where it is again.`,
    related: [{ note: `the anchor &${name}`, path: [], offset: anchor }],
  };
}

function endlessAlias(offset: number): Fault {
  return {
    id: 'alias-bomb',
    message: 'this alias stands inside what it stands for, so it would have no end',
    hint: 'Write out what is meant here.',
    path: [],
    offset,
  };
}

function aliasBomb(offset: number, most: number): Fault {
  return {
    id: 'alias-bomb',
    message: `with its aliases written out the file has more than ${most} values`,
    hint: 'Take aliases out of what other aliases stand for.',
    path: [],
    offset,
  };
}
