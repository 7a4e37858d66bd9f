import { awsHomes, callRates, sumOf } from '../../graph/aws-homes.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { costsOf, MONTH } from './costs.ts';
import { decryptRate } from './decrypts.ts';
import { USUAL } from './settings.ts';

/** What ESO asks AWS for in a month of 30 days, logins and decryption aside, and what all of it costs. */
export interface AwsMonth {
  readonly calls: number;
  readonly dollars: number;
}

/** A month of a cluster, with what is assumed where nothing else is said. */
export function awsMonth(graph: SecretGraph): AwsMonth {
  let [calls, dollars] = [0, 0];
  for (const { refreshings: all } of awsHomes(graph)) {
    const rates = callRates(all, USUAL.found);
    const costs = costsOf(rates, decryptRate(all, USUAL.found), all, USUAL);
    calls += sumOf(rates) * MONTH;
    dollars += costs.reduce((sum, cost) => sum + cost.dollars, 0);
  }
  return { calls: Math.round(calls), dollars: Math.round(dollars * 100) / 100 };
}
