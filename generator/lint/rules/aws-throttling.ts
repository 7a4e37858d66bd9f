import type { Refreshing } from '../../graph/aws-accounts.ts';
import { awsHomes, callRates, callsOfRefresh, sumOf } from '../../graph/aws-accounts.ts';
import { relatedField } from '../../graph/secret-graph.ts';
import { CALL_LIMITS, type CallLimit } from '../../kinds/eso/stores.ts';
import { type Rule, warning } from '../rule.ts';

/** The part of a limit that ESO may use without a warning: others call AWS too, and errors are retried. */
const MOST = 0.75;

/** The pages that a search is taken to find. Only AWS knows how many there are. */
const FOUND = 1;

export const awsThrottling: Rule = warning('aws-throttling', function* (graph) {
  for (const { refreshings } of awsHomes(graph))
    for (const limit of CALL_LIMITS.default) {
      const rate = sumOf(callRates(refreshings, FOUND), limit.actions);
      if (rate < limit.perSecond * MOST) continue;
      const [first] = refreshings.toSorted((a, b) => rateOf(b, limit) - rateOf(a, limit));
      if (first === undefined) continue;
      const { object, path } = first.store;
      const most = `needs most: ${shownRate(rateOf(first, limit))}`;
      yield {
        object,
        path,
        message: `ESO needs ${shownRate(rate)} calls a second for what is read here, and AWS serves ${limit.perSecond} ${limit.name}`,
        hint: 'Keep values that are read together in one entry, as JSON, and take them with extract; refresh less often; or pay for higher throughput. `rem-secrets capacity` says what each of them changes.',
        related: [relatedField({ object: first.object, path: ['spec'] }, most)],
      };
    }
});

function rateOf(refreshing: Refreshing, { actions }: CallLimit): number {
  const { copies, seconds } = refreshing;
  return (sumOf(callsOfRefresh(refreshing, FOUND), actions) * copies) / seconds;
}

function shownRate(rate: number): string {
  return rate >= 10 ? String(Math.round(rate)) : String(Number(rate.toPrecision(2)));
}
