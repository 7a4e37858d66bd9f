import type { JsonObject } from '../../ground/json.ts';
import type { Named, Patches } from './named.ts';

export interface SecretSpec {
  readonly store?: string;
  readonly keys?: Named<string | RemoteKeySpec>;
  readonly from?: string;
  readonly dataFrom?: readonly DataFromSpec[];
  readonly generator?: { readonly kind?: string; readonly spec?: JsonObject };
  readonly externalSecret?: string;
  readonly manual?: readonly string[];
  readonly external?: readonly string[] | boolean;
  readonly template?: Named<string | { readonly postgresUrl?: PostgresUrlSpec }>;
  readonly templateFrom?: readonly JsonObject[];
  readonly mergePolicy?: 'Replace' | 'Merge';
  readonly type?: string;
  readonly labels?: Named<string>;
  readonly annotations?: Named<string>;
  readonly immutable?: boolean;
  readonly refreshInterval?: string;
  readonly refreshPolicy?: 'Periodic' | 'CreatedOnce' | 'OnChange';
  readonly creationPolicy?: 'Owner' | 'Orphan' | 'Merge' | 'None';
  readonly deletionPolicy?: 'Retain' | 'Delete' | 'Merge';
  readonly patch?: Patches;
}

export interface RemoteKeySpec {
  readonly key?: string;
  readonly property?: string;
  readonly version?: string;
  readonly decodingStrategy?: string;
  readonly conversionStrategy?: string;
  readonly metadataPolicy?: string;
}

export interface DataFromSpec {
  readonly extract?: JsonObject & { readonly key: string };
  readonly find?: JsonObject;
  readonly rewrite?: readonly JsonObject[];
  readonly generatorRef?: JsonObject;
}

export interface PostgresUrlSpec {
  readonly database?: string;
  readonly host?: string;
  readonly port?: number;
  readonly scheme?: string;
  readonly parameters?: Named<string>;
}

/** What is written from a Secret into a store, as the JSON Schema lets it through (spec.ts). */
export interface PushSpec {
  readonly secret?: string;
  readonly store?: string;
  readonly keys?: Named<string | PushedKeySpec>;
  readonly refreshInterval?: string;
  readonly updatePolicy?: 'Replace' | 'IfNotExists';
  readonly deletionPolicy?: 'None' | 'Delete';
  readonly patch?: Patches;
}

export interface PushedKeySpec {
  readonly key?: string;
  readonly property?: string;
  readonly metadata?: JsonObject;
}
