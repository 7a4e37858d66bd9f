import type { Kind } from '../kind.ts';
import { namedAfter } from '../made.ts';

/** The login of its bucket; where the bucket is stands in a ConfigMap of that name (docs/facts/operators.md#rook). */
export const objectBucketClaim: Kind = {
  group: 'objectbucket.io',
  kind: 'ObjectBucketClaim',
  keepsData: () => true,
  configMaps: ({ name }) => [name],
  makes: ({ name }) => [namedAfter(name, ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])],
};
