import { mapAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { ESO, served } from './group.ts';
import { providerReads } from './provider-reads.ts';

export const secretStore: Kind = {
  group: ESO,
  kind: 'SecretStore',
  served,
  isPrecious: true,
  reads: storeReads,
  byHand: item => storeReads(item).map(({ secret }) => secret),
  /** Of the provider for tests. */
  secretFields: ['fake'],
};

/** What a store logs in with. */
export function storeReads(item: Item): Read[] {
  return providerReads(mapAt(specOf(item), 'provider'), ['spec', 'provider']);
}
