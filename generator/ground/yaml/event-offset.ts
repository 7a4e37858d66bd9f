import { EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';

/** Where a reader sees a value begin: at its quote, or at the first word of a block. */
export function offsetOf(event: Event, text: string): number | undefined {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return 'start' in event ? event.start : undefined;
  const { valueStart, valueEnd, style } = event;
  if (valueStart < 0) return undefined;
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
    return valueStart - 1;
  const indent = text.slice(valueStart, valueEnd).search(/\S/);
  return valueStart + Math.max(0, indent);
}
