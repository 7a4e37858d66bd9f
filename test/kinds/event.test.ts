import { expect, test } from 'vitest';
import type { JsonObject } from '../../generator/core/json.ts';
import { eventOf, newestFirst } from '../../generator/kinds/core/pod.ts';

/** Two events of one object, in whatever order they are listed. */
const ordered: Readonly<Record<string, readonly [newer: JsonObject, older: JsonObject]>> = {
  'seen again, in a series': [
    {
      eventTime: '2026-11-20T11:00:00.000000Z',
      series: { count: 2, lastObservedTime: '2026-11-20T12:00:01.500000Z' },
    },
    { lastTimestamp: '2026-11-20T12:00:00Z' },
  ],
  'one with a fraction, written later than one without': [
    { eventTime: '2026-11-20T12:00:00.900000Z', metadata: { resourceVersion: '12' } },
    { lastTimestamp: '2026-11-20T12:00:00Z', metadata: { resourceVersion: '11' } },
  ],
};

test.for(Object.entries(ordered))('newest first: %s', ([, [newer, older]]) => {
  const events = [
    { ...newer, message: 'newer' },
    { ...older, message: 'older' },
  ].flatMap(fields => eventOf({ apiVersion: 'v1', kind: 'Event', ...fields }) ?? []);
  for (const listed of [events, events.toReversed()])
    expect(listed.sort(newestFirst).map(({ message }) => message)).toEqual(['newer', 'older']);
});
