import { textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { readOf, referenceReaders } from '../secret-refs.ts';

/** They make no Secret: their passwords and certificates are given (docs/facts/operators.md#redis-and-dragonfly). */
export const redisDatabases: readonly Kind[] = [
  ...referenceReaders('dragonflydb.io', 'Dragonfly', { services: ({ name }) => [name] }),
  ...referenceReaders(
    'redis.redis.opstreelabs.in',
    'Redis RedisCluster RedisReplication RedisSentinel',
    { services: redisServices },
  ),
  {
    group: 'databases.spotahome.com',
    kind: 'RedisFailover',
    services: ({ name }) => ['rfs', 'rfrm', 'rfrs', 'rfr'].map(word => `${word}-${name}`),
    reads: object => {
      const path = ['spec', 'auth', 'secretPath'];
      const name = textAt(specOf(object), 'auth', 'secretPath');
      return readOf({ name, path, how: 'ref', needs: ['password'] });
    },
  },
];

const PARTS = ['', '-leader', '-follower', '-master', '-replica', '-sentinel'];

/** Each part of a Redis has three Services. */
function redisServices({ name }: PlacedObject): string[] {
  return PARTS.flatMap(part =>
    ['', '-headless', '-additional'].map(kind => `${name}${part}${kind}`),
  );
}
