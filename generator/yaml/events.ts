import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';

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

/** Where an event's content begins in the text. */
export function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return 'start' in event ? event.start : 0;
}
