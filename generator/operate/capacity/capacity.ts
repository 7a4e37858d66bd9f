import { type AwsHome, awsHomes, callRates, sumOf } from '../../graph/aws-homes.ts';
import { awsBulkPushes } from '../../graph/aws-pushes.ts';
import {
  type CallCounts,
  callsOfRefresh,
  objectCount,
  type Refreshing,
  refreshings,
} from '../../graph/aws-traffic.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { ObjectName } from '../../ground/finding.ts';
import { callLimits } from '../../kinds/eso/call-limits.ts';
import { objectName } from '../../kinds/kind.ts';
import { type Cost, costsOf } from './costs.ts';
import { type Remedy, remediesOf } from './remedies.ts';
import type { CapacitySettings } from './settings.ts';
import { decryptRate, loginRates } from './side-calls.ts';
import { type Sweep, sweepOf } from './sweep.ts';

/** What the ESO of one cluster asks AWS for, how near that is to AWS's limits, and what it costs. */
export interface Capacity {
  /** The environment, or the cluster that several share. */
  readonly name: string;
  readonly settings: CapacitySettings;
  readonly homes: readonly HomeLoad[];
  readonly sweep: Sweep;
  /** How many searches there are, of which it is assumed what they find. */
  readonly searches: number;
  /** What pushes in bulk, and is not counted. */
  readonly uncounted: readonly ObjectName[];
}

/** The calls that count for one account in one region. */
export interface HomeLoad extends Omit<AwsHome, 'refreshings'> {
  readonly stores: readonly ObjectName[];
  /** How many objects are refreshed, and how many entries they name. */
  readonly objects: number;
  readonly entries: number;
  /** Calls a second by action, those of KMS and STS too. */
  readonly rates: CallCounts;
  /** How many calls come due at one moment, when all is in phase. */
  readonly tick: number;
  /** How many a second of them the controller can make. */
  readonly peak: number;
  readonly limits: readonly LimitLoad[];
  /** Calls a second when nothing succeeds, once all are as slow as they get. */
  readonly failing: number;
  readonly costs: readonly Cost[];
  readonly remedies: readonly Remedy[];
}

/** A limit of AWS, and what is needed of it. */
interface LimitLoad {
  readonly name: string;
  readonly perSecond: number;
  readonly rate: number;
  readonly peak: number;
}

export function capacityOf(name: string, graph: SecretGraph, settings: CapacitySettings): Capacity {
  const all = refreshings(graph);
  const sweep = sweepOf(all, graph, settings);
  return {
    name,
    settings,
    homes: awsHomes(graph).map(home => homeLoad(home, graph, settings)),
    sweep,
    searches: all.flatMap(({ entries }) => entries.filter(({ find }) => find !== undefined)).length,
    uncounted: awsBulkPushes(graph).map(({ object }) => objectName(object)),
  };
}

/** After so many seconds at most ESO tries again what failed (docs/facts/eso.md#calls-of-a-refresh). */
const BACKOFF = 420;

function homeLoad(
  { refreshings: all, ...where }: AwsHome,
  graph: SecretGraph,
  settings: CapacitySettings,
): HomeLoad {
  const { found, concurrent, latency, throughput } = settings;
  const asked = callRates(all, found);
  const decrypts = decryptRate(all, found);
  const onTick = callsOnTick(all, found);
  const fastest = concurrent / latency;
  const tick = sumOf(onTick);
  return {
    ...where,
    stores: storesOf(all),
    objects: objectCount(all),
    entries: all.reduce((sum, { entries }) => sum + entries.length, 0),
    rates: new Map([
      ...asked,
      ...loginRates(all, graph),
      ...(decrypts > 0 ? [['kms:Decrypt', decrypts] as const] : []),
    ]),
    tick,
    peak: Math.min(tick, fastest),
    limits: callLimits(throughput).flatMap(({ name, actions, perSecond }) => {
      const rate = sumOf(asked, actions);
      const peak = Math.min(sumOf(onTick, actions), fastest);
      return rate === 0 ? [] : [{ name, perSecond, rate, peak }];
    }),
    failing: all.reduce((sum, one) => sum + failingRate(one, found), 0),
    costs: costsOf(all, settings),
    remedies: remediesOf(all, settings),
  };
}

function storesOf(all: readonly Refreshing[]): ObjectName[] {
  return [...new Set(all.map(({ store }) => store.object))].map(objectName);
}

function callsOnTick(all: readonly Refreshing[], found: number): CallCounts {
  return callRates(
    all.map(one => ({ ...one, seconds: 1 })),
    found,
  );
}

/** What fails at its last entry has asked for all before it. */
function failingRate(one: Refreshing, found: number): number {
  return (sumOf(callsOfRefresh(one, found)) * one.copies) / BACKOFF;
}
