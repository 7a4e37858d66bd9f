import type { Named, Patches } from './named.ts';

export interface DatabaseSpec {
  readonly database?: string;
  readonly owner?: string;
  readonly storage?: string | { readonly size?: string; readonly storageClass?: string };
  readonly instances?: number;
  readonly image?: string;
  readonly ownerSecret?: string;
  readonly superuser?: boolean | { readonly secret?: string };
  readonly extraDatabases?: readonly string[] | Named<ExtraDatabaseSpec>;
  readonly roles?: Named<RoleSpec>;
  readonly backup?: {
    readonly destinationPath?: string;
    readonly schedule?: string;
    readonly retentionPolicy?: string;
    readonly endpointURL?: string;
    readonly accessKey?: AccessKeySpec;
  };
  readonly poolers?: Named<PoolerSpec>;
  readonly patch?: Patches;
}

/** A Secret with the two parts of an access key, and which keys they are. */
interface AccessKeySpec {
  readonly secret?: string;
  readonly id?: string;
  readonly key?: string;
}

interface PoolerSpec {
  readonly type?: 'rw' | 'ro' | 'r';
  readonly instances?: number;
  readonly mode?: 'session' | 'transaction';
  readonly parameters?: Named<string>;
}

interface ExtraDatabaseSpec {
  readonly owner?: string;
  readonly reclaimPolicy?: 'retain' | 'delete';
}

export interface RoleSpec {
  readonly secret?: string;
  readonly login?: boolean;
  readonly superuser?: boolean;
  readonly createdb?: boolean;
  readonly createrole?: boolean;
  readonly replication?: boolean;
  readonly inRoles?: readonly string[];
  readonly connectionLimit?: number;
  readonly ensure?: 'present' | 'absent';
}
