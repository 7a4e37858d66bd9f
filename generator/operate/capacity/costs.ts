import { awsHomes, callRates, sumOf } from '../../graph/aws-homes.ts';
import type { Refreshing } from '../../graph/aws-traffic.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { sum } from '../../ground/sum.ts';
import { type CapacitySettings, USUAL } from './settings.ts';
import { decryptRate } from './side-calls.ts';

/** Dollars for calls and secrets, in us-east-1 (docs/facts/aws.md#prices-of-calls). */
interface Prices {
  /** The month that they are of. */
  readonly of: string;
  readonly parameterCall: number;
  readonly secretCall: number;
  readonly secretMonth: number;
  readonly decrypt: number;
  /** Calls of KMS that are free each month, for a whole account. */
  readonly freeDecrypts: number;
}

export const PRICES: Prices = {
  of: '2026-11',
  parameterCall: 0.05 / 10_000,
  secretCall: 0.05 / 10_000,
  secretMonth: 0.4,
  decrypt: 0.03 / 10_000,
  freeDecrypts: 20_000,
};

/** Seconds of the month that prices are told for: 30 days. */
export const MONTH: number = 30 * 86_400;

/** A part of what AWS asks for in a month, in dollars. */
export interface Cost {
  readonly what: string;
  readonly dollars: number;
}

/** What a home costs in a month, with the secrets that are read by name. */
export function costsOf(
  all: readonly Refreshing[],
  { found, throughput }: Pick<CapacitySettings, 'found' | 'throughput'>,
): Cost[] {
  const rates = callRates(all, found);
  const ofService = (prefix: string): number =>
    sumOf(
      rates,
      [...rates.keys()].filter(action => action.startsWith(prefix)),
    ) * MONTH;
  const secrets = new Set(
    all.flatMap(({ store, entries }) =>
      store.service === 'SecretsManager' ? entries.flatMap(({ name }) => name ?? []) : [],
    ),
  );
  const price = throughput === 'higher' ? PRICES.parameterCall : 0;
  return [
    { what: 'calls of Parameter Store', dollars: ofService('ssm:') * price },
    { what: 'calls of Secrets Manager', dollars: ofService('secretsmanager:') * PRICES.secretCall },
    { what: 'secrets of Secrets Manager', dollars: secrets.size * PRICES.secretMonth },
    {
      what: 'decryption by KMS',
      dollars: Math.max(0, decryptRate(all, found) * MONTH - PRICES.freeDecrypts) * PRICES.decrypt,
    },
  ].filter(({ dollars }) => dollars > 0);
}

/** All of it together. */
export function dollarsOf(costs: readonly Cost[]): number {
  return sum(costs.map(({ dollars }) => dollars));
}

/** What ESO asks AWS for in a month of 30 days, logins and decryption aside, and what all of it costs. */
export interface AwsMonth {
  readonly calls: number;
  readonly dollars: number;
}

/** A month of a cluster, with what is assumed where nothing else is said. */
export function awsMonth(graph: SecretGraph): AwsMonth {
  let [calls, dollars] = [0, 0];
  for (const { refreshings: all } of awsHomes(graph)) {
    calls += sumOf(callRates(all, USUAL.found)) * MONTH;
    dollars += dollarsOf(costsOf(all, USUAL));
  }
  return { calls: Math.round(calls), dollars: Math.round(dollars * 100) / 100 };
}
