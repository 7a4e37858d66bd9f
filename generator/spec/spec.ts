import type { Definitions } from '#validators/spec';
import type { JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';

/*
 * The types of a spec are those of its JSON Schema (schemas/rem-secrets.schema.json), which explains each field; the
 * build makes `Definitions` of it. Entries that are null are not in the types: `mergeEnvironment` removes them.
 */

export interface SpecObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec &
    DeployerSpecs & {
      readonly environment?: string;
      /** The order of a map's names in the output; by default as written. */
      readonly order?: 'written' | 'sorted';
      /** The variables, for `${name}` in a value, and their values unless an environment sets others. */
      readonly variables?: Definitions['variables'];
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
export type Spec = Omit<Definitions['environment'], 'resources'> & {
  readonly resources?: Named<ResourceSpec>;
};

/** `objects` are those of `file`; environments/read-spec.ts reads them. */
export type ResourceSpec = Definitions['resource'] & { readonly objects?: readonly JsonObject[] };

/** A Markdown file for each environment, for a forge such as GitHub to show, or one HTML page. */
export type RunbookFormatName = NonNullable<Definitions['runbook']['formats']>[number];

export type IamSpec = Definitions['iam'];

/** A tool that makes IAM roles and policies, such as Terraform; `json`: the policies alone. */
export type IamFormatName = NonNullable<IamSpec['formats']>[number];

/** What the spec can leave out of the objects: labels, sync waves and so on. */
export type Omission = Definitions['omit'][number];

export type InjectSpec = Definitions['injection'];

export type StoreSpec = Definitions['store'];

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

export type InjectionEntry = Omit<InjectSpec, 'env' | 'target'> & {
  readonly target: Target;
  readonly env?: Named<string | InjectedEnv>;
};

export type Target = Definitions['injectTarget'];

export type InjectedEnv = Pick<EnvSpec, 'secret' | 'configMap' | 'key' | 'optional' | 'valueFrom'>;

/** Where containers and volumes of a kind are: `spec.containers[*]`. All paths of a container but `path` begin at it. */
export type ShapeSpec = Definitions['shape'];

/** The kinds of workload that a spec can name (objects/workloads.ts). */
export type WorkloadKind = NonNullable<WorkloadSpec['kind']>;

export type WorkloadSpec = Definitions['workload'];
export type EnvSpec = Exclude<Definitions['envValue'], string>;
export type EnvFromSpec = Exclude<Definitions['envFrom'], string>;
export type MountSpec = Definitions['mount'];
export type PodContainerSpec = Definitions['container'];
export type VolumeSpec = Definitions['volume'];
export type VolumeMountSpec = Definitions['volumeMount'];
export type ServiceSpec = Exclude<Definitions['service'], boolean | number | string>;

export type DatabaseSpec = Definitions['database'];
export type BackupSpec = Definitions['backup'];

export type AccessKeySpec = NonNullable<BackupSpec['accessKey']>;

export type DeployerSpecs = { readonly argocd?: ArgocdSpec; readonly flux?: FluxSpec };

export type ArgocdSpec = Definitions['argocd'];
export type ApplicationSetsSpec = Exclude<NonNullable<ArgocdSpec['applicationSets']>, boolean>;
export type FluxSpec = Definitions['flux'];

/** A folder in a repository, without `./` and slashes at its ends; empty for the root. */
export function folderIn(path = ''): string {
  return path.replace(/^(\.?\/){1,100}|^\.$|\/{1,100}$/g, '');
}

export type SecretSpec = Definitions['secret'];
export type RemoteKeySpec = Exclude<Definitions['remoteKey'], string>;
export type DataFromSpec = Definitions['dataFrom'];
export type PostgresUrlSpec = Definitions['postgresUrl'];

export type PushSpec = Definitions['push'];
export type PushedKeySpec = Exclude<Definitions['pushedKey'], string>;

/** A collection keyed by name, in the order of writing. */
export type Named<T> = Readonly<Record<string, T>>;
