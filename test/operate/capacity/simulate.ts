/** A kind of object that ESO refreshes again and again. */
export interface Load {
  readonly objects: number;
  /** Seconds from the end of one refresh to the next. */
  readonly interval: number;
  /** Calls of one refresh. */
  readonly calls: number;
}

/** What a controller did in a time. */
export interface Simulated {
  readonly calls: number;
  /** The most calls that began within one second. */
  readonly peak: number;
  /** When the last object had its first refresh: the sweep. */
  readonly swept: number;
}

/**
 * A controller, event by event: workers take what has been due for longest, a refresh is so many
 * calls one after the other, and comes due again an interval after it was made. All begin together,
 * as after one sync. It knows nothing of the formulas that it is held against.
 */
export function simulate(
  loads: readonly Load[],
  { workers, latency, until }: { workers: number; latency: number; until: number },
): Simulated {
  const queues = loads.map(load => ({ ...load, due: new Queue(load.objects) }));
  const free = Array.from({ length: workers }, () => 0);
  const seconds = new Map<number, number>();
  let [calls, swept, firsts] = [0, 0, loads.reduce((sum, { objects }) => sum + objects, 0)];
  for (;;) {
    const next = queues.reduce((a, b) => (b.due.first < a.due.first ? b : a));
    const worker = free.indexOf(Math.min(...free));
    const begin = Math.max(next.due.first, free[worker] ?? 0);
    if (begin >= until) break;
    for (let call = 0; call < next.calls; call++) {
      const second = Math.floor(begin + call * latency + 1e-9);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    calls += next.calls;
    const end = begin + next.calls * latency;
    free[worker] = end;
    if (firsts-- > 0) swept = Math.max(swept, end);
    next.due.turn(end + next.interval);
  }
  return { calls, peak: Math.max(...seconds.values()), swept };
}

/** When objects of one interval are due: they end in the order in which they began, or nearly so. */
class Queue {
  private readonly times: Float64Array;
  private at = 0;

  constructor(objects: number) {
    this.times = new Float64Array(objects);
  }

  get first(): number {
    return this.times[this.at] ?? Number.POSITIVE_INFINITY;
  }

  /** The first one is due again at a time, after all others. */
  turn(time: number): void {
    this.times[this.at] = time;
    this.at = (this.at + 1) % this.times.length;
  }
}
