import type { Json } from '../../ground/json.ts';
import { LIMITS_OF } from '../../kinds/eso/call-limits.ts';
import type { Capacity, HomeLoad } from '../../operate/capacity/capacity.ts';
import { MONTH, PRICES } from '../../operate/capacity/costs.ts';
import { jsonText } from '../json-text.ts';
import { capacityNotes, rounded } from './words.ts';

/** Capacities as data; prices and limits are of the month that is told. */
export function renderCapacityJson(capacities: readonly Capacity[]): string {
  return jsonText({
    limitsOf: LIMITS_OF,
    pricesOf: PRICES.of,
    clusters: capacities.map(capacity => ({
      name: capacity.name,
      settings: { ...capacity.settings },
      homes: capacity.homes.map(homeJson),
      controller: controllerJson(capacity),
      notes: capacityNotes(capacity),
    })),
  });
}

function controllerJson({ sweep }: Capacity): Json {
  const { objects, calls, seconds, interval = null, busy, fastest, needed } = sweep;
  return {
    objects,
    calls,
    sweepSeconds: rounded(seconds),
    shortestInterval: interval,
    busy: rounded(busy),
    fastestCallsPerSecond: rounded(fastest),
    workersNeeded: needed,
  };
}

function homeJson(home: HomeLoad): Json {
  return {
    account: home.account ?? null,
    isOwnAccount: home.isOwn,
    region: home.region ?? null,
    stores: home.stores.map(({ kind, namespace = null, name }) => ({ kind, namespace, name })),
    objects: home.objects,
    entries: home.entries,
    calls: [...home.rates].map(([action, rate]) => ({
      action,
      perSecond: rounded(rate),
      perMonth: Math.round(rate * MONTH),
    })),
    atOneMoment: home.tick,
    peakPerSecond: rounded(home.peak),
    limits: home.limits.map(({ name, perSecond, rate, peak }) => ({
      name,
      perSecond,
      needed: rounded(rate),
      peak: rounded(peak),
    })),
    failingPerSecond: rounded(home.failing),
    costs: home.costs.map(({ what, dollars }) => ({ what, dollars: rounded(dollars) })),
    remedies: home.remedies.map(({ what, factor, callsPerSecond, dollars }) => ({
      what,
      factor: rounded(factor),
      callsPerSecond: rounded(callsPerSecond),
      dollars: rounded(dollars),
    })),
  };
}
