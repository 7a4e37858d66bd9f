import { mapAt } from '../core/json.ts';
import { fateOfClaims } from './core/volumes.ts';
import { type DataFate, decided } from './facets.ts';
import { type Find, type Kind, type PlacedObject, servicesWith, specOf } from './kind.ts';
import { referenceReaders, specFields } from './secret-refs.ts';

const OT = 'redis.redis.opstreelabs.in';

/** They make no Secrets, but read their passwords and certificates (docs/facts/operators.md#redis-and-dragonfly). */
export const redisDatabases: readonly Kind[] = [
  ...referenceReaders('dragonflydb.io', 'Dragonfly', { provides: { services: servicesWith('') } }),
  ...referenceReaders(OT, 'Redis RedisCluster RedisReplication', {
    provides: { services: redisServices },
    data: { fate: storageFate(['storage'], 'keepAfterDelete', 'volumeClaimTemplate') },
  }),
  ...referenceReaders(OT, 'RedisSentinel', { provides: { services: redisServices } }),
  {
    group: 'databases.spotahome.com',
    kind: 'RedisFailover',
    data: { fate: storageFate(['redis', 'storage'], 'keepAfterDeletion', 'persistentVolumeClaim') },
    provides: {
      services: ({ name }) => ['rfs', 'rfrm', 'rfrs', 'rfr'].map(word => `${word}-${name}`),
    },
    reads: specFields('ref', { 'auth.secretPath': ['password'] }),
  },
];

/** By default claims are deleted with their object, unless `keep` is set (docs/facts/operators.md#redis-and-dragonfly). */
function storageFate(at: readonly string[], keep: string, claim: string) {
  return (object: PlacedObject, find: Find): DataFate | undefined => {
    const storage = mapAt(specOf(object), ...at);
    if (storage[claim] === undefined) return undefined;
    if (storage[keep] === true) return decided('kept', ['spec', ...at, keep], true);
    return fateOfClaims([mapAt(storage, claim, 'spec')], find, 'its claims are deleted');
  };
}

const PARTS = ['', '-leader', '-follower', '-master', '-replica', '-sentinel'];

/** Each part of a Redis has three Services. */
function redisServices({ name }: PlacedObject): string[] {
  return PARTS.flatMap(part => ['', '-headless', '-additional'].map(end => `${name}${part}${end}`));
}
