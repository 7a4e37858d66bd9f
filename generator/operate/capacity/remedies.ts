import { callRates, sumOf } from '../../graph/aws-homes.ts';
import type { Refreshing } from '../../graph/aws-traffic.ts';
import { callLimits } from '../../kinds/eso/call-limits.ts';
import { costsOf, dollarsOf } from './costs.ts';
import type { CapacitySettings } from './settings.ts';

/** Something that takes calls away from a limit, or raises it. */
export interface Remedy {
  readonly what: 'extract' | 'interval' | 'throughput';
  /** By how much the nearest limit is further away. */
  readonly factor: number;
  /** Of the calls that count against limits. */
  readonly callsPerSecond: number;
  /** What a month costs more with it; less: below zero. */
  readonly dollars: number;
}

/** An interval that the values of people and providers can wait for: ESO's default. */
export const LONGER = 3600;

/** What would help at one home, the most effective first. */
export function remediesOf(all: readonly Refreshing[], settings: CapacitySettings): Remedy[] {
  const before = stateOf(all, settings);
  const change = (
    what: Remedy['what'],
    after: readonly Refreshing[],
    changed: CapacitySettings = settings,
  ): Remedy => {
    const { share, rate, dollars } = stateOf(after, changed);
    return {
      what,
      factor: share === 0 ? 1 : before.share / share,
      callsPerSecond: rate,
      dollars: dollars - before.dollars,
    };
  };
  const remedies = [
    change('extract', all.map(asOneEntry)),
    change('interval', all.map(asLongInterval)),
    change('throughput', all, { ...settings, throughput: 'higher' }),
  ];
  return remedies.filter(({ factor }) => factor > 1.005).sort((a, b) => b.factor - a.factor);
}

/** How much of its nearest limit a home needs, with how many calls, and for how much. */
function stateOf(all: readonly Refreshing[], settings: CapacitySettings): State {
  const rates = callRates(all, settings.found);
  const shares = callLimits(settings.throughput).map(
    ({ actions, perSecond }) => sumOf(rates, actions) / perSecond,
  );
  return {
    share: Math.max(...shares),
    rate: sumOf(rates),
    dollars: dollarsOf(costsOf(all, settings)),
  };
}

interface State {
  readonly share: number;
  readonly rate: number;
  readonly dollars: number;
}

/** The values that an object reads by name, as properties of one entry. */
function asOneEntry(refreshing: Refreshing): Refreshing {
  const [first, ...more] = refreshing.entries.filter(({ uses }) => uses[0] === 'value');
  if (first === undefined || more.length === 0) return refreshing;
  const others = refreshing.entries.filter(({ uses }) => uses[0] !== 'value');
  return { ...refreshing, entries: [first, ...others] };
}

function asLongInterval(refreshing: Refreshing): Refreshing {
  return { ...refreshing, seconds: Math.max(refreshing.seconds, LONGER) };
}
