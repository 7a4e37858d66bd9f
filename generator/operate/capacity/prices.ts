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
