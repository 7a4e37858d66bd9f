import { textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../secret-ends.ts';
import { classFate, storageClass } from '../storage/storage-class.ts';

/** The login of its bucket; where the bucket is stands in a ConfigMap of that name (docs/facts/operators.md#rook). */
export const objectBucketClaim: Kind = {
  group: 'objectbucket.io',
  kind: 'ObjectBucketClaim',
  isPrecious: true,
  dataFate: (object, find) => {
    const name = textAt(specOf(object), 'storageClassName') ?? '';
    const found = find(storageClass, '', name);
    const because = `the StorageClass "${name}" decides, and is not here`;
    return found === undefined ? { fate: 'unknown', because } : classFate(found);
  },
  configMaps: ({ name }) => [name],
  makes: ({ name }) => [namedAfter(name, ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])],
};
