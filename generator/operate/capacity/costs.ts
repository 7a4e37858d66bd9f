import { sumOf } from '../../graph/aws-homes.ts';
import type { CallCounts, Refreshing } from '../../graph/aws-traffic.ts';
import { PRICES } from './prices.ts';
import type { CapacitySettings } from './settings.ts';

/** Seconds of the month that prices are told for: 30 days. */
export const MONTH: number = 30 * 86_400;

/** A part of what AWS asks for in a month, in dollars. */
export interface Cost {
  readonly what: string;
  readonly dollars: number;
}

/** What a home costs in a month, with the secrets that are read by name. */
export function costsOf(
  rates: CallCounts,
  decrypts: number,
  all: readonly Refreshing[],
  { throughput }: Pick<CapacitySettings, 'throughput'>,
): Cost[] {
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
      dollars: Math.max(0, decrypts * MONTH - PRICES.freeDecrypts) * PRICES.decrypt,
    },
  ].filter(({ dollars }) => dollars > 0);
}
