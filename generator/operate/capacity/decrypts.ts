import { callsFor } from '../../graph/aws-entries.ts';
import type { Refreshing } from '../../graph/aws-traffic.ts';

/** How often KMS decrypts a second: each SecureString that is read; what is searched, all of it. */
export function decryptRate(all: readonly Refreshing[], found: number): number {
  return all.reduce((sum, one) => sum + (decryptsOf(one, found) * one.copies) / one.seconds, 0);
}

function decryptsOf({ store, entries }: Refreshing, found: number): number {
  if (store.service !== 'ParameterStore') return 0;
  const reads = entries.flatMap(entry => callsFor(entry).filter(({ key }) => key === 'read'));
  return reads.reduce((sum, { page }) => sum + (page === undefined ? 1 : found), 0);
}
