import { mapAt } from '../core/json.ts';
import { fateOfClaims } from './core/volumes.ts';
import type { DataFate } from './facets.ts';
import { type Find, type Kind, type PlacedObject, specOf } from './kind.ts';
import { referenceReaders, specFieldReads } from './secret-refs.ts';

const OT = 'redis.redis.opstreelabs.in';

/** They make no Secrets, but read their passwords and certificates (docs/facts/operators.md#redis-and-dragonfly). */
export const redisDatabases: readonly Kind[] = [
  ...referenceReaders('dragonflydb.io', 'Dragonfly', {
    provides: { services: ({ name }) => [name] },
  }),
  ...referenceReaders(OT, 'Redis RedisCluster RedisReplication', {
    provides: { services: redisServices },
    data: {
      fate: (object, find) =>
        storageFate(object, {
          at: ['storage'],
          keep: 'keepAfterDelete',
          claim: 'volumeClaimTemplate',
          find,
        }),
    },
  }),
  ...referenceReaders(OT, 'RedisSentinel', { provides: { services: redisServices } }),
  {
    group: 'databases.spotahome.com',
    kind: 'RedisFailover',
    data: {
      fate: (object, find) =>
        storageFate(object, {
          at: ['redis', 'storage'],
          keep: 'keepAfterDeletion',
          claim: 'persistentVolumeClaim',
          find,
        }),
    },
    provides: {
      services: ({ name }) => ['rfs', 'rfrm', 'rfrs', 'rfr'].map(word => `${word}-${name}`),
    },
    reads: object => specFieldReads(object, 'ref', { 'auth.secretPath': ['password'] }),
  },
];

interface Storage {
  readonly at: readonly string[];
  /** The field that keeps the claims. */
  readonly keep: string;
  readonly claim: string;
  readonly find: Find;
}

/** By default claims are deleted with their object (docs/facts/operators.md#redis-and-dragonfly). */
function storageFate(
  object: PlacedObject,
  { at, keep, claim, find }: Storage,
): DataFate | undefined {
  const storage = mapAt(specOf(object), ...at);
  if (storage[claim] === undefined) return undefined;
  if (storage[keep] === true)
    return { fate: 'kept', because: `${keep}: true`, path: ['spec', ...at, keep] };
  return fateOfClaims([mapAt(storage, claim, 'spec')], find, 'its claims are deleted');
}

const PARTS = ['', '-leader', '-follower', '-master', '-replica', '-sentinel'];

/** Each part of a Redis has three Services. */
function redisServices({ name }: PlacedObject): string[] {
  return PARTS.flatMap(part =>
    ['', '-headless', '-additional'].map(kind => `${name}${part}${kind}`),
  );
}
