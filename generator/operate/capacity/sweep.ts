import { sumOf } from '../../graph/aws-homes.ts';
import { callsOfRefresh, objectCount, type Refreshing } from '../../graph/aws-traffic.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { CapacitySettings } from './settings.ts';
import { loginCalls } from './side-calls.ts';

/** How long the controller takes for all that it refreshes, against the time that it has. */
export interface Sweep {
  readonly objects: number;
  /** To AWS and STS, when each object is refreshed once. */
  readonly calls: number;
  readonly seconds: number;
  /** The shortest interval of any object; undefined: nothing is refreshed. */
  readonly interval: number | undefined;
  /** The part of the time in which its workers wait for AWS: from 1 on it never catches up. */
  readonly busy: number;
  /** The most calls a second that it can make. */
  readonly fastest: number;
  /** How many workers would do for one sweep in each shortest interval. */
  readonly needed: number;
}

export function sweepOf(
  all: readonly Refreshing[],
  graph: SecretGraph,
  { concurrent, latency, found }: CapacitySettings,
): Sweep {
  const loads = all.map(one => {
    const calls = sumOf(callsOfRefresh(one, found)) + sumOf(loginCalls(one, graph));
    return { calls: calls * one.copies, ...one };
  });
  const calls = loads.reduce((sum, load) => sum + load.calls, 0);
  const rate = loads.reduce((sum, load) => sum + load.calls / load.seconds, 0);
  const interval = loads.reduce<number | undefined>(
    (least, { seconds }) => Math.min(least ?? seconds, seconds),
    undefined,
  );
  const seconds = (calls * latency) / concurrent;
  return {
    objects: objectCount(all),
    calls,
    seconds,
    interval,
    busy: (rate * latency) / concurrent,
    fastest: concurrent / latency,
    needed: interval === undefined ? 1 : Math.floor((calls * latency) / interval) + 1,
  };
}
