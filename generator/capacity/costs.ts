import { sum } from '../core/json.ts';
import { awsHomes, callRates, type Refreshing, sumOf } from '../graph/aws-accounts.ts';
import { callsFor } from '../graph/aws-entries.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import type { Throughput } from '../kinds/eso/stores.ts';

/** How ESO works and what AWS holds, as far as manifests do not show it. */
export interface CapacitySettings {
  readonly concurrent: number;
  /** The seconds of a call to AWS. */
  readonly latency: number;
  readonly found: number;
  readonly throughput: Throughput;
}

type Cost = Readonly<{ what: string; dollars: number }>;

/** Decryptions by KMS a second: one for each SecureString that is read or that a search goes through. */
export function decryptRate(all: readonly Refreshing[], found: number): number {
  const ofParameters = all.filter(({ store }) => store.service === 'ParameterStore');
  const rates = ofParameters.map(({ entries, copies, seconds }) => {
    const reads = entries.flatMap(entry => callsFor(entry).filter(({ key }) => key === 'read'));
    return (sum(reads.map(({ page }) => (page === undefined ? 1 : found))) * copies) / seconds;
  });
  return sum(rates);
}

/** The seconds of a month of 30 days. */
export const MONTH: number = 30 * 86_400;

/** The month of the prices, in dollars, in us-east-1 (docs/facts/aws.md#prices-of-calls). */
export const PRICES_OF = '2026-11';

const PRICES = {
  parameterCall: 0.05 / 10_000,
  secretCall: 0.05 / 10_000,
  secretMonth: 0.4,
  decrypt: 0.03 / 10_000,
  freeDecrypts: 20_000, // The calls of KMS that each account has free each month.
};

/** What the calls of a month cost, with the secrets that they read. */
export function costsOf(
  all: readonly Refreshing[],
  { found, throughput }: Pick<CapacitySettings, 'found' | 'throughput'>,
): Cost[] {
  const rates = [...callRates(all, found)];
  const ofService = (prefix: string): number =>
    sum(rates.map(([action, rate]) => (action.startsWith(prefix) ? rate : 0))) * MONTH;
  const secrets = new Set(
    all.flatMap(({ store, entries }) =>
      store.service === 'SecretsManager' ? entries.flatMap(({ name }) => name ?? []) : [],
    ),
  );
  const price = throughput === 'higher' ? PRICES.parameterCall : 0;
  const decrypts = Math.max(0, decryptRate(all, found) * MONTH - PRICES.freeDecrypts);
  return [
    { what: 'calls of Parameter Store', dollars: ofService('ssm:') * price },
    { what: 'calls of Secrets Manager', dollars: ofService('secretsmanager:') * PRICES.secretCall },
    { what: 'secrets of Secrets Manager', dollars: secrets.size * PRICES.secretMonth },
    { what: 'decryption by KMS', dollars: decrypts * PRICES.decrypt },
  ].filter(({ dollars }) => dollars > 0);
}

export function dollarsOf(costs: readonly Cost[]): number {
  return sum(costs.map(({ dollars }) => dollars));
}

/** The calls of a month without logins and decryption, and the cost of a month with them. */
export type AwsMonth = Readonly<Record<'calls' | 'dollars', number>>;

/** The defaults: the controller of ESO's chart, and searches of one page. */
export const USUAL: CapacitySettings = {
  concurrent: 1,
  latency: 0.025,
  found: 10,
  throughput: 'default',
};

/** The month of a cluster with the default settings. */
export function awsMonth(graph: SecretGraph): AwsMonth {
  const homes = awsHomes(graph).map(({ refreshings: all }) => all);
  const calls = sum(homes.map(all => sumOf(callRates(all, USUAL.found)) * MONTH));
  const dollars = sum(homes.map(all => dollarsOf(costsOf(all, USUAL))));
  return { calls: Math.round(calls), dollars: Math.round(dollars * 100) / 100 };
}

/** A number for people, with commas between thousands. */
export function shownNumber(value: number): string {
  if (value < 100) return String(Number(value.toPrecision(2)));
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3}){1,8}$)/g, ',');
}
