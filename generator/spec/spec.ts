import type { JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import type { ProductName } from '../kinds/products.ts';
import type { ShortForms } from './model/providers.ts';

/*
 * The types of a spec that fits its JSON Schema (schemas/rem-secrets.schema.json), which explains each field. Entries
 * that are null are not in the types: `mergeEnvironment` removes them.
 */

export interface SpecObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec &
    DeployerSpecs & {
      readonly environment?: string;
      /** What is the same in all environments of a cluster. */
      readonly clusters?: Named<Spec | null>;
      readonly environments?: Named<Spec | null>;
      /** Files whose environments environments/read-spec.ts has put under `environments`. */
      readonly environmentsFrom?: string | readonly string[];
      /** What components add, if the spec injects anything; environments/sets.ts puts it in. */
      readonly componentObjects?: ComponentObjects;
    };
}

/** The objects that components add, by the components' names. */
export type ComponentObjects = ReadonlyMap<string, readonly KubeObject[]>;

/** The base, or the base with an environment merged over it. */
export interface Spec {
  readonly namespace?: string;
  readonly cluster?: string;
  readonly cnpgVersion?: string;
  readonly versions?: VersionsSpec;
  readonly stores?: Named<StoreSpec>;
  readonly databases?: Named<DatabaseSpec>;
  readonly secrets?: Named<SecretSpec>;
  readonly push?: Named<PushSpec>;
  readonly workloads?: Named<WorkloadSpec>;
  readonly resources?: Named<ResourceSpec>;
  readonly inject?: Named<InjectSpec>;
  /** By `Kind.group`. */
  readonly shapes?: Named<ShapeSpec>;
  readonly omit?: readonly Omission[];
  readonly components?: readonly string[];
  readonly iam?: IamSpec;
  readonly runbook?: RunbookSpec;
}

/** Versions as people write them: YAML reads 1.30 as a number. */
type VersionsSpec = Readonly<Partial<Record<ProductName, string | number>>>;

interface RunbookSpec {
  readonly formats?: readonly RunbookFormatName[];
}

/** For a forge to show, a file an environment; or one page for a browser. */
export type RunbookFormatName = 'html' | 'markdown';

export interface IamSpec {
  readonly formats?: readonly IamFormatName[];
  readonly account?: string;
  readonly cluster?: string;
  readonly oidcProvider?: string;
  readonly trust?: 'PodIdentity' | 'IRSA';
  readonly serviceAccount?: { readonly name?: string; readonly namespace?: string };
  readonly keys?: Named<readonly string[]>;
}

/** A tool that makes IAM, or the policies alone. */
export type IamFormatName =
  | 'ack'
  | 'cloudformation'
  | 'crossplane'
  | 'eksctl'
  | 'json'
  | 'terraform';

/** What the spec can have its objects made without. */
export type Omission = 'emptyTemplates' | 'hardening' | 'labels' | 'namespace' | 'syncWaves';

export interface ResourceSpec {
  readonly file?: string;
  /** The objects of the file; environments/read-spec.ts puts them in. */
  readonly objects?: readonly JsonObject[];
  readonly object?: JsonObject;
  readonly scope?: 'Cluster' | 'Namespaced';
  readonly omit?: readonly ('labels' | 'syncWaves')[];
  readonly patch?: Patches;
}

/** What is injected into some workloads that others write. */
export interface InjectSpec extends Omit<InjectionEntry, 'env' | 'target'> {
  readonly target?: Target;
  readonly env?: Named<string | EnvSpec>;
}

export interface StoreSpec extends ShortForms {
  readonly kind?: 'ClusterSecretStore' | 'SecretStore';
  readonly kubernetes?: {
    readonly remoteNamespace?: string;
    readonly server?: string;
    readonly serviceAccount?: string;
  };
  readonly provider?: JsonObject;
  readonly external?: boolean;
  readonly patch?: Patches;
}

/** A RemSecretsInjection that fits its JSON Schema. */
export interface Injection {
  /** With a name, what is put into a workload is recorded under that name. */
  readonly metadata?: { readonly name: string };
  readonly spec: {
    readonly workloads?: Named<InjectionEntry>;
    /** By `Kind.group`. */
    readonly shapes?: Named<ShapeSpec>;
  };
}

/** What is injected into some workloads. */
export interface InjectionEntry {
  readonly target: Target;
  readonly env?: Named<string | InjectedEnv>;
  readonly envFrom?: readonly (string | InjectedEnvFrom)[];
  /** By directory. */
  readonly mounts?: Named<InjectedMount>;
  /** Reloader restarts the workload for what the entry reads. */
  readonly reload?: boolean;
  /** Existing variables of another value are replaced. */
  readonly replace?: boolean;
}

/** Workloads that fit all of these fields. */
export interface Target {
  readonly kind?: string;
  readonly group?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Named<string>;
  readonly containers?: readonly string[];
}

/** A variable by reference. */
export type InjectedEnv = Pick<EnvSpec, 'secret' | 'configMap' | 'key' | 'optional' | 'valueFrom'>;

