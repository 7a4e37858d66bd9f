import type { Event, Schema } from 'js-yaml';
import {
  boolCoreTag,
  CORE_SCHEMA,
  defineScalarTag,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  SCALAR_STYLE,
} from 'js-yaml';
import { Timestamp } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';

const timestamp = defineScalarTag('tag:yaml.org,2002:timestamp', {
  implicit: true,
  implicitFirstChars: [...'0123456789'],
  resolve: source =>
    /^\d{4}-\d\d?-\d\d?([Tt \t]|$)/.test(source) ? new Timestamp(source) : NOT_RESOLVED,
  identify: () => false,
});

/** Integers as go-yaml reads them: `0644` is octal (docs/facts/kustomize.md#numbers). */
const goInteger: typeof floatCoreTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'+-0123456789'],
  resolve: source => {
    const match = /^([-+]?)(0b[01]+|0[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9]*)$/.exec(source);
    if (match?.[2] === undefined) return NOT_RESOLVED;
    const digits = match[2].replace(/^0(?=[0-7])/, '0o');
    return match[1] === '-' ? -Number(digits) : Number(digits);
  },
  identify: () => false,
});

/** The scalars of manifests, as kubectl and kustomize read them: a date is text. */
export const manifestSchema: Schema = CORE_SCHEMA.withTags(mergeTag, goInteger);

/** The scalars of a spec: a date where text is meant is a fault of its own. */
export const specSchema: Schema = manifestSchema.withTags(timestamp);

/** Texts up to this length recur, so the value of each is remembered. */
const SHORT = 12;

/** What `plainScalar` gives for text that not all readers take for the same value. */
export const AMBIGUOUS: unique symbol = Symbol('not read alike');

/** The value of a scalar without quotes, on one line, as `manifestSchema` has it. */
export function plainScalar(source: string): unknown {
  return source.length > SHORT ? scalarOf(source) : shortScalar(source);
}

const shortScalar = oncePerText(scalarOf);

/** What a scalar without quotes may be besides text, in the order in which the schema tries them. */
const TAGS = [nullCoreTag, boolCoreTag, goInteger, floatCoreTag];

/** A scalar that does not match is text: a short cut, for speed. */
const MAY_BE_NO_TEXT = /^(?:[-+.~\d]|(?:null|true|false|yes|no|on|off|y|n)$)/i;

/** kubectl takes `yes` for a boolean, kustomize for text; `1_000` and `0o17` are numbers for some, as was `1:30`. */
const UNLIKE =
  /^(?:[yY]|[nN]|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF]|[-+]?0[oOXB]\w*|[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?)$/;

function scalarOf(source: string): unknown {
  if (!MAY_BE_NO_TEXT.test(source)) return source;
  if (UNLIKE.test(source)) return AMBIGUOUS;
  for (const { resolve, tagName } of TAGS) {
    const value = resolve(source, false, tagName);
    if (value !== NOT_RESOLVED) return isExact(value) ? value : AMBIGUOUS;
  }
  const isGrouped =
    source.includes('_') && typeof scalarOf(source.replaceAll('_', '')) !== 'string';
  return isGrouped ? AMBIGUOUS : source;
}

/** Go reads integers of 64 bits exactly, which our numbers cannot; JSON has neither infinity nor NaN. */
function isExact(value: unknown): boolean {
  if (typeof value !== 'number') return true;
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** The offset at which people see a value begin: its quote, or the first word of a block. Undefined: it is empty, or ends a map or list. */
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

function beforeEmpty(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - 100), at);
  return at - Math.min(before.length, before.length - before.trimEnd().length + 1);
}

/** An event of the parser, with those of what it holds: of a map, names and values in turn. */
export interface EventNode {
  readonly event: Event;
  readonly below: readonly EventNode[];
}

/** The flat events of the parser as trees, one a document. */
export function eventTrees(events: readonly Event[]): EventNode[] {
  const documents: EventNode[] = [];
  const open = [documents];
  for (const event of events) {
    const isLeaf = event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS;
    const below: EventNode[] = isLeaf ? NOTHING : [];
    if (event.type === EVENT_ID.POP) open.pop();
    else open.at(-1)?.push({ event, below });
    if (!isLeaf && event.type !== EVENT_ID.POP) open.push(below);
  }
  return documents;
}

const NOTHING: EventNode[] = [];

/** The entries of a map, by what it holds. The name is undefined where it is no scalar. */
export function entriesOf(below: readonly EventNode[], text: string): MapEntry[] {
  return below.flatMap((key, index) => {
    const value = below[index + 1];
    return index % 2 === 1 || value === undefined ? [] : [{ key, name: nameIn(key, text), value }];
  });
}

interface MapEntry {
  readonly key: EventNode;
  readonly name: string | undefined;
  readonly value: EventNode;
}

export function nameIn({ event }: EventNode, text: string): string | undefined {
  return event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : undefined;
}
