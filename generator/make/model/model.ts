import type { Path } from '../../ground/finding.ts';
import type { Json, JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { Versions } from '../../kinds/products.ts';
import type { KeySet } from '../../kinds/secret-ends.ts';
import type { Injection } from '../inject/injection.ts';
import type { Patches } from '../spec/named.ts';
import type { Omission } from '../spec/spec.ts';
import type { WorkloadKind } from '../spec/workload-spec.ts';

/** What one environment's spec means: defaults filled in, every name resolved. */
export interface Model {
  /** metadata.name of the spec: the label app.kubernetes.io/part-of. */
  readonly partOf: string;
  readonly namespace: string;
  readonly stores: readonly StoreModel[];
  readonly databases: readonly DatabaseModel[];
  readonly secrets: readonly SecretModel[];
  readonly pushes: readonly PushModel[];
  readonly workloads: readonly WorkloadModel[];
  readonly resources: readonly ResourceModel[];
  /** The versions that run where it is applied, as far as they are told. */
  readonly versions: Versions;
  /** What workloads that others write are to have. */
  readonly inject: Injection['spec'];
  /** What its objects are made without. */
  readonly omit: readonly Omission[];
  /** Kustomize components that are switched on, in order. */
  readonly components: readonly string[];
}

/** What every entry of the spec has: its name, its place, and its patches by kind. */
export interface SpecEntry {
  readonly name: string;
  readonly path: Path;
  readonly patch: Patches;
}

/** A Secret that exists once everything is applied, whoever makes it. */
export interface KnownSecret extends KeySet {
  readonly path: Path;
  /** The spec's database that makes it, if one does. */
  readonly database?: string;
}

export interface StoreModel extends SpecEntry {
  readonly kind: 'ClusterSecretStore' | 'SecretStore';
  /** undefined: another team makes it. */
  readonly provider: Provider | undefined;
  /** The namespaces that use it, sorted. */
  readonly namespaces: readonly string[];
}

export type Provider =
  | ({ readonly type: 'kubernetes' } & KubernetesProvider)
  | {
      readonly type: 'given';
      readonly provider: JsonObject;
      /** The spec has it in ESO's own terms. */
      readonly isVerbatim: boolean;
    };

export interface KubernetesProvider {
  readonly remoteNamespace: string;
  readonly server: string;
  readonly serviceAccount: string;
  /** Where the ServiceAccount is: ESO looks for a SecretStore's in the store's own namespace. */
  readonly home: string;
  /** The Secrets that are read, sorted; undefined when a find may read any. */
  readonly reads: readonly string[] | undefined;
}

export interface DatabaseModel extends SpecEntry {
  readonly database: string;
  readonly owner: string;
  readonly storage: { readonly size: string; readonly storageClass?: string };
  readonly instances: number;
  readonly image: string | undefined;
  readonly ownerSecret: string | undefined;
  readonly isSuperuserEnabled: boolean;
  readonly superuserSecret: string | undefined;
  readonly extraDatabases: readonly ExtraDatabase[];
  readonly roles: readonly JsonObject[];
  readonly backup: Backup | undefined;
  readonly poolers: readonly Pooler[];
  /** Secrets it needs before it starts. */
  readonly needs: readonly string[];
}

export interface ExtraDatabase {
  readonly name: string;
  readonly owner: string;
  readonly reclaimPolicy: string;
}

export interface Backup {
  readonly destinationPath: string;
  readonly schedule: string | undefined;
  readonly retentionPolicy: string | undefined;
  readonly endpointURL: string | undefined;
  /** Absent: the IAM role of the instances. */
  readonly accessKey: AccessKey | undefined;
}

/** An access key of object storage: the keys of a Secret that hold its parts. */
export interface AccessKey {
  readonly secret: string;
  readonly id: string;
  readonly key: string;
}

/** PgBouncer before a database. */
export interface Pooler {
  readonly name: string;
  readonly type: string;
  readonly instances: number;
  readonly mode: string;
  readonly parameters: Readonly<Record<string, string>> | undefined;
}

/** A Secret that this spec makes through an ExternalSecret. */
export interface SecretModel extends SpecEntry {
  /** The name of the ExternalSecret. */
  readonly externalSecret: string;
  readonly storeRef: { readonly kind: string; readonly name: string } | undefined;
  readonly refreshInterval: string;
  readonly refreshPolicy: string | undefined;
  readonly creationPolicy: string;
  readonly deletionPolicy: string;
  readonly immutable: boolean | undefined;
  readonly template: JsonObject | undefined;
  readonly data: readonly FetchedData[];
  readonly dataFrom: readonly JsonObject[];
  readonly generator: { readonly kind: string; readonly spec: JsonObject } | undefined;
  /** Secrets of this namespace it reads through a kubernetes store. */
  readonly reads: readonly string[];
  /** Secrets it reads through a kubernetes store, in whichever namespace that looks. */
  readonly remoteReads: readonly string[];
  /** Extra databases that its templates name. */
  readonly extraDatabases: readonly string[];
}

/** What a Secret writes into a store. */
export interface PushModel extends SpecEntry {
  readonly secret: string;
  readonly storeRef: { readonly kind: string; readonly name: string };
  readonly refreshInterval: string;
  readonly updatePolicy: string;
  readonly deletionPolicy: string;
  readonly data: readonly JsonObject[];
}

/** Objects of one's own, each in its namespace. */
export interface ResourceModel extends SpecEntry {
  readonly objects: readonly KubeObject[];
  /** What they are made without, beside what all are. */
  readonly omit: readonly Omission[];
}

export interface FetchedData {
  readonly secretKey: string;
  readonly remoteRef: JsonObject;
}

export interface WorkloadModel extends SpecEntry {
  readonly kind: WorkloadKind;
  readonly image: string | undefined;
  readonly replicas: number | undefined;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly health: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly env: readonly EnvVar[];
  /** Variables that come first, in this order. */
  readonly envOrder: readonly string[];
  readonly envFrom: readonly JsonObject[];
  readonly mounts: readonly Mount[];
  /** The labels that select its pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Its pods are not root, and have no API token and no variables of Services. */
  readonly isHardened: boolean;
  /** One that is there already. */
  readonly serviceAccount: string | undefined;
  /** Of the one that is made. */
  readonly accountAnnotations: Readonly<Record<string, string>> | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly resources: JsonObject | undefined;
  readonly schedule: string | undefined;
  readonly mode: string | undefined;
  readonly config: JsonObject | undefined;
  /** Secrets it reads, sorted. */
  readonly reads: readonly string[];
  /** Databases and Poolers whose fields it uses, as `refOf` writes them, sorted. */
  readonly databases: readonly string[];
  /** Variables that envFrom brings. */
  readonly envFromKeys: KeySet;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: JsonObject;
}

export interface Mount {
  readonly path: string;
  readonly volume: Readonly<Record<string, Json>>;
}