/** A source of many variables. With `first` it comes before the existing sources, which then win over it. */
export interface InjectedEnvFrom extends EnvFromSpec {
  readonly first?: boolean;
}

/** Files; `volume` is the source of a volume in Kubernetes' own terms. */
export interface InjectedMount extends MountSpec {
  readonly volume?: JsonObject;
}

/** Where the containers and volumes of a kind are, by paths such as `spec.containers[*]`. */
export interface ShapeSpec {
  readonly containers: readonly ContainerSpec[];
  readonly volumes?: string;
}

/** Where containers are. All paths but `path` begin at a container. */
export interface ContainerSpec {
  readonly path: string;
  readonly init?: boolean;
  readonly name?: string;
  readonly env?: string;
  readonly envFrom?: string;
  readonly volumeMounts?: string;
}

/** The kinds of workload that a spec can name (objects/workloads.ts). */
export type WorkloadKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'CronJob'
  | 'OpenTelemetryCollector';

export interface WorkloadSpec {
  readonly kind?: WorkloadKind;
  readonly image?: string;
  readonly replicas?: number;
  readonly port?: number;
  readonly ports?: Named<number>;
  readonly health?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Named<string | EnvSpec>;
  readonly envOrder?: readonly string[];
  readonly envFrom?: readonly (string | EnvFromSpec)[];
  readonly mounts?: Named<MountSpec>;
  readonly selector?: Named<string>;
  readonly serviceAccount?: string | { readonly annotations?: Named<string> };
  readonly imagePullSecrets?: readonly string[];
  readonly resources?: { readonly requests?: Named<string>; readonly limits?: Named<string> };
  readonly schedule?: string;
  readonly mode?: string;
  readonly config?: JsonObject;
  readonly patch?: Patches;
}

export interface EnvSpec {
  readonly secret?: string;
  readonly key?: string;
  readonly optional?: boolean;
  readonly database?: string;
  readonly field?: string;
  readonly pooler?: string;
  readonly configMap?: string;
  readonly valueFrom?: JsonObject;
}

export interface EnvFromSpec {
  readonly secret?: string;
  readonly configMap?: string;
  readonly prefix?: string;
  readonly optional?: boolean;
}

export interface MountSpec {
  readonly secret?: string;
  readonly configMap?: string;
  readonly keys?: Named<string>;
  readonly optional?: boolean;
}

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
  readonly backup?: BackupSpec;
  readonly poolers?: Named<PoolerSpec>;
  readonly patch?: Patches;
}

export interface BackupSpec {
  readonly destinationPath?: string;
  readonly schedule?: string;
  readonly retentionPolicy?: string;
  readonly endpointURL?: string;
  readonly accessKey?: AccessKeySpec;
}

/** A Secret with the two parts of an access key of object storage, and the keys that hold them. */
export interface AccessKeySpec {
  readonly secret?: string;
  readonly id?: string;
  readonly key?: string;
}

export interface PoolerSpec {
  readonly type?: 'rw' | 'ro' | 'r';
  readonly instances?: number;
  readonly mode?: 'session' | 'transaction';
  readonly parameters?: Named<string>;
}

export interface ExtraDatabaseSpec {
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

/** The sections for what applies the tree. */
export interface DeployerSpecs {
  readonly argocd?: ArgocdSpec;
  readonly flux?: FluxSpec;
}

export interface ArgocdSpec {
  readonly repository: string;
  readonly revision?: string;
  readonly path?: string;
  readonly project?: string;
  readonly namespace?: string;
  readonly clusters: Named<string>;
  readonly operators?: Named<OperatorSpec>;
  readonly applicationSets?: ApplicationSetsSpec | boolean;
}

export interface FluxSpec {
  readonly repository?: string;
  readonly branch?: string;
  readonly secret?: string;
  readonly source?: FluxSourceSpec;
  readonly path?: string;
  readonly namespace?: string;
  readonly interval?: string;
  readonly timeout?: string;
  readonly serviceAccount?: string;
  readonly dependsOn?: readonly string[];
  readonly secretsFirst?: boolean;
}

interface FluxSourceSpec {
  readonly kind?: 'Bucket' | 'GitRepository' | 'OCIRepository';
  readonly name: string;
  readonly namespace?: string;
}

export interface ApplicationSetsSpec {
  readonly namespaces?: readonly string[];
  readonly steps?: readonly StepSpec[];
}

interface StepSpec {
  readonly name: string;
  readonly environments?: readonly string[];
  readonly maxUpdate?: number | string;
}

interface OperatorSpec {
  readonly version?: string;
  readonly namespace?: string;
  readonly values?: JsonObject;
}

/** A folder in a repository, without `./` and slashes at its ends; empty for the root. */
export function folderIn(path = ''): string {
  return path.replace(/^(\.?\/){1,100}|^\.$|\/{1,100}$/g, '');
}

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

/** What is written from a Secret into a store. */
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

/** A collection keyed by name; its order means nothing. */
export type Named<T> = Readonly<Record<string, T>>;

/** Patches by kind, in the object's own terms. */
export type Patches = Named<JsonObject>;
