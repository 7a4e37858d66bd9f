import { mapAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { ESO, served } from './group.ts';
import { providerReads } from './provider-reads.ts';

export const secretStore: Kind = {
  group: ESO,
  kind: 'SecretStore',
  served,
  isPrecious: true,
  reads: storeReads,
  byHand: object => storeReads(object).map(({ secret }) => secret),
  /** Of the provider for tests. */
  secretFields: ['fake'],
};

/** What a store logs in with. */
export function storeReads(object: PlacedObject): Read[] {
  return providerReads(mapAt(specOf(object), 'provider'), ['spec', 'provider']);
}
