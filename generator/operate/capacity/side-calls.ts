import { callsFor } from '../../graph/aws-entries.ts';
import type { CallCounts, Refreshing } from '../../graph/aws-traffic.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeKind } from '../../kinds/eso/stores.ts';
import { loginOf } from '../iam/login.ts';
import { defaultSettings } from '../iam/settings.ts';

/** How often ESO checks a store, for which it logs in. */
const STORE_CHECK = 300;

/** The calls of STS for one login with which an object's entries are read or pushed. */
export function loginCalls({ entries: [entry] }: Refreshing, graph: SecretGraph): CallCounts {
  if (entry === undefined) return new Map();
  const { account, by, hops } = loginOf(entry, graph, defaultSettings(''));
  return new Map([
    ['sts:AssumeRole', hops.length],
    ['sts:AssumeRoleWithWebIdentity', account !== undefined && by === 'IRSA' ? 1 : 0],
  ]);
}

/** The calls of STS a second, for refreshes and for the checks of the stores. */
export function loginRates(all: readonly Refreshing[], graph: SecretGraph): CallCounts {
  const rates = new Map<string, number>();
  const checked = new Set<unknown>();
  for (const one of all) {
    const { object } = one.store;
    // A generator is nothing that is checked.
    const isChecked = storeKind(object.kind) !== undefined && !checked.has(object);
    const check = isChecked ? 1 / STORE_CHECK : 0;
    checked.add(object);
    for (const [action, count] of loginCalls(one, graph))
      if (count > 0)
        rates.set(action, (rates.get(action) ?? 0) + count * (one.copies / one.seconds + check));
  }
  return rates;
}

/** How often KMS decrypts a second: each SecureString that is read; what is searched, all of it. */
export function decryptRate(all: readonly Refreshing[], found: number): number {
  return all.reduce((sum, one) => sum + (decryptsOf(one, found) * one.copies) / one.seconds, 0);
}

function decryptsOf({ store, entries }: Refreshing, found: number): number {
  if (store.service !== 'ParameterStore') return 0;
  const reads = entries.flatMap(entry => callsFor(entry).filter(({ key }) => key === 'read'));
  return reads.reduce((sum, { page }) => sum + (page === undefined ? 1 : found), 0);
}
