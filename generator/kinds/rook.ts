import { textAt } from '../core/json.ts';
import { classFate, storageClass } from './core/volumes.ts';
import { decided } from './facets.ts';
import { type Kind, namedAfter, specOf } from './kind.ts';

export const rook: readonly Kind[] = [
  pool('CephBlockPool', 'image and no snapshot'),
  pool('CephFilesystem', 'subvolume', 'preserveFilesystemOnDelete', 'preservePoolsOnDelete'),
  pool('CephObjectStore', 'bucket and no user', 'preservePoolsOnDelete'),
  /** It makes the login of a user (docs/facts/operators.md#rook). Only a store with TLS has the last key. */
  {
    group: 'ceph.rook.io',
    kind: 'CephObjectStoreUser',
    makes: object => {
      const store = textAt(specOf(object), 'store') ?? '';
      const keys = ['AccessKey', 'SecretKey', 'Endpoint', 'SSLCertSecretName'];
      return [namedAfter(`rook-ceph-object-user-${store}-${object.name}`, keys)];
    },
  },
  /** It makes the login of its bucket, and a ConfigMap of the same name with the bucket's address (docs/facts/operators.md#rook). */
  {
    group: 'objectbucket.io',
    kind: 'ObjectBucketClaim',
    data: {
      isPrecious: true,
      fate: (object, find) => {
        const name = textAt(specOf(object), 'storageClassName') ?? '';
        const found = find(storageClass, '', name);
        const because = `the StorageClass "${name}" decides, and is not here`;
        return found === undefined ? { fate: 'unknown', because } : classFate(found);
      },
    },
    provides: { configMaps: ({ name }) => [name] },
    makes: ({ name }) => [namedAfter(name, ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])],
  },
];

/** Any of the `keeping` fields keeps the data; else what `empty` says must be gone before Rook deletes the rest (docs/facts/operators.md#rook). */
function pool(kind: string, empty: string, ...keeping: readonly string[]): Kind {
  return {
    group: 'ceph.rook.io',
    kind,
    data: {
      isPrecious: true,
      fate: object => {
        const field = keeping.find(name => specOf(object)[name] === true);
        if (field !== undefined) return decided('kept', ['spec', field], true);
        return { fate: 'unknown', because: `Rook deletes it once it has no ${empty}` };
      },
    },
    secrets: { mayMake: () => true },
  };
}
